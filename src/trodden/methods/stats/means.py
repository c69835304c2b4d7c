"""Means and their differences, from integer sums that add up over any split of the data."""

from __future__ import annotations

import math

import msgspec

from trodden.methods.stats.distributions import LEVEL, t_quantile
from trodden.model.question import Estimate


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


def mean_interval(sums: Sums, unit: str = "", per: int = 1, level: float = LEVEL) -> Estimate:
    """Give the mean with its Student interval, every number divided by ``per``.

    ``per`` turns the unit that was summed into the one that is shown (1,000 for ms to s). The ends
    are null under two values.
    """
    mean, variance = sums.mean, sums.variance
    if mean is None or variance is None:
        return Estimate(value=None if mean is None else mean / per, n=sums.n, unit=unit)
    half = t_quantile((1 + level) / 2, sums.n - 1) * math.sqrt(variance / sums.n)
    return Estimate(mean / per, (mean - half) / per, (mean + half) / per, sums.n, unit)


def welch(first: Sums, second: Sums, unit: str = "", per: int = 1, level: float = LEVEL) -> Estimate:
    """Give the first mean less the second, with an interval that allows unequal spreads.

    The degrees of freedom are Satterthwaite's. Null ends where a side has under two values; where
    neither side spreads at all the interval is the difference itself. ``per`` as in `mean_interval`.

    References
    ----------
    Welch, B. L. (1947). The generalization of Student's problem when several different population
    variances are involved. Biometrika 34, 28-35.

    Examples
    --------
    >>> found = welch(Sums(4, 10, 30), Sums(4, 18, 86))
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (-2.0, -4.234, 0.234)
    """
    n = first.n + second.n
    if first.mean is None or second.mean is None:
        return Estimate(value=None, n=n, unit=unit)
    difference = (first.mean - second.mean) / per
    if first.variance is None or second.variance is None:
        return Estimate(value=difference, n=n, unit=unit)
    half = _half_width(first.variance / first.n, second.variance / second.n, (first.n, second.n), level) / per
    return Estimate(difference, difference - half, difference + half, n, unit)


def _half_width(error1: float, error2: float, sizes: tuple[int, int], level: float) -> float:
    """Return the half width from the squared standard errors of both means."""
    both = error1 + error2
    if both == 0:
        return 0.0
    freedom = both * both / (error1 * error1 / (sizes[0] - 1) + error2 * error2 / (sizes[1] - 1))
    return t_quantile((1 + level) / 2, freedom) * math.sqrt(both)
