"""Backups of a home folder: taken while it is worked in, and restored whole or not at all."""
