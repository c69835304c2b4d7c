"""What comes after what: moves from step to step, with START, END and OPEN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.transitions.answer import (
    MoveCounts,
    MoveCountsQuestion,
    OtherTransitions,
    Transition,
    Transitions,
    TransitionsQuestion,
)
from trodden.analyses.transitions.chart import transitions_chart
from trodden.analyses.transitions.counting import MoveCountsAnalysis
from trodden.analyses.transitions.plan import Plan, make_plan, takes_one_pass
from trodden.methods.journeys.patterns_write import read_items
from trodden.methods.journeys.select import select, shared_fields, tell_about
from trodden.methods.journeys.select_names import code_of
from trodden.methods.journeys.transitions import (
    MoveGroups,
    empty_groups,
    group_moves,
    groups_of,
    units_at,
    units_that_moved,
)
from trodden.methods.journeys.units import Counted, Units, count_units
from trodden.methods.stats.medians import Counted as DurationCounts
from trodden.methods.stats.medians import median_interval, quantile_interval
from trodden.methods.stats.rates import wilson
from trodden.model.catalog import Catalog
from trodden.model.question import Answer, Question
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

__all__ = ["MoveCountsAnalysis", "TransitionsAnalysis"]


@dataclass(slots=True)
class State:
    """Moves by group, and units counted."""

    moves: MoveGroups
    counted: Counted


@analysis(
    "transitions",
    asks=Asks("What comes after what?", "ways"),
    example=TransitionsQuestion(),
    answer=Transitions,
    chart=transitions_chart,
)
class TransitionsAnalysis(Mergeable[TransitionsQuestion, Plan, State, Transitions]):
    """Count what comes after what, how often, for how many customers, and after how long.

    A move goes from one step of a unit to the next; from START to its first; from its last to END, or to
    OPEN where the unit is still open at ``as_of``. ``share`` is of all moves out of the source, END and OPEN
    included, whatever else the question leaves out. Gaps are between the two steps; their quantiles are
    exact below 128 s and off by at most 0.4 % above. Moves beyond ``limit``, or made fewer than ``min_count``
    times, are told as Other: its customers are those who made any of them, each once.
    """

    def needs(self, question: TransitionsQuestion, catalog: Catalog) -> Mapping[str, Question]:
        """Ask how often each move was made, unless all there can be are shown."""
        if takes_one_pass(question, catalog):
            return {}
        return {"counts": MoveCountsQuestion(**shared_fields(question))}

    def plan(self, question: TransitionsQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Choose the moves to show."""
        counts = needs.get("counts")
        return make_plan(question, catalog, counts if isinstance(counts, MoveCounts) else None)

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        numbers = np.append(np.arange(len(plan.shown)), np.full(len(plan.hidden), len(plan.shown)))
        other = len(plan.shown) if plan.all_else else -1
        moves = np.append(plan.shown, plan.hidden)
        groups = groups_of(moves, numbers.astype(np.int32), plan.touchpoints, other=other)
        return State(group_moves(units, plan.touchpoints, groups, len(plan.shown) + 1), count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        return State(a.moves.add(b.moves), a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> Transitions:
        """Name the moves, most frequent first."""
        state = state or State(empty_groups(len(plan.shown) + 1), Counted())
        found, other = _told(plan, state.moves)
        return Transitions(
            about=tell_about("transitions", plan.snapshot, plan.selection, state.counted),
            moves=sum(one.count for one in found) + (other.count if other else 0),
            transitions=found,
            other=other,
        )

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:  # noqa: ARG002 - as the registry has it
        """Find the units that made a move, or were at a place."""
        codes = [code_of(name, plan.names) for name in read_items(mark)]
        if len(codes) == 1:
            return units_at(units, plan.touchpoints, codes[0])
        return units_that_moved(units, plan.touchpoints, (codes[0], codes[-1]))


def _told(plan: Plan, counted: MoveGroups) -> tuple[tuple[Transition, ...], OtherTransitions | None]:
    """Return the moves that are shown, and the others; the gaps of all of them are read once."""
    counts = counted.counts[:-1]
    made = np.flatnonzero((counts > 0) & plan.asked.keeps(plan.shown))
    order: list[int] = made[plan.order(plan.shown[made], counts[made])].tolist()
    exits: list[int] = _exits(plan, counts).tolist()
    *gaps, rest = counted.gaps([*order, len(plan.shown)])
    shown = (_transition(plan, counted, exits, (group, of)) for group, of in zip(order, gaps, strict=True))
    return tuple(shown), _other(plan, counted, rest)


def _transition(
    plan: Plan, counted: MoveGroups, exits: list[int], gaps: tuple[int, DurationCounts]
) -> Transition:
    group, times = gaps
    source, target = divmod(int(plan.shown[group]), len(plan.names))
    return Transition(
        source=plan.names[source],
        target=plan.names[target],
        count=int(counted.counts[group]),
        customers=int(counted.customers[group]),
        share=wilson(int(counted.counts[group]), exits[source]),
        median=median_interval(times),
        p90=quantile_interval(times, 0.9),
    )


def _exits(plan: Plan, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return all moves out of each source."""
    return plan.exits if plan.exits is not None else counts.reshape(len(plan.names), -1).sum(axis=1)


def _other(plan: Plan, counted: MoveGroups, times: DurationCounts) -> OtherTransitions | None:
    if plan.kinds == 0:
        return None
    return OtherTransitions(
        plan.kinds,
        int(counted.counts[-1]),
        int(counted.customers[-1]),
        median_interval(times),
        quantile_interval(times, 0.9),
    )
