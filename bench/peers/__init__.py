"""The products we are measured against, in an environment of their own."""
