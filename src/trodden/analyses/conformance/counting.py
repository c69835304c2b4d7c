"""Counting the aligned journeys of one bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from trodden.methods.journeys.align import Alignments, align_units
from trodden.methods.journeys.automaton import Automaton
from trodden.methods.journeys.automaton_gates import BranchSpan
from trodden.methods.journeys.deviations import Deviations, deviations_of
from trodden.methods.journeys.deviations_rows import Keys, judge_units
from trodden.methods.journeys.examples import Candidate, Cases, costliest
from trodden.methods.journeys.precision import Runs, runs_of
from trodden.methods.journeys.units import OPEN, REACHED, Counted, Units, count_units
from trodden.methods.stats.logbins import BINS
from trodden.methods.stats.tally import Tally, none_counted
from trodden.model.walks import Bucket

if TYPE_CHECKING:
    from trodden.methods.journeys.kernels_align_kinds import Steps

STEP_COUNTS: Final = 6


@dataclass(frozen=True, slots=True)
class State:
    """Integer counts. ``totals``: (2, 5); ``steps``: (6, steps); ``missing``: (steps,) closed journeys.

    ``waits``: by ``step * BINS + bin``. ``branches``: (2 k,) closed journeys with a match on each branch, and
    on its choice. ``runs``: of closed journeys, None where there are too many.
    """

    counted: Counted
    totals: NDArray[np.int64]
    reached: int
    steps: NDArray[np.int64]
    missing: NDArray[np.int64]
    waits: Tally
    branches: NDArray[np.int64]
    runs: Runs | None
    examples: tuple[Candidate, ...]
    kept: int


def nothing(steps: int, branches: int, kept: int) -> State:
    """Return the counts of no journey."""
    return State(
        counted=Counted(),
        totals=np.zeros((2, 5), dtype=np.int64),
        reached=0,
        steps=np.zeros((STEP_COUNTS, steps), dtype=np.int64),
        missing=np.zeros(steps, dtype=np.int64),
        waits=none_counted(),
        branches=np.zeros(2 * branches, dtype=np.int64),
        runs={},
        examples=(),
        kept=kept,
    )


def count(
    automaton: Automaton,
    keys: Keys,
    accepted: frozenset[int],
    branches: tuple[BranchSpan, ...],
    walked: tuple[Bucket, Units],
    kept: int,
) -> State:
    """Align the units of a bucket and count them; ``kept`` is how many examples are wanted."""
    bucket, units = walked
    aligned = align_units(automaton, bucket, units)
    deviations = deviations_of(automaton, units, aligned)
    judged = judge_units(keys, units, aligned, deviations, accepted)
    steps, waits = _by_step(automaton, units, aligned, deviations)
    return State(
        counted=count_units(units),
        totals=judged.totals,
        reached=int(np.count_nonzero(units.state == REACHED)),
        steps=steps,
        missing=judged.missing,
        waits=waits,
        branches=_by_branch(branches, units, aligned),
        runs=runs_of(aligned, units.state != OPEN),
        examples=_costliest(bucket, units, aligned, kept),
        kept=kept,
    )


def _by_step(
    automaton: Automaton, units: Units, aligned: Alignments, deviations: Deviations
) -> tuple[NDArray[np.int64], Tally]:
    from trodden.methods.journeys.kernels_align_counts import count_steps

    many = len(automaton.steps)
    counts = np.zeros((STEP_COUNTS, many), dtype=np.int64)
    waits = np.zeros((many, BINS), dtype=np.int32)
    longest = automaton.places.longest_wait
    count_steps(_steps(units), aligned.event_step, deviations.event_flags, longest, counts, waits)
    found = np.flatnonzero(waits)
    return counts, Tally(found.astype(np.int64), waits.reshape(-1)[found].astype(np.int64))


def _by_branch(branches: tuple[BranchSpan, ...], units: Units, aligned: Alignments) -> NDArray[np.int64]:
    from trodden.methods.journeys.kernels_align_counts import count_spans

    spans = [
        span for one in branches for span in ((one.first, one.last), (one.choice_first, one.choice_last))
    ]
    counts = np.zeros(len(spans), dtype=np.int64)
    table = np.array(spans, dtype=np.int32).reshape(-1, 2)
    count_spans(_steps(units), aligned.event_step, table, counts)
    return counts


def _steps(units: Units) -> Steps:
    from trodden.methods.journeys.kernels_align_kinds import Steps

    return Steps(units.offsets, units.state, units.occurred_at, units.touchpoint, units.channel_outcome)


def _costliest(bucket: Bucket, units: Units, aligned: Alignments, kept: int) -> tuple[Candidate, ...]:
    """Return the customers whose closed units cost most; of equal costs those that began first."""
    wanted = np.flatnonzero((units.state != OPEN) & (aligned.cost > 0))
    if kept == 0 or len(wanted) == 0:
        return ()
    cost, customer = aligned.cost[wanted].astype(np.int64), units.customer[wanted]
    is_first = np.flatnonzero(np.diff(customer, prepend=-1))
    most = np.sort(np.maximum.reduceat(cost, is_first))[::-1]
    near = cost >= most[min(kept, len(most)) - 1]
    wanted, cost, customer = wanted[near], cost[near], customer[near]
    rows = units.rows[units.offsets[wanted]]
    return costliest(bucket, Cases(np.zeros_like(cost), cost, rows, customer), kept)
