"""Invented firms to try Trodden on; only the command that fills a workspace with one imports this room."""
