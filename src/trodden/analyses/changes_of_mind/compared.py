"""Judging changes by how the units that made them ended, corrected over all places shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from trodden.analyses.changes_of_mind.answer import ComparedChanges, Verdict
from trodden.methods.journeys.outcomes import Outcome
from trodden.methods.stats.differences import p_of_estimate, p_of_rates
from trodden.methods.stats.medians import Counted, price_bonett
from trodden.methods.stats.multiple import benjamini_hochberg
from trodden.methods.stats.rates import newcombe, wilson

FEWEST: Final = 10
"""Units on either side under which nothing is said."""

DISCOVERY_RATE: Final = 0.05


def compare_places(sides: Sequence[tuple[Outcome, Outcome] | None]) -> list[ComparedChanges | None]:
    """Compare those with a change and those without, place by place; None stays None."""
    compared = [None if pair is None else _compare(*pair) for pair in sides]
    tested = [one for one in compared if one is not None and min(one.having.of, one.others.of) >= FEWEST]
    p_values = [p for one in tested for p in (p_of_rates(one.having, one.others), p_of_estimate(one.time))]
    adjusted = iter(benjamini_hochberg(p_values))
    judged = {id(one): _judged(one, next(adjusted), next(adjusted)) for one in tested}
    return [None if one is None else judged.get(id(one), one) for one in compared]


def _compare(having: Outcome, others: Outcome) -> ComparedChanges:
    first, second = wilson(having.reached, having.units), wilson(others.reached, others.units)
    mine, theirs = (Counted(side.times.counts, side.times.keys) for side in (having, others))
    return ComparedChanges(
        having=first,
        others=second,
        reached=newcombe(first, second),
        time=price_bonett(mine, theirs),
        verdict="too few to say",
    )


def _judged(one: ComparedChanges, p_reached: float, p_time: float) -> ComparedChanges:
    if p_reached <= DISCOVERY_RATE:
        verdict: Verdict = "better" if (one.reached.value or 0.0) > 0 else "worse"
        return replace(one, verdict=verdict, decided_by="goal")
    if p_time <= DISCOVERY_RATE:
        return replace(one, verdict="worse" if (one.time.value or 0.0) > 0 else "better", decided_by="time")
    return replace(one, verdict="no clear difference")
