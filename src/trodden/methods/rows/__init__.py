"""Rows of text as bytes: splitting, reading times, digests, counting repeats, writing JSON.

Everything here takes and gives NumPy arrays and runs without the interpreter's lock, so that chunks of
one file are worked on by as many threads as there are cores.
"""
