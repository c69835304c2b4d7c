"""The first pass of ``next_step``: how long after the first step others come, to know which come late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trodden.analyses.next_step.answer import Elapsed, ElapsedQuestion
from trodden.charts import Chart, Column, Table
from trodden.methods.journeys.next_step_pace import is_first, since_start
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.units import Counted, count_units
from trodden.methods.stats.logbins import quantile
from trodden.methods.stats.tally import Tally, none_counted, tally
from trodden.model.catalog import Catalog
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.registry import Mergeable, analysis


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted."""

    selection: Selection
    snapshot: str


@dataclass(frozen=True, slots=True)
class State:
    """Times since the first step by bin, and units counted."""

    elapsed: Tally
    counted: Counted


def _chart(answer: Elapsed) -> Chart:
    columns = (Column("steps", "count"), Column("median", "duration"))
    return Table(
        title=f"{answer.steps} steps have one before them",
        columns=columns,
        rows=((answer.steps, answer.median_s),),
    )


@analysis("elapsed", example=ElapsedQuestion(), answer=Elapsed, chart=_chart, internal=True)
class ElapsedAnalysis(Mergeable[ElapsedQuestion, Plan, State, Elapsed]):
    """Measure the time since the first step of its unit, of all steps that have one before them."""

    def plan(self, question: ElapsedQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection."""
        return Plan(resolve_selection(question, catalog), catalog.snapshot)

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        return State(tally(since_start(units)[~is_first(units)]), count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.elapsed + b.elapsed, a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> Elapsed:
        """Tell the median."""
        state = state or State(none_counted(), Counted())
        return Elapsed(
            about=tell_about("elapsed", plan.snapshot, plan.selection, state.counted),
            steps=state.elapsed.total,
            median_s=quantile(state.elapsed.counts, 0.5, state.elapsed.keys),
        )
