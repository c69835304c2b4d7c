"""Measurements behind every public claim, on data anyone can generate again."""
