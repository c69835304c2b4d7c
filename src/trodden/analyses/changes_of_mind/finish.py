"""From counts to the answer."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.analyses.changes_of_mind.answer import (
    ChangePlace,
    ChangesOfMind,
    ComparedChanges,
    CouldThey,
    Did,
    Fee,
    OtherPlaces,
    Pattern,
)
from trodden.analyses.changes_of_mind.compared import compare_places
from trodden.analyses.changes_of_mind.planned import Plan
from trodden.methods.journeys.changes import HOW, KINDS
from trodden.methods.journeys.changes_counts import (
    ALL,
    BACKTRACKED,
    CHANGED,
    COULD,
    ENDS,
    LEFT,
    MET,
    PING_PONGED,
    REWORKED,
    STILL_OPEN,
    ChangeCounts,
    Keys,
)
from trodden.methods.journeys.changes_known import DONE, NOT_TOLD, REFUSED
from trodden.methods.journeys.examples import examples_of
from trodden.methods.journeys.outcomes import Outcome
from trodden.methods.journeys.select import tell_about
from trodden.methods.journeys.units import Counted
from trodden.methods.stats.logbins import BINS
from trodden.methods.stats.medians import Counted as Values
from trodden.methods.stats.medians import median_interval
from trodden.methods.stats.rates import newcombe, wilson
from trodden.methods.stats.tally import Tally
from trodden.model.question import Estimate, Mean, Rate

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENDINGS: Final = ("cancel", "return")
"""Kinds of change that end a journey by themselves, so how it ended says nothing of them."""


def finish_changes(plan: Plan, counted: Counted, counts: ChangeCounts) -> ChangesOfMind:
    """Rank, name and compare."""
    keys = Keys(len(plan.touchpoints), len(plan.steps))
    ranked = _ranked(plan, keys, counts)
    shown = ranked[: plan.limit]
    compared = compare_places([_sides(plan, keys, counts, place) for place in shown])
    patterns = _patterns(plan, keys, counts, counted.units)
    return ChangesOfMind(
        about=tell_about("changes_of_mind", plan.snapshot, plan.selection, counted, plan.notes),
        changed=_did(plan, counts, CHANGED),
        backtracked=_did(plan, counts, BACKTRACKED),
        ping_ponged=_did(plan, counts, PING_PONGED),
        reworked=_did(plan, counts, REWORKED),
        places=tuple(
            _place(plan, keys, counts, place, one) for place, one in zip(shown, compared, strict=True)
        ),
        other=_other(counts, shown),
        patterns=tuple(patterns[: plan.limit]),
        hidden_patterns=max(len(patterns) - plan.limit, 0),
        known=plan.known,
    )


def _ranked(plan: Plan, keys: Keys, counts: ChangeCounts) -> list[int]:
    """Order the places by customers times mean cost, then by customers, kind and names."""
    spent = {"steps": counts.steps, "time": counts.time_ms, "contacts": counts.contacts}[plan.cost]

    def rank(item: tuple[int, int]) -> tuple[Fraction, int, int, str, int]:
        place, changes = item
        customers = _at(counts.customers, place)
        kind, code, progress = keys.split(place)
        cost = Fraction(customers * _at(spent, place), changes)
        return -cost, -customers, kind, plan.touchpoints[code], progress

    enough = [item for item in counts.changes.items() if item[1] >= plan.min_count]
    return [place for place, _ in sorted(enough, key=rank)]


def _at(tally: Tally, key: int) -> int:
    return tally.within(key, key + 1).total


def _part(tally: Tally, key: int, width: int) -> Tally:
    found = tally.within(key * width, (key + 1) * width)
    return Tally(found.keys - key * width, found.counts)


def _sides(plan: Plan, keys: Keys, counts: ChangeCounts, place: int) -> tuple[Outcome, Outcome] | None:
    """Return how closed units with the change ended, and those without that came as far."""
    kind, _, progress = keys.split(place)
    if KINDS[kind - 1] in ENDINGS or not plan.has_goal:
        return None
    having = counts.having.of(place)
    return having, counts.came.of(progress + 1) - having


def _other(counts: ChangeCounts, shown: list[int]) -> OtherPlaces | None:
    places = len(counts.changes.keys) - len(shown)
    changes = counts.changes.total - sum(_at(counts.changes, place) for place in shown)
    return OtherPlaces(places, changes) if places else None


def _did(plan: Plan, counts: ChangeCounts, what: int) -> Did:
    did, everybody = _ends(counts.units[what]), _ends(counts.units[ALL])
    others = [all_of - mine for all_of, mine in zip(everybody, did, strict=True)]
    met, theirs = (_met(plan, side[MET], side[MET] + side[LEFT]) for side in (did, others))
    return Did(
        units=wilson(sum(did), sum(everybody)), met=met, others=theirs, difference=newcombe(met, theirs)
    )


def _met(plan: Plan, met: int, closed: int) -> Rate:
    """Return the share of closed units that reached the goal; nothing where there is none to reach."""
    return wilson(met, closed) if plan.has_goal else wilson(0, 0)


def _ends(row: NDArray[np.int64]) -> list[int]:
    return [int(count) for count in row]


def _place(
    plan: Plan, keys: Keys, counts: ChangeCounts, place: int, compared: ComparedChanges | None
) -> ChangePlace:
    kind, code, progress = keys.split(place)
    step = plan.steps[progress] if progress >= 0 else None
    changes, having = _at(counts.changes, place), counts.having.of(place)
    times = _part(counts.times, place, BINS)
    return ChangePlace(
        kind=KINDS[kind - 1],
        touchpoint=plan.touchpoints[code],
        after=(step.label or step.id) if step else "",
        after_step=step.id if step else "",
        changes=changes,
        customers=_at(counts.customers, place),
        could=_could(plan, counts, place, changes),
        if_done=_if_done(plan, counts, place, KINDS[kind - 1] not in ENDINGS),
        steps=Mean(_at(counts.steps, place) / changes, n=changes, unit="steps"),
        contacts=Mean(_at(counts.contacts, place) / changes, n=changes, unit="contacts"),
        time=median_interval(Values(times.counts, times.keys)),
        fees=tuple(Fee(total, money) for (at, money), total in counts.fees if at == place),
        met=_met(plan, having.reached, having.units),
        left=wilson(having.units - having.reached, having.units),
        open=_at(counts.open_units, place),
        compared=compared,
        examples=examples_of(counts.examples, place),
    )


def _ends_by_how(counts: ChangeCounts, place: int) -> list[list[int]]:
    """Return the changes at a place by whether they could, and how the unit ended."""
    part = _part(counts.could, place, COULD * ENDS)
    ends = np.zeros((COULD, ENDS), dtype=np.int64)
    ends.reshape(-1)[part.keys] = part.counts
    return ends.tolist()


def _if_done(plan: Plan, counts: ChangeCounts, place: int, is_compared: bool) -> Estimate:  # noqa: FBT001 - one fact beside the place
    """Compare how changes ended that were done with those that were refused or sent elsewhere."""
    ends = _ends_by_how(counts, place)
    sides = (ends[DONE], [sum(column) for column in zip(*ends[REFUSED:NOT_TOLD], strict=True)])
    rates = [_met(plan, row[MET], row[MET] + row[LEFT]) if is_compared else wilson(0, 0) for row in sides]
    return newcombe(*rates)


def _could(plan: Plan, counts: ChangeCounts, place: int, changes: int) -> tuple[CouldThey, ...]:
    found = [
        CouldThey(HOW[how], wilson(sum(row), changes), _met(plan, row[MET], row[MET] + row[LEFT]))
        for how, row in enumerate(_ends_by_how(counts, place))
        if sum(row)
    ]
    return tuple(sorted(found, key=lambda one: (-one.changes.count, HOW.index(one.how))))


def _patterns(plan: Plan, keys: Keys, counts: ChangeCounts, units: int) -> list[Pattern]:
    """List ping-pongs and reworks by units, then by kind and names."""
    found = [
        _pattern(plan, keys, (key, row), _at(counts.repeated, key), units)
        for key, row in counts.repeats.by(ENDS)
    ]
    return sorted(found, key=lambda one: (-one.units.count, one.kind, one.touchpoint, one.between))


def _pattern(plan: Plan, keys: Keys, counted: tuple[int, Tally], times: int, units: int) -> Pattern:
    key, row = counted
    kind, code, between = keys.split_pair(key)
    met, left, still_open = (_at(row, end) for end in (MET, LEFT, STILL_OPEN))
    return Pattern(
        kind="ping-pong" if kind == PING_PONGED else "rework",
        touchpoint=plan.touchpoints[code],
        between=plan.touchpoints[between] if kind == PING_PONGED else "",
        units=wilson(met + left + still_open, units),
        times=times,
        met=_met(plan, met, met + left),
    )
