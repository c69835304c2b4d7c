"""The log of what was changed and who was looked at: append-only, each entry sealed with the one before."""
