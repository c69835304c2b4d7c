"""How many are new, come back, come back after a pause, or stay away, period by period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.lifecycle.answer import Lifecycle, LifecyclePeriod, LifecycleQuestion
from trodden.analyses.lifecycle.chart import lifecycle_chart
from trodden.methods.journeys.calendar import (
    Cut,
    cut_of,
    label_of,
    number_named,
    number_of,
    numbers_of,
    span_of,
    start_of,
)
from trodden.methods.journeys.periods import moment
from trodden.methods.journeys.retention import Marks, count_comings, marks_of, units_coming
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.units import Counted, Units, count_units
from trodden.methods.stats.rates import wilson
from trodden.methods.stats.tally import Tally, none_counted
from trodden.model.catalog import Catalog
from trodden.model.errors import UnknownNameError
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

Counts = tuple[int, int, int]
"""Units that are new, returning and resurrected."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted, and what the answer needs to be named."""

    selection: Selection
    snapshot: str
    active: Marks
    by: Cut
    zone: str
    limit: int


@dataclass(frozen=True, slots=True)
class State:
    """Comings by period and kind, and units counted."""

    comings: Tally
    counted: Counted


@analysis(
    "lifecycle",
    asks=Asks("Are they new, returning, or gone quiet?", "time"),
    example=LifecycleQuestion(),
    answer=Lifecycle,
    chart=lifecycle_chart,
)
class LifecycleAnalysis(Mergeable[LifecycleQuestion, Plan, State, Lifecycle]):
    """Tell how many are new, returning, resurrected and dormant in each day, week or month.

    A unit is active in a period where it has a step there that matches ``active``. In its first such period
    it is *new*; in any other *returning* where it was active in the period before too, else *resurrected*.
    Those active in the period before and not in this one are *dormant* in this one. So active is new,
    returning and resurrected together, and the net, active less active in the period before, is new and
    resurrected less dormant. Units are read whole, so one is new only once. Periods without anybody
    active are told too. The period ``as_of`` lies in is not over: its dormant may still come.
    """

    def plan(self, question: LifecycleQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection and what makes a unit active."""
        return Plan(
            selection=resolve_selection(question, catalog),
            snapshot=catalog.snapshot,
            active=marks_of(question.active, "active", Touchpoints(catalog)),
            by=cut_of(question.by, catalog.week_begins),
            zone=catalog.time_zone,
            limit=question.limit,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        return State(count_comings(units, plan.active, plan.by, plan.zone), count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.comings + b.comings, a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> Lifecycle:
        """List the periods."""
        state = state or State(none_counted(), Counted())
        numbers = _numbers(plan, state.comings)
        shown = numbers[-plan.limit :]
        return Lifecycle(
            about=tell_about("lifecycle", plan.snapshot, plan.selection, state.counted),
            counted=f"{span_of(plan.by)}s",
            periods=tuple(_periods(plan, state.comings, shown)),
            hidden=len(numbers) - len(shown),
        )

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:  # noqa: ARG002 - as the registry has it
        """Find the units of one kind in one period."""
        kind, _, label = mark.partition(" ")
        number = numbers_of(units.occurred_at, plan.by, plan.zone)
        kinds = units_coming(units, plan.active, number, number_named(label, plan.by))
        if kind not in kinds:
            raise UnknownNameError(f"There is no mark called {mark!r}.", hint="Open it from the chart anew.")
        return kinds[kind]


def _numbers(plan: Plan, comings: Tally) -> range:
    """Return every period from the first with somebody active to that of ``as_of``."""
    if not len(comings.keys):
        return range(0)
    return range(int(comings.keys[0]) // 3, number_of(plan.selection.as_of, plan.by, plan.zone) + 1)


def _periods(plan: Plan, comings: Tally, shown: range) -> Iterator[LifecyclePeriod]:
    before = sum(_counts(comings, shown.start - 1)) if shown else 0
    for number in shown:
        counts = _counts(comings, number)
        yield _period(plan, number, counts, before)
        before = sum(counts)


def _counts(comings: Tally, number: int) -> Counts:
    found = dict(comings.within(3 * number, 3 * number + 3).items())
    new, returning, resurrected = (found.get(3 * number + kind, 0) for kind in range(3))
    return new, returning, resurrected


def _period(plan: Plan, number: int, counts: Counts, before: int) -> LifecyclePeriod:
    new, returning, resurrected = counts
    return LifecyclePeriod(
        label=label_of(number, plan.by),
        starts_at=moment(start_of(number, plan.by, plan.zone)),
        active=sum(counts),
        new=new,
        returning=returning,
        resurrected=resurrected,
        dormant=before - returning,
        net=sum(counts) - before,
        kept=wilson(returning, before),
        complete=start_of(number + 1, plan.by, plan.zone) <= plan.selection.as_of,
    )
