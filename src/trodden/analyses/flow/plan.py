"""Which touchpoints are shown at each position, what they are called, and which funnels they equal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.flow.answer import FlowCounts, FlowQuestion
from trodden.analyses.flow.counting import anchor_text, grid_plan
from trodden.methods.journeys.flow_grid import OTHER, GridPlan
from trodden.methods.journeys.patterns_write import write_name, write_others
from trodden.methods.journeys.select import Selection, resolve_selection, shared_fields
from trodden.methods.journeys.transitions import ENDS
from trodden.model.catalog import Catalog
from trodden.questions import write_question

FOREVER: Final = timedelta(days=110_000)
"""Longer than from the earliest to the latest time an event can have (1900 to 2199)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted, and what the answer needs to be named.

    ``shown[p]`` are the codes shown at position ``p``, most frequent first; ``hidden[p]`` counts those that
    are not. Group ``i`` of a position is its ``i``-th shown code; behind ``nodes`` groups stand Other, START,
    END and OPEN. ``fields`` are those of the equal funnels.
    """

    selection: Selection
    snapshot: str
    grid: GridPlan
    anchor: str
    names: tuple[str, ...]
    nodes: int
    shown: tuple[tuple[int, ...], ...]
    hidden: tuple[int, ...]
    fields: dict[str, str]

    @property
    def group_count(self) -> int:
        """Count the groups of a position."""
        return self.nodes + 1 + len(ENDS)

    def groups(self) -> NDArray[np.int32]:
        """Return the group of each code at each position: (positions, touchpoints + 3)."""
        touchpoints = len(self.names)
        found = np.full((len(self.shown), touchpoints + len(ENDS)), self.nodes, dtype=np.int32)
        found[:, touchpoints:] = self.nodes + 1 + np.arange(len(ENDS))
        for position, codes in enumerate(self.shown):
            found[position, list(codes)] = np.arange(len(codes))
        return found

    def name(self, position: int, group: int) -> str:
        """Return what a group is called; position 0 is the anchor."""
        if position == 0:
            return self.anchor
        if group >= self.nodes:
            return (OTHER, *ENDS)[group - self.nodes]
        name = self.names[self.shown[position - 1][group]]
        return f'"{name}"' if name in (OTHER, *ENDS) else name

    def kinds(self, position: int, group: int) -> int:
        """Return how many touchpoints a group stands for."""
        return self.hidden[position - 1] if group == self.nodes else int(group < self.nodes)

    def node_funnel(self, position: int, group: int) -> tuple[str, ...]:
        """Return the steps of the funnel that reaches a node at its last."""
        return (self.anchor, *[self._any] * (position - 1), self._step(position, group))

    def edge_funnel(self, position: int, source: int, target: int) -> tuple[str, ...]:
        """Return the steps of the funnel that takes an edge at its last."""
        before = (self.anchor,) if position == 1 else self.node_funnel(position - 1, source)
        return (*before, self._step(position, target))

    @property
    def _any(self) -> str:
        """Return how any step is written where a touchpoint may be called so."""
        return "." if "any" in self.names else "any"

    def _step(self, position: int, group: int) -> str:
        if group > self.nodes:
            return ENDS[group - self.nodes - 1]
        if group == self.nodes:
            return write_others(self.names[code] for code in self.shown[position - 1])
        name = self.names[self.shown[position - 1][group]]
        return f'"{name}"' if name in ENDS else name if name == name.strip() else write_name(name)


def takes_one_pass(question: FlowQuestion, catalog: Catalog) -> bool:
    """Say whether every touchpoint is shown at every position, so that none need be hidden."""
    return len(catalog.dictionaries.touchpoints) <= question.nodes


def make_plan(question: FlowQuestion, catalog: Catalog, counted: FlowCounts | None) -> Plan:
    """Resolve a question; ``counted`` are all touchpoints by position, None where it takes one pass."""
    grid = grid_plan(question, catalog)
    names = catalog.dictionaries.touchpoints
    counts = (
        np.ones((grid.positions, len(names)), dtype=np.int64) if counted is None else _counts(grid, counted)
    )
    order = [_order(row, names) for row in counts]
    return Plan(
        selection=resolve_selection(question, catalog),
        snapshot=catalog.snapshot,
        grid=grid,
        anchor=anchor_text(question),
        names=names,
        nodes=question.nodes,
        shown=tuple(tuple(codes[: question.nodes]) for codes in order),
        hidden=tuple(max(len(codes) - question.nodes, 0) for codes in order),
        fields=_fields(question, grid),
    )


def _counts(grid: GridPlan, counted: FlowCounts) -> NDArray[np.int64]:
    """Return the counts of the first pass: (positions, touchpoints)."""
    counts = np.zeros(grid.positions * grid.touchpoints, dtype=np.int64)
    counts[list(counted.places)] = counted.counts
    return counts.reshape(grid.positions, grid.touchpoints)


def _order(counts: NDArray[np.int64], names: tuple[str, ...]) -> list[int]:
    """Return the codes that occur, most frequent first, then by name."""
    codes: list[int] = np.flatnonzero(counts).tolist()
    return sorted(codes, key=lambda code: (-int(counts[code]), names[code]))


def _fields(question: FlowQuestion, grid: GridPlan) -> dict[str, str]:
    """Return the fields of the equal funnels beside their steps."""
    shared = shared_fields(question)
    written = {name: text for name, text in write_question(question).items() if name in shared}
    every = grid.counts_attempts
    one = "every" if isinstance(grid.anchor, str) else grid.occurrence
    return {
        **written,
        "order": "strict",
        "within": f"{FOREVER.days}d",
        "entry": "each" if every else "best",
        "anchor": one,
        "direction": grid.direction,
    }
