"""Show the path customers walk beside the path that was designed."""

__version__ = "0.1.0"
