"""Where events and walks lie on disk, and what may be believed about them after a power cut."""
