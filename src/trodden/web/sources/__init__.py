"""What was imported, what was refused, up to when."""
