"""Home: what somebody should know, what people decided about it, and what they know by now."""
