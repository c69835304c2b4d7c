"""The customers behind every number, and the walk of one of them."""
