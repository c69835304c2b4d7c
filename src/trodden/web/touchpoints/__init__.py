"""The card of one touchpoint."""
