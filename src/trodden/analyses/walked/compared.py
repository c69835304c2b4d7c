"""Judging deviations by how they ended: two rates and two medians each, corrected over all of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from trodden.analyses.walked.answer import Compared, Verdict
from trodden.methods.stats.distributions import normal_cdf, two_sided
from trodden.methods.stats.medians import Counted, price_bonett
from trodden.methods.stats.multiple import benjamini_hochberg
from trodden.methods.stats.rates import newcombe, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.methods.journeys.outcomes import Outcome
    from trodden.model.question import Estimate, Rate

FEWEST: Final = 10
"""Journeys on either side under which nothing is said."""

DISCOVERY_RATE: Final = 0.05


def compare_all(sides: Sequence[tuple[Outcome, Outcome] | None]) -> list[Compared | None]:
    """Compare the two sides of each pair; None stays None.

    The verdict follows the share that reached the goal where its adjusted p is at most 0.05, else the time
    of those that did (longer is worse) where that one's is. Pairs with too few journeys are not tested and
    do not count among the tests.
    """
    compared = [None if pair is None else _compare(*pair) for pair in sides]
    tested = [i for i, one in enumerate(compared) if one is not None and _is_enough(one)]
    p_values = [p for i in tested for p in _p_values(compared[i])]
    adjusted = benjamini_hochberg(p_values)
    judged: dict[int, Verdict] = {
        i: _verdict(compared[i], *adjusted[2 * k : 2 * k + 2]) for k, i in enumerate(tested)
    }
    return [_with_verdict(one, judged.get(i)) for i, one in enumerate(compared)]


def _compare(having: Outcome, others: Outcome) -> Compared:
    first, second = wilson(having.reached, having.units), wilson(others.reached, others.units)
    times = (Counted(side.times.counts, side.times.keys) for side in (having, others))
    mine, theirs = times
    return Compared(
        having=first,
        others=second,
        reached=newcombe(first, second),
        time=price_bonett(mine, theirs),
        verdict="too few to say",
    )


def _is_enough(one: Compared) -> bool:
    return min(one.having.of, one.others.of) >= FEWEST


def _p_values(one: Compared | None) -> tuple[float, float]:
    if one is None:
        return 1.0, 1.0
    return p_of_rates(one.having, one.others), p_of_estimate(one.time)


def p_of_rates(first: Rate, second: Rate) -> float:
    """Return the two-sided p of two equal shares, by the pooled normal test; 1 where none or all have it.

    References
    ----------
    Fleiss, J. L., Levin, B. and Paik, M. C. (2003). Statistical Methods for Rates and Proportions, 3rd
    edition, section 3.1, without the correction for continuity.
    """
    pooled = (first.count + second.count) / (first.of + second.of)
    error = math.sqrt(pooled * (1 - pooled) * (1 / first.of + 1 / second.of))
    if error == 0:
        return 1.0
    z = abs(first.count / first.of - second.count / second.of) / error
    return 2 * (1 - normal_cdf(z))


def p_of_estimate(difference: Estimate) -> float:
    """Return the two-sided p of no difference, from a normal interval; 1 where there is none."""
    if difference.value is None or difference.low is None or difference.high is None:
        return 1.0
    error = (difference.high - difference.low) / 2 / two_sided()
    return 2 * (1 - normal_cdf(abs(difference.value) / error)) if error > 0 else 1.0


def _verdict(one: Compared | None, p_reached: float, p_time: float) -> Verdict:
    if one is None:
        return "too few to say"
    if p_reached <= DISCOVERY_RATE:
        return "better" if (one.reached.value or 0.0) > 0 else "worse"
    if p_time <= DISCOVERY_RATE:
        return "worse" if (one.time.value or 0.0) > 0 else "better"
    return "no clear difference"


def _with_verdict(one: Compared | None, verdict: Verdict | None) -> Compared | None:
    if one is None or verdict is None:
        return one
    return Compared(having=one.having, others=one.others, reached=one.reached, time=one.time, verdict=verdict)
