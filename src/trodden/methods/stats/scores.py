"""Scores of forecasts that give a range."""

from __future__ import annotations

from trodden.methods.stats.distributions import LEVEL


def interval_score(low: float, high: float, value: float, level: float = LEVEL) -> float:
    """Give the penalty for having said that a value would lie in ``[low, high]``; smaller is better.

    The width of the range, plus, where the value lies outside, ``2 / (1 - level)`` times its distance from
    the nearer end (40 times at 0.95). Nobody gains by saying a range that is narrower or wider than what is
    believed. An end itself is inside. Requires ``low <= high`` and ``0 < level < 1``.

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation.
    Journal of the American Statistical Association 102, 359-378, equation 43.

    Examples
    --------
    >>> round(interval_score(0.55, 0.65, 0.6), 3), round(interval_score(0.55, 0.65, 0.5), 3)
    (0.1, 2.1)
    """
    outside = max(low - value, value - high, 0.0)
    return high - low + 2 / (1 - level) * outside
