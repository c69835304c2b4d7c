"""Journeys cut out of walks, aligned with maps, counted, timed and compared."""
