"""Shares and their differences, with intervals that hold for few and for many."""

from __future__ import annotations

import math

from trodden.methods.stats.distributions import LEVEL, two_sided
from trodden.model.question import Estimate, Rate


def wilson(count: int, of: int, level: float = LEVEL) -> Rate:
    """Give ``count`` of ``of`` as a share with its score interval.

    The interval holds every true share a two-sided score test would not refuse. Its lower end is
    exactly 0 where ``count`` is 0, its upper end exactly 1 where ``count`` is ``of``; value and
    ends are null where ``of`` is 0. Requires ``0 <= count <= of``.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> rate = wilson(8, 10)
    >>> round(rate.low, 4), round(rate.high, 4)
    (0.4902, 0.9433)
    """
    if of == 0:
        return Rate(count=0, of=0, value=None, low=None, high=None)
    share, z = count / of, two_sided(level)
    shrink = 1 + z * z / of
    centre = (share + z * z / (2 * of)) / shrink
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / shrink
    low = 0.0 if count == 0 else max(0.0, centre - half)
    high = 1.0 if count == of else min(1.0, centre + half)
    return Rate(count=count, of=of, value=share, low=low, high=high)


def newcombe(first: Rate, second: Rate) -> Estimate:
    """Give the first share less the second, with the hybrid score interval.

    Each end combines the distances of the two Wilson ends from their shares, so the interval never
    leaves [-1, 1] and has a width even where both shares are 0 or 1. All null where either share is.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions:
    comparison of eleven methods. Statistics in Medicine 17, 873-890, method 10.

    Examples
    --------
    >>> found = newcombe(wilson(56, 70), wilson(48, 80))
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    return combine(_ends(first), _ends(second), first.of + second.of, "share")


def _ends(rate: Rate) -> Estimate:
    """Return the rate as a value with two ends."""
    return Estimate(value=rate.value, low=rate.low, high=rate.high, n=rate.of, unit="share")


def combine(first: Estimate, second: Estimate, n: int, unit: str) -> Estimate:
    """Give the difference of two independent estimates from their own intervals alone.

    Each end of the difference lies as far from it as the two ends that make it smallest (largest)
    lie from their values, added as squares. Null where any of the six numbers is.

    References
    ----------
    Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures.
    Statistics in Medicine 27, 1693-1702, equation 2.
    """
    numbers = (first.value, first.low, first.high, second.value, second.low, second.high)
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return Estimate(value=None, n=n, unit=unit)
    value1, low1, high1, value2, low2, high2 = known
    down = math.hypot(value1 - low1, high2 - value2)
    up = math.hypot(high1 - value1, value2 - low2)
    difference = value1 - value2
    return Estimate(value=difference, low=difference - down, high=difference + up, n=n, unit=unit)
