"""The vocabulary every other room speaks: plain structs, no input or output."""
