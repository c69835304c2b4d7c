"""Medians and quantiles of binned durations and their differences, without assuming a distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from trodden.methods.stats.distributions import LEVEL, binomial_half_cdf, normal_quantile, two_sided
from trodden.methods.stats.logbins import bin_at, edges, quantile_of, spread_value
from trodden.model.question import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEWEST: Final = 5
"""Values below which the spread of a median is not told."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Durations by bin: ``counts``: (k,) integers of ``bins``: (k,) ascending, or of bins 0, 1, 2, ...

    ``up_to``: (k,) the counts added up, once for all the ranks that are looked for.
    """

    counts: NDArray[np.integer]
    bins: NDArray[np.integer] | None = None
    up_to: NDArray[np.integer] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Add the counts up."""
        object.__setattr__(self, "up_to", self.counts.cumsum())

    @property
    def n(self) -> int:
        """Count the durations."""
        return int(self.up_to[-1]) if len(self.up_to) else 0

    @property
    def median(self) -> float | None:
        """Return the median in seconds, as `logbins.quantile` tells it."""
        return quantile_of(self.up_to, 0.5, self.bins)


def error_of_median(values: Counted) -> float | None:
    """Return the standard error of a sample median in seconds; null under five values.

    Half the distance of two order statistics about sqrt(n) ranks to either side of the middle, over the
    normal quantile of the share of medians they catch. A bin's values are spread evenly over it, and
    the rounding of the told median to the middle of its bin (width**2 / 12) is part of the error.

    References
    ----------
    Price, R. M. and Bonett, D. G. (2001). Estimating the variance of the sample median. Journal of
    Statistical Computation and Simulation 68, 295-305.
    """
    n = values.n
    if n < FEWEST:
        return None
    rank = max(1, round(n / 2 - math.sqrt(n)))
    low, _ = spread_value(values.up_to, rank, values.bins)
    high, _ = spread_value(values.up_to, n - rank + 1, values.bins)
    caught = -normal_quantile(binomial_half_cdf(rank - 1, n))
    _, width = spread_value(values.up_to, (n + 1) // 2, values.bins)
    return math.hypot((high - low) / (2 * caught), width / math.sqrt(12))


def price_bonett(first: Counted, second: Counted, level: float = LEVEL) -> Estimate:
    """Give the first median less the second in seconds, with a distribution-free interval.

    The ends are null where a side has under five values, all is null where a side has none.

    References
    ----------
    Price, R. M. and Bonett, D. G. (2002). Distribution-free confidence intervals for difference and
    ratio of medians. Journal of Statistical Computation and Simulation 72, 119-124.
    """
    n, median1, median2 = first.n + second.n, first.median, second.median
    if median1 is None or median2 is None:
        return Estimate(value=None, n=n, unit="s")
    error1, error2 = error_of_median(first), error_of_median(second)
    difference = median1 - median2
    if error1 is None or error2 is None:
        return Estimate(value=difference, n=n, unit="s")
    half = two_sided(level) * math.hypot(error1, error2)
    return Estimate(difference, difference - half, difference + half, n, "s")


def median_interval(values: Counted, level: float = LEVEL) -> Estimate:
    """Give the median in seconds with the interval of its standard error, cut at 0.

    Two such estimates combined (`rates.combine`) give Price and Bonett's interval of the difference. Null
    ends under five values.
    """
    median, error = values.median, error_of_median(values)
    if median is None or error is None:
        return Estimate(value=median, n=values.n, unit="s")
    half = two_sided(level) * error
    return Estimate(median, max(0.0, median - half), median + half, values.n, "s")


def quantile_interval(values: Counted, share: float, level: float = LEVEL) -> Estimate:
    """Give a quantile in seconds, as `logbins.quantile` tells it, with the interval of two order statistics.

    The ends are the outer edges of the bins of the values of ranks ``ceil(n * share - d)`` and
    ``floor(n * share + d) + 1``, with ``d`` the normal quantile of ``level`` times
    ``sqrt(n * share * (1 - share))``: between them lies every value that a score test on the share of values
    below would not refuse. Null ends where a rank is under 1 or over n, so under 35 values for 0.9.

    References
    ----------
    Conover, W. J. (1999). Practical Nonparametric Statistics, 3rd edition, section 3.2.
    """
    n, value = values.n, quantile_of(values.up_to, share, values.bins)
    reach = two_sided(level) * math.sqrt(n * share * (1 - share))
    first, last = math.ceil(n * share - reach), math.floor(n * share + reach) + 1
    if value is None or first < 1 or last > n:
        return Estimate(value=value, n=n, unit="s")
    low, high = (edges(bin_at(values.up_to, rank, values.bins)[0]) for rank in (first, last))
    return Estimate(value, max(0.0, low[0] - 0.5), high[1] + 0.5, n, "s")
