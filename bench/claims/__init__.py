"""What is claimed in public, a module each: how it is measured, beside whom, within which budget."""
