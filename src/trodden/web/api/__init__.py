"""The HTTP interface for programs of the same machine: the command line asks here."""
