"""The designed journeys and what was walked of them."""
