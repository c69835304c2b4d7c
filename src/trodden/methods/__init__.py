"""Kernels and statistics: arrays in, arrays out; no files, no tables, no SQL."""
