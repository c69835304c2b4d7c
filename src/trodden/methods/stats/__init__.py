"""Intervals, tests, survival curves and mergeable quantiles.

``rates`` (wilson, newcombe), ``means`` (Sums, welch), ``medians`` (price_bonett), ``survival``
(kaplan_meier), ``multiple`` (benjamini_hochberg), ``logbins`` (bin_of, quantile), ``tally`` (sparse
counts), ``compare`` (the difference of two answers), ``distributions`` (quantiles). No module here
imports NumPy until arrays are given to it.
"""
