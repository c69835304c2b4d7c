"""What two answers differ by: the first side less the second, always with an interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.methods.stats.means import Sums, welch
from trodden.methods.stats.medians import Counted, price_bonett
from trodden.methods.stats.rates import newcombe
from trodden.methods.stats.survival import Survival, survival_difference
from trodden.model.question import Estimate, Rate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def difference_of_rates(first: Rate, second: Rate) -> Estimate:
    """Give the difference of two shares with Newcombe's interval, unit ``share``."""
    return newcombe(first, second)


def difference_of_means(first: Sums, second: Sums, unit: str, per: int = 1) -> Estimate:
    """Give the difference of two means with Welch's interval, divided by ``per`` into ``unit``."""
    return welch(first, second, unit, per)


def difference_of_medians(
    first: NDArray[np.integer],
    second: NDArray[np.integer],
    first_bins: NDArray[np.integer] | None = None,
    second_bins: NDArray[np.integer] | None = None,
) -> Estimate:
    """Give the difference of two medians of binned durations with Price and Bonett's interval, in s.

    Each side is counts by bin: those of bins 0, 1, 2, ... or of the bin numbers given beside.
    """
    return price_bonett(Counted(first, first_bins), Counted(second, second_bins))


def difference_of_survival(first: Survival, second: Survival, seconds: float) -> Estimate:
    """Give the difference of two Kaplan-Meier curves after ``seconds``, unit ``share``."""
    return survival_difference(first, second, seconds)


def is_clear(difference: Estimate) -> bool:
    """Tell whether the interval leaves 0 out on either side; an unknown interval leaves nothing out."""
    low, high = difference.low, difference.high
    return low is not None and high is not None and (low > 0 or high < 0)
