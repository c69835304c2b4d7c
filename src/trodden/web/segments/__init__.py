"""Saved segments: how large they are, whom they share, and the rows they are built of."""
