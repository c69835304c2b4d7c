"""Intervals, tests, survival curves and mergeable quantiles."""
