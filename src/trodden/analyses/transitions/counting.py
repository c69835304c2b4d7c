"""The first pass of ``transitions``: how often each move was made, to know which to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from trodden.analyses.transitions.answer import MoveCounts, MoveCountsQuestion
from trodden.charts import Chart, Column, Table
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.transitions import count_moves
from trodden.methods.journeys.units import Counted, count_units
from trodden.methods.stats.tally import Tally, tally
from trodden.model.catalog import Catalog
from trodden.model.errors import TooLargeError
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.registry import Mergeable, analysis

MOST_MOVES = 4_000_000
"""Kinds of moves that fit a state of 64 MB."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted."""

    selection: Selection
    snapshot: str
    touchpoints: int


@dataclass(frozen=True, slots=True)
class State:
    """Moves and units counted."""

    moves: Tally
    counted: Counted


def _chart(answer: MoveCounts) -> Chart:
    rows = zip(answer.moves, answer.counts, strict=True)
    columns = (Column("move", "count"), Column("count", "count"))
    return Table(title=f"{sum(answer.counts)} moves", columns=columns, rows=tuple(rows))


@analysis("move-counts", example=MoveCountsQuestion(), answer=MoveCounts, chart=_chart, internal=True)
class MoveCountsAnalysis(Mergeable[MoveCountsQuestion, Plan, State, MoveCounts]):
    """Count every move by its number: see `trodden.methods.journeys.transitions`."""

    def plan(self, question: MoveCountsQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection."""
        touchpoints = len(catalog.dictionaries.touchpoints)
        return Plan(resolve_selection(question, catalog), catalog.snapshot, touchpoints)

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        return State(count_moves(units, plan.touchpoints), count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts.

        Raises
        ------
        TooLargeError
            There are more kinds of moves than a state may hold.
        """
        moves = a.moves + b.moves
        if len(moves.keys) > MOST_MOVES:
            raise TooLargeError(
                f"There are more than {MOST_MOVES:,} different moves between touchpoints.",
                hint="Let rules in touchpoints.yaml put events with like names at one touchpoint.",
            )
        return State(moves, a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> MoveCounts:
        """List what was counted."""
        state = state or State(tally(np.zeros(0, dtype=np.int64)), Counted())
        return MoveCounts(
            about=tell_about("move-counts", plan.snapshot, plan.selection, state.counted),
            moves=tuple(state.moves.keys.tolist()),
            counts=tuple(state.moves.counts.tolist()),
        )
