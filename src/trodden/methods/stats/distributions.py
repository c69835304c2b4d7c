"""The few distribution functions the intervals need, without a heavy import."""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist
from typing import Final

LEVEL: Final = 0.95
"""Every interval in the product covers this share unless it says otherwise."""

_NORMAL: Final = NormalDist()
_STEPS: Final = 200
_SETTLED: Final = 1e-13


def normal_quantile(probability: float) -> float:
    """Return the value a standard normal stays below with this probability, in (0, 1)."""
    return _NORMAL.inv_cdf(probability)


def normal_cdf(value: float) -> float:
    """Return the probability that a standard normal is at most ``value``."""
    return _NORMAL.cdf(value)


@cache
def two_sided(level: float = LEVEL) -> float:
    """Return z of a two-sided normal interval: 1.96 at the level 0.95."""
    return normal_quantile((1 + level) / 2)


def beta_cdf(value: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_value(a, b).

    By its continued fraction, on the side where it converges fast; ``a, b > 0``.

    References
    ----------
    NIST Digital Library of Mathematical Functions, 8.17.22 (the fraction) and 8.17.4 (the symmetry).
    """
    if value <= 0 or value >= 1:
        return 0.0 if value <= 0 else 1.0
    if value > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - value, b, a)
    from trodden.methods.stats.kernels_distributions import beta_fraction

    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    log_front += a * math.log(value) + b * math.log1p(-value)
    return math.exp(log_front) / (a * beta_fraction(float(value), float(a), float(b)))


def binomial_half_cdf(count: int, of: int) -> float:
    """Return the probability of at most ``count`` heads in ``of`` tosses of a fair coin."""
    if count < 0:
        return 0.0
    return 1.0 if count >= of else beta_cdf(0.5, of - count, count + 1)


def t_cdf(value: float, freedom: float) -> float:
    """Return the probability that Student's t with ``freedom`` degrees is at most ``value``."""
    tail = beta_cdf(freedom / (freedom + value * value), freedom / 2, 0.5) / 2
    return 1 - tail if value > 0 else tail


def t_quantile(probability: float, freedom: float) -> float:
    """Return the value Student's t stays below with this probability, in (0, 1).

    By Newton's steps from the normal's quantile, halving the interval that holds it where a step would
    leave it; ``freedom > 0``, not necessarily whole.
    """
    if probability <= 1 / 2:
        return -t_quantile(1 - probability, freedom) if probability < 1 / 2 else 0.0
    low, high = 0.0, math.inf
    value = normal_quantile(probability)
    for _ in range(_STEPS):
        excess = t_cdf(value, freedom) - probability
        low, high = (low, value) if excess > 0 else (value, high)
        step = value - excess / t_density(value, freedom)
        step = step if low < step < high else min((low + high) / 2, 2 * value + 1)
        value, before = step, value
        if abs(value - before) <= _SETTLED * value:
            break
    return value


def t_density(value: float, freedom: float) -> float:
    """Return the density of Student's t with ``freedom`` degrees."""
    log_front = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - math.log(freedom * math.pi) / 2
    return math.exp(log_front - (freedom + 1) / 2 * math.log1p(value * value / freedom))
