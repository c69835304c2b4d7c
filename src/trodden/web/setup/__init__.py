"""Settings: the workspace, and what runs here."""
