"""Judging deviations by how they ended: two rates and two medians each, corrected over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.analyses.walked.answer import Compared, Verdict
from trodden.methods.stats.differences import p_of_estimate, p_of_rates
from trodden.methods.stats.medians import Counted, price_bonett
from trodden.methods.stats.multiple import benjamini_hochberg
from trodden.methods.stats.rates import newcombe, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.methods.journeys.outcomes import Outcome

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
