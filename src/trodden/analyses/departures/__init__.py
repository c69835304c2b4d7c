"""Where journeys end without their goal, and what became of the customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.departures.answer import (
    Departures,
    DeparturesQuestion,
    DepartureStep,
    Detail,
    Elsewhere,
)
from trodden.analyses.departures.chart import departures_chart
from trodden.methods.journeys.departures import (
    AGAIN,
    CODES,
    DETAILS,
    ELSEWHERE,
    GONE,
    PENDING,
    Departed,
    DepartureCounts,
    count_departures,
    find_departures,
)
from trodden.methods.journeys.examples import Candidate, Cases, best, costliest, examples_of
from trodden.methods.journeys.patterns_write import name_of_mark
from trodden.methods.journeys.periods import moment
from trodden.methods.journeys.select import Selection, resolve_selection, select
from trodden.methods.journeys.select_names import code_of
from trodden.methods.journeys.units import Counted, Units, count_units
from trodden.methods.stats.logbins import BINS, quantile, rank_of
from trodden.methods.stats.medians import Counted as Durations
from trodden.methods.stats.medians import median_interval
from trodden.methods.stats.rates import wilson
from trodden.methods.stats.tally import Tally, none_counted
from trodden.model.catalog import Catalog
from trodden.model.question import About, Answer
from trodden.model.walks import Bucket, PropertyDictionary
from trodden.registry import Asks, Mergeable, analysis

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PLACES_TO: Final = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """``details``: the promoted properties that say how a departure was, with their values."""

    selection: Selection
    snapshot: str
    touchpoints: tuple[str, ...]
    details: tuple[PropertyDictionary, ...]
    top: int


@dataclass(frozen=True, slots=True)
class State:
    """Counts, and for each step the departures after most steps."""

    counts: DepartureCounts
    counted: Counted
    examples: tuple[Candidate, ...]


@analysis(
    "departures",
    asks=Asks("Where do people leave for good?", "goal"),
    example=DeparturesQuestion(),
    answer=Departures,
    chart=departures_chart,
)
class DeparturesAnalysis(Mergeable[DeparturesQuestion, Plan, State, Departures]):
    """Find where units end without their goal, and what became of the customer.

    A departure is the last step of a unit that closed without its goal. *Gone*: no event of any kind within
    the silence limit after it; *elsewhere*: the first event within it lies outside this map; *again*: it
    lies within it, after a journey that ended as abandoned. Units still open, or abandoned so lately that
    the limit has not passed, are *pending*: apart from all shares. Without a map, a customer departs by
    falling silent and a session by ending. Examples are those who had taken most steps.
    """

    def plan(self, question: DeparturesQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection and find the properties that tell how a departure was."""
        known = {one.name: one for one in catalog.dictionaries.properties}
        return Plan(
            selection=resolve_selection(question, catalog, "customer"),
            snapshot=catalog.snapshot,
            touchpoints=catalog.dictionaries.touchpoints,
            details=tuple(known[name] for name in DETAILS if name in known),
            top=question.top,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        departed = find_departures(bucket, units, plan.selection)
        names = tuple(one.name for one in plan.details)
        counts = count_departures(bucket, units, departed, len(plan.touchpoints), names)
        return State(counts, count_units(units), _examples(bucket, units, departed))

    def merge(self, a: State, b: State) -> State:
        """Add counts, keep the best examples."""
        return State(a.counts + b.counts, a.counted + b.counted, best((*a.examples, *b.examples)))

    def finish(self, plan: Plan, state: State | None) -> Departures:
        """Name and rank."""
        state = state or _no_state(len(plan.touchpoints))
        kinds = state.counts.kinds
        departures_at = kinds[:, :PENDING].sum(axis=1).tolist()
        seen = np.flatnonzero(kinds[:, : PENDING + 1].sum(axis=1)).tolist()
        ordered = sorted(seen, key=lambda code: (-departures_at[code], plan.touchpoints[code]))
        total = kinds.sum(axis=0)
        departures = int(total[:PENDING].sum())
        return Departures(
            about=_about(plan, state),
            steps=tuple(_step(plan, state, code) for code in ordered[: plan.top]),
            hidden=max(len(ordered) - plan.top, 0),
            departed=wilson(departures, int(total.sum() - total[PENDING])),
            gone=wilson(int(total[GONE]), departures),
            elsewhere=wilson(int(total[ELSEWHERE]), departures),
            again=wilson(int(total[AGAIN]), departures),
            pending=int(total[PENDING]),
        )

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:
        """Find the units that departed at a touchpoint."""
        departed = find_departures(bucket, units, plan.selection)
        return (departed.kind < PENDING) & (departed.step == code_of(name_of_mark(mark), plan.touchpoints))


def _examples(bucket: Bucket, units: Units, departed: Departed) -> tuple[Candidate, ...]:
    left = np.flatnonzero(departed.kind < PENDING)
    steps = np.diff(units.offsets)[left]
    return costliest(bucket, Cases(departed.step[left], steps, departed.row[left], units.customer[left]))


def _no_state(touchpoints: int) -> State:
    none, zeros = none_counted(), np.zeros(touchpoints, dtype=np.int64)
    kinds = np.zeros((touchpoints, 5), dtype=np.int64)
    return State(DepartureCounts(kinds, zeros, zeros, none, none, none), Counted(), ())


def _about(plan: Plan, state: State) -> About:
    counted = state.counted
    return About(
        analysis="departures",
        snapshot=plan.snapshot,
        as_of=moment(plan.selection.as_of),
        unit=plan.selection.unit,
        units=counted.units,
        customers=counted.customers,
        events=counted.events,
        open=counted.open,
        ties=counted.ties,
        notes=plan.selection.notes,
    )


def _step(plan: Plan, state: State, code: int) -> DepartureStep:
    counts = state.counts
    kinds = [int(count) for count in counts.kinds[code]]
    departures = sum(kinds[:PENDING])
    times = _at(counts.times, code, BINS)
    return DepartureStep(
        touchpoint=plan.touchpoints[code],
        departures=departures,
        left=wilson(departures, int(counts.came_by[code])),
        gone=wilson(kinds[GONE], departures),
        elsewhere=wilson(kinds[ELSEWHERE], departures),
        again=wilson(kinds[AGAIN], departures),
        abandoned=int(counts.abandoned[code]),
        pending=kinds[PENDING],
        time=median_interval(Durations(times.counts, times.keys)),
        time_p90_s=quantile(times.counts, 0.9, times.keys),
        to=_to(plan, counts, code, departures),
        details=tuple(_details(plan, counts, code)),
        examples=examples_of(state.examples, code),
    )


def _at(counted: Tally, code: int, width: int) -> Tally:
    """Return the part of keys ``code * width + rest``, by the rest."""
    found = counted.within(code * width, (code + 1) * width)
    return Tally(found.keys - code * width, found.counts)


def _to(plan: Plan, counts: DepartureCounts, code: int, departures: int) -> tuple[Elsewhere, ...]:
    found = _at(counts.to, code, len(plan.touchpoints)).items()
    ordered = sorted(found, key=lambda one: (-one[1], plan.touchpoints[one[0]]))
    return tuple(
        Elsewhere(plan.touchpoints[to], wilson(count, departures)) for to, count in ordered[:MOST_PLACES_TO]
    )


def _details(plan: Plan, counts: DepartureCounts, code: int) -> Iterator[Detail]:
    for number, described in enumerate(plan.details):
        found = _at(counts.details, code * len(plan.details) + number, CODES)
        if found.total:
            yield _detail(described, found)


def _detail(described: PropertyDictionary, found: Tally) -> Detail:
    values = [(described.values[code - 1], count) for code, count in found.items()]
    if described.type == "number":
        numbers = sorted((float(value), count) for value, count in values)
        up_to = np.cumsum([count for _, count in numbers])
        middle = numbers[int(np.searchsorted(up_to, rank_of(0.5, found.total)))][0]
        return Detail(described.name, found.total, middle, "", 0)
    most, count = min(values, key=lambda one: (-one[1], str(one[0])))
    return Detail(described.name, found.total, None, str(most), count)
