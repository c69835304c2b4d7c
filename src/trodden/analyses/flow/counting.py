"""The first pass of ``flow``: how often each touchpoint stands at each position, to know which to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.flow.answer import FlowCounts, FlowCountsQuestion, FlowQuestion
from trodden.charts import Chart, Column, Table
from trodden.methods.journeys.flow_grid import GridPlan, anchor_of, count_positions
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.units import Counted, count_units
from trodden.model.catalog import Catalog
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.registry import Mergeable, analysis


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted."""

    selection: Selection
    snapshot: str
    grid: GridPlan


@dataclass(frozen=True, slots=True)
class State:
    """Starts by touchpoint at each position, (positions, touchpoints), and units counted."""

    places: NDArray[np.int64]
    counted: Counted


def anchor_text(question: FlowQuestion | FlowCountsQuestion) -> str:
    """Return the anchor that is meant where none is given."""
    return question.anchor or ("START" if question.direction == "forward" else "END")


def grid_plan(question: FlowQuestion | FlowCountsQuestion, catalog: Catalog) -> GridPlan:
    """Resolve where a flow starts.

    Raises
    ------
    QuestionError, UnknownNameError
        An anchor that cannot be read, or names a touchpoint nobody knows.
    """
    touchpoints = Touchpoints(catalog)
    return GridPlan(
        anchor=anchor_of(anchor_text(question), question.direction, touchpoints),
        occurrence=question.occurrence,
        direction=question.direction,
        positions=question.positions,
        touchpoints=len(touchpoints),
    )


def _chart(answer: FlowCounts) -> Chart:
    rows = zip(answer.places, answer.counts, strict=True)
    columns = (Column("place", "count"), Column("count", "count"))
    return Table(title=f"{len(answer.places)} places", columns=columns, rows=tuple(rows))


@analysis("flow-counts", example=FlowCountsQuestion(), answer=FlowCounts, chart=_chart, internal=True)
class FlowCountsAnalysis(Mergeable[FlowCountsQuestion, Plan, State, FlowCounts]):
    """Count every touchpoint at every position: see `trodden.methods.journeys.flow_grid`."""

    def plan(self, question: FlowCountsQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection and the anchor."""
        return Plan(resolve_selection(question, catalog), catalog.snapshot, grid_plan(question, catalog))

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        return State(count_positions(units, plan.grid), count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.places + b.places, a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> FlowCounts:
        """List what was counted."""
        state = state or State(np.zeros((0, 0), dtype=np.int64), Counted())
        counts = state.places.reshape(-1)
        places = np.flatnonzero(counts)
        return FlowCounts(
            about=tell_about("flow-counts", plan.snapshot, plan.selection, state.counted),
            places=tuple(places.tolist()),
            counts=tuple(counts[places].tolist()),
        )
