"""Means and their differences, from integer sums that add up over any split of the data."""

from __future__ import annotations

import math

import msgspec

from trodden.methods.stats.distributions import LEVEL, t_quantile
from trodden.model.question import Estimate, Mean


class Sums(msgspec.Struct, frozen=True):
    """How many values, their sum and the sum of their squares: integers of any size, so exact.

    Values are whole numbers of some unit (milliseconds, cents, steps); sums of two disjoint sets add.
    """

    n: int = 0
    total: int = 0
    squares: int = 0

    def __add__(self, other: Sums) -> Sums:
        """Return the sums of both sets together."""
        return Sums(self.n + other.n, self.total + other.total, self.squares + other.squares)

    @property
    def mean(self) -> float | None:
        """Return the mean; null where there is no value."""
        return self.total / self.n if self.n else None

    @property
    def variance(self) -> float | None:
        """Return the sample variance (divisor n - 1); null under two values."""
        if self.n < 2:  # noqa: PLR2004 - two values are the fewest that spread
            return None
        return (self.n * self.squares - self.total * self.total) / (self.n * (self.n - 1))


def mean_interval(sums: Sums, unit: str = "", per: int = 1) -> Mean:
    """Give the mean with its 95 % Student interval, every number divided by ``per``.

    ``per`` turns the unit that was summed into the one that is shown (1,000 for ms to s). The ends
    are null under two values.
    """
    mean, variance = sums.mean, sums.variance
    if mean is None or variance is None:
        return Mean(value=None if mean is None else mean / per, n=sums.n, unit=unit)
    half = _student(sums.n) * math.sqrt(variance / sums.n)
    return Mean(mean / per, (mean - half) / per, (mean + half) / per, sums.n, unit)


def welch(first: Mean, second: Mean) -> Estimate:
    """Give the first mean less the second, with a 95 % interval that allows unequal spreads.

    The standard errors are read off the means' own intervals; the degrees of freedom are Satterthwaite's.
    Null ends where a side has under two values; where neither side spreads at all the interval is the
    difference itself.

    References
    ----------
    Welch, B. L. (1947). The generalization of Student's problem when several different population
    variances are involved. Biometrika 34, 28-35.

    Examples
    --------
    >>> found = welch(mean_interval(Sums(4, 10, 30)), mean_interval(Sums(4, 18, 86)))
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (-2.0, -4.234, 0.234)
    """
    n = first.n + second.n
    if first.value is None or second.value is None:
        return Estimate(value=None, n=n, unit=first.unit)
    difference = first.value - second.value
    errors = _squared_error(first), _squared_error(second)
    if errors[0] is None or errors[1] is None:
        return Estimate(value=difference, n=n, unit=first.unit)
    half = _half_width(errors[0], errors[1], (first.n, second.n))
    return Estimate(difference, difference - half, difference + half, n, first.unit)


def _student(n: int) -> float:
    return t_quantile((1 + LEVEL) / 2, n - 1)


def _squared_error(mean: Mean) -> float | None:
    if mean.low is None or mean.high is None:
        return None
    return ((mean.high - mean.low) / 2 / _student(mean.n)) ** 2


def _half_width(error1: float, error2: float, sizes: tuple[int, int]) -> float:
    """Return the half width from the squared standard errors of both means."""
    both = error1 + error2
    if both == 0:
        return 0.0
    freedom = both * both / (error1 * error1 / (sizes[0] - 1) + error2 * error2 / (sizes[1] - 1))
    return t_quantile((1 + LEVEL) / 2, freedom) * math.sqrt(both)
