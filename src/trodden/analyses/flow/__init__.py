"""What comes next and next after that, or what came before: the steps around an anchor, by position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from trodden.analyses.flow.answer import (
    FlowCounts,
    FlowCountsQuestion,
    FlowEdge,
    FlowGrid,
    FlowNode,
    FlowQuestion,
)
from trodden.analyses.flow.chart import flow_chart
from trodden.analyses.flow.counting import FlowCountsAnalysis
from trodden.analyses.flow.plan import Plan, make_plan, takes_one_pass
from trodden.methods.journeys.flow_grid import GridCounts, count_flow, no_grid
from trodden.methods.journeys.select import select, shared_fields, tell_about
from trodden.methods.journeys.units import Counted, count_units
from trodden.methods.stats.rates import wilson
from trodden.model.catalog import Catalog
from trodden.model.question import Answer, Question
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

__all__ = ["FlowAnalysis", "FlowCountsAnalysis"]

_EXAMPLE = FlowQuestion(anchor="Order", positions=3, nodes=5)


@dataclass(slots=True)
class State:
    """The grid, and units counted."""

    grid: GridCounts
    counted: Counted


@analysis(
    "flow",
    asks=Asks("Where do they go from here, and where did they come from?", "ways"),
    example=_EXAMPLE,
    answer=FlowGrid,
    chart=flow_chart,
)
class FlowAnalysis(Mergeable[FlowQuestion, Plan, State, FlowGrid]):
    """Count what stands at each position after an anchor, or before it.

    The definitions stand in `trodden.methods.journeys.flow_grid`. At each position the most frequent
    touchpoints are shown, of equally frequent ones those whose names come first; the rest are Other. END,
    OPEN and START are always shown where they occur. Shares have 95 % Wilson intervals. Every node and every
    edge is a funnel with exactly the same count, which the answer says how to ask.
    """

    def needs(self, question: FlowQuestion, catalog: Catalog) -> Mapping[str, Question]:
        """Ask how often each touchpoint stands where, unless all are shown."""
        if takes_one_pass(question, catalog):
            return {}
        counts = FlowCountsQuestion(
            anchor=question.anchor,
            direction=question.direction,
            occurrence=question.occurrence,
            positions=question.positions,
            **shared_fields(question),
        )
        return {"counts": counts}

    def plan(self, question: FlowQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Choose what to show."""
        counts = needs.get("counts")
        return make_plan(question, catalog, counts if isinstance(counts, FlowCounts) else None)

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        return State(count_flow(units, plan.grid, plan.groups(), plan.group_count), count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.grid.add(b.grid), a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> FlowGrid:
        """Name what was counted."""
        state = state or State(no_grid(plan.grid, plan.group_count), Counted())
        starts, units = (int(count) for count in state.grid.starts)
        return FlowGrid(
            about=tell_about("flow", plan.snapshot, plan.selection, state.counted),
            counted="attempts" if plan.grid.counts_attempts else f"{plan.selection.unit}s",
            anchor=plan.anchor,
            direction=plan.grid.direction,
            starts=starts,
            anchored=wilson(units, state.counted.units),
            nodes=tuple(_nodes(plan, state.grid)),
            edges=tuple(_edges(plan, state.grid)),
            fields=plan.fields,
        )


def _nodes(plan: Plan, grid: GridCounts) -> Iterator[FlowNode]:
    """Yield the nodes by position; of one that takes a single pass, most frequent first as well."""
    starts = int(grid.starts[0])
    for position in range(1, plan.grid.positions + 1):
        for group in _in_order(plan, position, grid):
            count, units = (int(one) for one in grid.nodes[position - 1, group])
            yield FlowNode(
                position=position,
                name=plan.name(position, group),
                count=count,
                units=units,
                share=wilson(count, starts),
                kinds=plan.kinds(position, group),
                funnel=plan.node_funnel(position, group),
            )


def _in_order(plan: Plan, position: int, grid: GridCounts) -> list[int]:
    """Return the groups that occur at a position: shown ones by count, then by name; Other; the ends."""
    counts = grid.nodes[position - 1, :, 0]
    groups: list[int] = np.flatnonzero(counts).tolist()

    def rank(group: int) -> tuple[int, int, str]:
        is_shown = group < plan.nodes
        return (0, -int(counts[group]), plan.name(position, group)) if is_shown else (group, 0, "")

    return sorted(groups, key=rank)


def _edges(plan: Plan, grid: GridCounts) -> Iterator[FlowEdge]:
    sources, of = [0], {0: int(grid.starts[0])}
    for position in range(1, plan.grid.positions + 1):
        targets = _in_order(plan, position, grid)
        pairs = [(source, target) for source in sources for target in targets]
        for source, target in pairs:
            count, units = (int(one) for one in grid.edges[position - 1, source, target])
            if count:
                yield FlowEdge(
                    position=position,
                    source=plan.name(position - 1, source),
                    target=plan.name(position, target),
                    count=count,
                    units=units,
                    share=wilson(count, of[source]),
                    funnel=plan.edge_funnel(position, source, target),
                )
        sources, of = targets, {group: int(grid.nodes[position - 1, group, 0]) for group in targets}
