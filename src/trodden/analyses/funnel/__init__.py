"""How many come how far, and how long it takes them: steps within a time limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trodden.analyses.funnel.answer import Funnel, FunnelQuestion, FunnelStep
from trodden.analyses.funnel.chart import funnel_chart
from trodden.analyses.funnel.plan import Plan, make_plan
from trodden.methods.journeys.funnel import FunnelCounts, count_funnel, no_counts, units_that_reach
from trodden.methods.journeys.select import select, tell_about
from trodden.methods.journeys.select_names import code_of
from trodden.methods.journeys.units import Counted, count_units
from trodden.methods.stats.medians import Counted as DurationCounts
from trodden.methods.stats.medians import median_interval, quantile_interval
from trodden.methods.stats.rates import wilson
from trodden.model.catalog import Catalog
from trodden.model.question import Answer, Estimate
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.units import Units

_EXAMPLE = FunnelQuestion(steps=("Coverage check", "Order", "Installation", "First bill"))
_NO_TIME = Estimate(value=None, unit="s")


@dataclass(frozen=True, slots=True)
class State:
    """Units by depth, and units counted."""

    funnel: FunnelCounts
    counted: Counted


@analysis(
    "funnel",
    asks=Asks("How many get through these steps, and how fast?", "goal"),
    example=_EXAMPLE,
    answer=Funnel,
    chart=funnel_chart,
)
class FunnelAnalysis(Mergeable[FunnelQuestion, Plan, State, Funnel]):
    """Count who reaches each step in order, within a time limit, and how long it takes them.

    The definitions, ties and boundaries included, stand in `trodden.methods.journeys.funnel`. A unit counts
    at every step up to its depth. Shares have 95 % Wilson intervals. On logs without equal times, the open
    order and best entry equal ClickHouse's ``windowFunnel(..., 'strict_once')``.
    """

    def plan(self, question: FunnelQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve names, limits and options."""
        return make_plan(question, catalog)

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        can_always_grow = plan.selection.unit == "customer"
        return State(count_funnel(units, plan.funnel, can_always_grow=can_always_grow), count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.funnel + b.funnel, a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> Funnel:
        """Form shares and quantiles."""
        state = state or State(no_counts(plan.funnel), Counted())
        reached = _reached(state.funnel)
        attempts = plan.funnel.entry in ("every", "each")
        return Funnel(
            about=tell_about("funnel", plan.snapshot, plan.selection, state.counted),
            counted="attempts" if attempts else f"{plan.selection.unit}s",
            entered=wilson(int(state.funnel.entered[0]), state.counted.units),
            converted=wilson(reached[-1], reached[0]),
            steps=tuple(_steps(plan, state.funnel, reached)),
        )

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:  # noqa: ARG002 - as the registry has it
        """Find the units that reach a step (its place, from 0); of attempts, those with one that does."""
        places = [str(place) for place in range(len(plan.labels))]
        return units_that_reach(units, plan.funnel, code_of(mark, places))


def _reached(counts: FunnelCounts) -> list[int]:
    """Return how many reach each required step, from how many come exactly so far."""
    return counts.reached[:0:-1].cumsum()[::-1].tolist()


def _steps(plan: Plan, counts: FunnelCounts, reached: list[int]) -> Iterator[FunnelStep]:
    depth = 0
    for place, step in enumerate(plan.funnel.steps):
        if step.optional:
            yield _optional_step(plan, counts, place, (reached[0], reached[depth - 1]))
        else:
            depth += 1
            yield _required_step(plan, counts, place, (reached, depth))


def _required_step(plan: Plan, counts: FunnelCounts, place: int, so_far: tuple[list[int], int]) -> FunnelStep:
    reached, depth = so_far
    units = reached[depth - 1]
    is_last = depth == len(reached)
    pending = int(counts.pending[depth])
    times = DurationCounts(counts.times[depth - 1])
    return FunnelStep(
        step=plan.labels[place],
        optional=False,
        units=units,
        of_first=wilson(units, reached[0]),
        of_previous=wilson(units, reached[max(depth - 2, 0)]),
        left=0 if is_last else int(counts.reached[depth]) - pending,
        pending=pending,
        excluded=int(counts.excluded[depth]) if plan.tells_excluded else 0,
        median=median_interval(times),
        p75=quantile_interval(times, 0.75),
        p95=quantile_interval(times, 0.95),
    )


def _optional_step(plan: Plan, counts: FunnelCounts, place: int, of: tuple[int, int]) -> FunnelStep:
    units = int(counts.optional[place])
    return FunnelStep(
        step=plan.labels[place],
        optional=True,
        units=units,
        of_first=wilson(units, of[0]),
        of_previous=wilson(units, of[1]),
        left=0,
        pending=0,
        excluded=0,
        median=_NO_TIME,
        p75=_NO_TIME,
        p95=_NO_TIME,
    )
