"""How much was recorded, of whom, where and when: the first look at any data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.overview.answer import NamedCount, Overview, OverviewQuestion, Starts, TouchpointCount
from trodden.analyses.overview.chart import overview_chart
from trodden.methods.journeys.calendar import Cut, cut_of, first_day, numbers_of, span_of
from trodden.methods.journeys.patterns_write import name_of_mark
from trodden.methods.journeys.periods import moment
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.select_names import code_of
from trodden.methods.journeys.units import Counted, count_units, has_any
from trodden.methods.stats.logbins import bin_of, quantile
from trodden.methods.stats.means import Sums, mean_interval
from trodden.methods.stats.medians import Counted as DurationCounts
from trodden.methods.stats.medians import median_interval
from trodden.methods.stats.rates import wilson
from trodden.methods.stats.tally import Tally, tally
from trodden.model.catalog import Catalog
from trodden.model.event import CHANNELS, OUTCOMES
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.methods.journeys.units import Units


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted, and what the answer needs to be named."""

    selection: Selection
    snapshot: str
    touchpoints: tuple[str, ...]
    time_zone: str
    by: Cut
    top: int


@dataclass(frozen=True, slots=True)
class State:
    """Integer counts.

    ``touchpoints``: (3, names); ``marks``: (256,) events by channel and outcome byte; ``starts``: units by
    the number of the local day, week or month they started in.
    """

    touchpoints: NDArray[np.int64]
    marks: NDArray[np.int64]
    starts: Tally
    steps: Tally
    durations: Tally
    counted: Counted
    span: tuple[int, int]


@analysis(
    "overview",
    asks=Asks("What was recorded, and where do people go?", "ways"),
    example=OverviewQuestion(),
    answer=Overview,
    chart=overview_chart,
)
class OverviewAnalysis(Mergeable[OverviewQuestion, Plan, State, Overview]):
    """Show how much was recorded, of whom, where and when.

    Counts events, customers and units by touchpoint, events by channel and outcome, and units by the period
    they started in, in the workspace's zone. A touchpoint's share is that of the selected units with at least
    one event there. Medians are over all selected units, open ones included.
    """

    def plan(self, question: OverviewQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection."""
        return Plan(
            selection=resolve_selection(question, catalog, "customer"),
            snapshot=catalog.snapshot,
            touchpoints=catalog.dictionaries.touchpoints,
            time_zone=catalog.time_zone,
            by=cut_of(question.by, catalog.week_begins),
            top=question.top,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        from trodden.methods.journeys.kernels_overview import count_touchpoints

        units = select(bucket, plan.selection)
        first = units.occurred_at[units.offsets[:-1]]
        last = units.occurred_at[units.offsets[1:] - 1]
        return State(
            touchpoints=count_touchpoints(
                units.offsets, units.touchpoint, units.customer, len(plan.touchpoints)
            ),
            marks=np.bincount(units.channel_outcome, minlength=256).astype(np.int64),
            starts=tally(numbers_of(first, plan.by, plan.time_zone)),
            steps=tally(np.diff(units.offsets)),
            durations=tally(bin_of((last - first) // 1_000)),
            counted=count_units(units),
            span=(int(units.occurred_at.min()), int(units.occurred_at.max())) if len(units) else _NOTHING,
        )

    def merge(self, a: State, b: State) -> State:
        """Add counts, widen the span."""
        return State(
            touchpoints=a.touchpoints + b.touchpoints,
            marks=a.marks + b.marks,
            starts=a.starts + b.starts,
            steps=a.steps + b.steps,
            durations=a.durations + b.durations,
            counted=a.counted + b.counted,
            span=(min(a.span[0], b.span[0]), max(a.span[1], b.span[1])),
        )

    def finish(self, plan: Plan, state: State | None) -> Overview:
        """Name what was counted."""
        state = state or _no_state(len(plan.touchpoints))
        touched = _by_touchpoint(plan, state)
        return Overview(
            about=tell_about("overview", plan.snapshot, plan.selection, state.counted),
            first_at=moment(state.span[0]) if state.span != _NOTHING else None,
            last_at=moment(state.span[1]) if state.span != _NOTHING else None,
            touchpoints=tuple(touched[: plan.top]),
            hidden=max(len(touched) - plan.top, 0),
            channels=_by_name(CHANNELS, state.marks.reshape(16, 16).sum(axis=0)),
            outcomes=_by_name(OUTCOMES, state.marks.reshape(16, 16).sum(axis=1)),
            starts=tuple(_by_period(state.starts, plan.by)),
            by=span_of(plan.by),
            steps=mean_interval(_sums(state.steps), "steps"),
            duration=median_interval(DurationCounts(state.durations.counts, state.durations.keys)),
            duration_p90_s=quantile(state.durations.counts, 0.9, state.durations.keys),
        )

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:  # noqa: ARG002 - as the registry has it
        """Find the units that were at a touchpoint."""
        return has_any(units, units.touchpoint == code_of(name_of_mark(mark), plan.touchpoints))


_NOTHING = (2**62, -(2**62))


def _no_state(touchpoints: int) -> State:
    none = tally(np.zeros(0, dtype=np.int64))
    counts = np.zeros((3, touchpoints), dtype=np.int64)
    return State(counts, np.zeros(256, np.int64), none, none, none, Counted(), _NOTHING)


def _by_touchpoint(plan: Plan, state: State) -> list[TouchpointCount]:
    of = state.counted.units
    found = [
        TouchpointCount(name, int(events), int(customers), wilson(int(units), of))
        for name, events, units, customers in zip(plan.touchpoints, *state.touchpoints, strict=True)
        if events
    ]
    return sorted(found, key=lambda one: (-one.events, one.touchpoint))


def _by_name(names: tuple[str, ...], counts: NDArray[np.int64]) -> tuple[NamedCount, ...]:
    found = [NamedCount(name, int(count)) for name, count in zip(names, counts, strict=False) if count]
    return tuple(sorted(found, key=lambda one: (-one.events, one.name)))


def _by_period(starts: Tally, by: Cut) -> Iterable[Starts]:
    """Name the periods by their first dates; empty ones between count 0."""
    counts = dict(starts.items())
    if counts:
        for number in range(min(counts), max(counts) + 1):
            yield Starts(first_day(number, by), counts.get(number, 0))


def _sums(counts: Tally) -> Sums:
    """Return the sums of whole numbers counted by value."""
    values, times = counts.keys.tolist(), counts.counts.tolist()
    total = sum(value * often for value, often in zip(values, times, strict=True))
    squares = sum(value * value * often for value, often in zip(values, times, strict=True))
    return Sums(counts.total, total, squares)
