"""How one touchpoint is doing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.touchpoint.answer import Touchpoint, TouchpointQuestion
from trodden.analyses.touchpoint.chart import touchpoint_chart
from trodden.analyses.touchpoint.finish import Counts, Values, told
from trodden.methods.journeys.calendar import Cut, cut_of, number_named, numbers_of
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.units import OPEN, Counted, Units, count_units, has_any
from trodden.methods.stats.logbins import bin_of
from trodden.methods.stats.tally import none_counted, tally
from trodden.model.catalog import Catalog
from trodden.model.event import FAILING, OUTCOMES
from trodden.model.question import Answer
from trodden.model.walks import Bucket, Dictionaries
from trodden.registry import Asks, Mergeable, analysis

MOST_VALUES: Final = 24
"""A property with more values than this is no group of customers."""

_FAILING: Final = np.array([OUTCOMES.index(name) for name in FAILING])
_NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class Plan:
    """Which touchpoint, by its code; -1 where it is designed and nobody has been there."""

    selection: Selection
    snapshot: str
    touchpoint: str
    code: int
    by: Cut
    zone: str
    limit: int
    properties: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class State:
    """Integer counts."""

    counted: Counted
    counts: Counts


@analysis(
    "touchpoint",
    asks=Asks("How is this touchpoint doing?", "ways"),
    example=TouchpointQuestion(touchpoint="Installation"),
    answer=Touchpoint,
    chart=touchpoint_chart,
)
class TouchpointAnalysis(Mergeable[TouchpointQuestion, Plan, State, Touchpoint]):
    """Show how one touchpoint is doing: who comes, how long they waited, how it went, for whom it differs.

    Counts the events at the touchpoint among the steps of the units selected. A period's units are those with
    an event there in it; the period of ``as_of`` is not over. The wait before is the time since the step
    before in the same unit, the wait after the time until the next one. Failing outcomes are failed,
    declined, abandoned and unresolved; events of unknown outcome are left out of that share. Values of
    promoted properties of at most 24 values, as each event had them, are compared by how often it failed.
    """

    def plan(self, question: TouchpointQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve names."""
        code = Touchpoints(catalog).code(question.touchpoint)
        return Plan(
            selection=resolve_selection(question, catalog),
            snapshot=catalog.snapshot,
            touchpoint=question.touchpoint,
            code=_NOWHERE if code is None else code,
            by=cut_of(question.by, catalog.week_begins),
            zone=catalog.time_zone,
            limit=question.limit,
            properties=_grouping(catalog.dictionaries),
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        return State(count_units(units), _count(plan, bucket, units))

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.counted + b.counted, a.counts + b.counts)

    def finish(self, plan: Plan, state: State | None) -> Touchpoint:
        """Form shares, intervals and verdicts."""
        state = state or State(Counted(), _no_counts(plan))
        about = tell_about("touchpoint", plan.snapshot, plan.selection, state.counted)
        return told(about, state.counts, plan)

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:  # noqa: ARG002 - as the registry has it
        """Find the units that were there in one period."""
        number = numbers_of(units.occurred_at, plan.by, plan.zone)
        return has_any(units, (units.touchpoint == plan.code) & (number == number_named(mark, plan.by)))


def _grouping(dictionaries: Dictionaries) -> tuple[Values, ...]:
    """Return the properties that part customers into a few groups."""
    return tuple(
        Values(one.name, one.type, one.values)
        for one in dictionaries.properties
        if 1 < len(one.values) <= MOST_VALUES
    )


def _count(plan: Plan, bucket: Bucket, units: Units) -> Counts:
    here = np.flatnonzero(units.touchpoint == plan.code) if plan.code >= 0 else np.zeros(0, np.int64)
    unit = np.repeat(np.arange(len(units)), np.diff(units.offsets))[here]
    is_first, is_last = here == units.offsets[unit], here + 1 == units.offsets[unit + 1]
    at, outcome = units.occurred_at, (units.channel_outcome[here] >> 4).astype(np.int64)
    later, earlier = here[~is_last], here[~is_first]
    periods = numbers_of(at[here], plan.by, plan.zone)
    return Counts(
        events=len(here),
        units=len(np.unique(unit)),
        outcomes=np.bincount(outcome, minlength=len(OUTCOMES)).astype(np.int64),
        first=int(is_first.sum()),
        last=int(is_last.sum()),
        open=int((is_last & (units.state[unit] == OPEN)).sum()),
        before=tally(bin_of((at[earlier] - at[earlier - 1]) // 1_000)),
        after=tally(bin_of((at[later + 1] - at[later]) // 1_000)),
        periods=tally(periods),
        met=tally(_met(unit, periods)),
        groups=tuple(_group(bucket, one, units.rows[here], outcome) for one in plan.properties),
    )


def _met(unit: NDArray[np.int64], periods: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the period of each unit in each of its periods, once."""
    if not len(periods):
        return periods
    first, width = int(periods.min()), int(np.ptp(periods)) + 1
    return np.unique(unit * width + periods - first) % width + first


def _group(
    bucket: Bucket, values: Values, rows: NDArray[np.int64], outcome: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return (values + 1, 3): events of unknown outcome, that did not fail and that failed, by code."""
    codes = bucket.properties[values.name][rows].astype(np.int64)
    how = np.where(outcome == 0, 0, 1 + np.isin(outcome, _FAILING))
    size = 3 * (len(values.values) + 1)
    return np.bincount(codes * 3 + how, minlength=size).reshape(-1, 3).astype(np.int64)


def _no_counts(plan: Plan) -> Counts:
    return Counts(
        events=0,
        units=0,
        outcomes=np.zeros(len(OUTCOMES), np.int64),
        first=0,
        last=0,
        open=0,
        before=none_counted(),
        after=none_counted(),
        periods=none_counted(),
        met=none_counted(),
        groups=tuple(np.zeros((len(one.values) + 1, 3), np.int64) for one in plan.properties),
    )
