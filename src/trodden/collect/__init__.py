"""Everything that comes in: importers of files."""
