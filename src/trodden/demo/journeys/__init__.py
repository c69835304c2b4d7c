"""How customers walk: one script for each kind of journey. What is planted stands where it happens."""
