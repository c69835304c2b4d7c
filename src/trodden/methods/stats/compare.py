"""What two figures differ by: the first side less the second, always with an interval."""

from __future__ import annotations

from trodden.methods.stats.means import welch
from trodden.methods.stats.rates import combine, newcombe
from trodden.model.question import Estimate, Mean, Rate

Figure = Rate | Estimate


def difference(first: Figure, second: Figure) -> Estimate:
    """Give the difference of two figures by the method that is theirs.

    Shares: Newcombe. Means: Welch. All else, medians among it: both intervals combined, which for medians
    with intervals from their standard errors is that of Price and Bonett.
    """
    if isinstance(first, Rate) and isinstance(second, Rate):
        return newcombe(first, second)
    if isinstance(first, Mean) and isinstance(second, Mean):
        return welch(first, second)
    one, other = as_estimate(first), as_estimate(second)
    return combine(one, other, one.n + other.n, one.unit)


def as_estimate(figure: Figure) -> Estimate:
    """Return any figure as a plain estimate: a share, a mean, or an estimate as it is."""
    if isinstance(figure, Rate):
        return Estimate(figure.value, figure.low, figure.high, figure.of, "share")
    return Estimate(figure.value, figure.low, figure.high, figure.n, figure.unit)


def is_clear(difference: Estimate) -> bool:
    """Tell whether the interval leaves 0 out on either side; an unknown interval leaves nothing out."""
    low, high = difference.low, difference.high
    return low is not None and high is not None and (low > 0 or high < 0)
