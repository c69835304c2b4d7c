"""One sequence in two groups: shares, difference, lift, and whether it could be chance."""

from __future__ import annotations

import math
from collections.abc import Sequence

from trodden.analyses.sequences.answer import Contrast, Reading
from trodden.methods.stats.compare import is_clear
from trodden.methods.stats.distributions import two_sided
from trodden.methods.stats.multiple import benjamini_hochberg
from trodden.methods.stats.rates import newcombe, wilson
from trodden.model.question import Estimate, Rate

FEWEST_EXPECTED = 5
ALPHA = 0.05

Counts = tuple[int, int]
"""Units of the second group, then of the first, as groups are numbered 0 and 1."""


def contrasts(counts: Sequence[Counts], sizes: tuple[int, int, int]) -> list[Contrast | None]:
    """Compare every sequence, p adjusted over all that could be tested."""
    pairs = [(wilson(first, sizes[1]), wilson(second, sizes[0])) for second, first in counts]
    tested = [place for place, pair in enumerate(pairs) if _is_testable(*pair)]
    adjusted = dict(zip(tested, benjamini_hochberg([score_p(*pairs[i]) for i in tested]), strict=True))
    return [_contrast(*pair, adjusted.get(place)) for place, pair in enumerate(pairs)]


def _is_testable(first: Rate, second: Rate) -> bool:
    """Say whether each of the four counts expected without a difference is 5 or more (Cochran 1954)."""
    units, both = first.of + second.of, first.count + second.count
    fewest = min(first.of, second.of) * min(both, units - both)
    return fewest >= FEWEST_EXPECTED * units > 0


def score_p(first: Rate, second: Rate) -> float:
    """Return the two-sided p of the score test that both shares are one: Pearson's without correction.

    Requires that neither all nor none of both are counted.
    """
    together = (first.count + second.count) / (first.of + second.of)
    spread = together * (1 - together) * (1 / first.of + 1 / second.of)
    size = abs(first.count / first.of - second.count / second.of) / math.sqrt(spread)
    return math.erfc(size / math.sqrt(2))


def ratio(first: Rate, second: Rate) -> Estimate:
    """Give the first share by the second, with the interval of its logarithm; null ends where a count is 0.

    References
    ----------
    Katz, D., Baptista, J., Azen, S. P. and Pike, M. C. (1978). Obtaining confidence intervals for the risk
    ratio in cohort studies. Biometrics 34, 469-474, method C.
    """
    n = first.of + second.of
    if first.value is None or not second.value:
        return Estimate(None, n=n, unit="times")
    value = first.value / second.value
    if not first.count:
        return Estimate(value, n=n, unit="times")
    spread = math.sqrt(1 / first.count - 1 / first.of + 1 / second.count - 1 / second.of)
    wide = math.exp(two_sided() * spread)
    return Estimate(value, value / wide, value * wide, n, "times")


def _contrast(first: Rate, second: Rate, adjusted: float | None) -> Contrast:
    difference = newcombe(first, second)
    return Contrast(
        first=first,
        second=second,
        difference=difference,
        lift=ratio(first, second),
        adjusted_p=adjusted,
        reading=_reading(difference, adjusted),
    )


def _reading(difference: Estimate, adjusted: float | None) -> Reading:
    if adjusted is None:
        return "too few to say"
    if adjusted > ALPHA or not is_clear(difference):
        return "no clear difference"
    return "more often" if (difference.value or 0.0) > 0 else "less often"
