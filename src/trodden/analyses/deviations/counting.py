"""Counting the deviations of one bucket."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trodden.methods.journeys.align import align_units
from trodden.methods.journeys.automaton import Automaton
from trodden.methods.journeys.deviations import deviations_of
from trodden.methods.journeys.deviations_rows import Keys, Rows, rows_of
from trodden.methods.journeys.examples import Candidate, Cases, costliest
from trodden.methods.journeys.units import OPEN, Counted, Units, count_units
from trodden.methods.journeys.units import REACHED as GOAL
from trodden.methods.stats.logbins import BINS, bin_of
from trodden.methods.stats.tally import Tally, none_counted, tally
from trodden.model.walks import Bucket

JOURNEYS, TIMES, COST, REACHED, OPENED = range(5)
"""Rows of the counts: the first four over closed journeys, the last over open ones."""


@dataclass(frozen=True, slots=True)
class State:
    """Integer counts. ``counts``: (5, keys). ``deviating``: closed journeys with any of them.

    ``elapsed``: (bins,) closed journeys by their time. ``elapsed_with``: closed journeys that have a
    deviation by ``key * BINS + bin``.
    """

    counted: Counted
    counts: NDArray[np.int64]
    deviating: int
    closed: int
    reached: int
    elapsed: NDArray[np.int64]
    elapsed_with: Tally
    examples: tuple[Candidate, ...]


def nothing(keys: int) -> State:
    """Return the counts of no journey."""
    zeros = np.zeros((5, keys), dtype=np.int64)
    return State(Counted(), zeros, 0, 0, 0, np.zeros(BINS, dtype=np.int64), none_counted(), ())


def count(automaton: Automaton, keys: Keys, wanted: bytes, bucket: Bucket, units: Units) -> State:
    """Align, classify and count the units of a bucket; ``wanted`` has a byte for each key."""
    aligned = align_units(automaton, bucket, units)
    found = rows_of(keys, units, aligned, deviations_of(automaton, units, aligned))
    rows = _only(found, np.frombuffer(wanted, dtype=np.bool_)[found.key])
    closed = units.state != OPEN
    bins = bin_of((units.occurred_at[units.offsets[1:] - 1] - units.occurred_at[units.offsets[:-1]]) // 1_000)
    told = _only(rows, closed[rows.unit])
    return State(
        counted=count_units(units),
        counts=_counts(len(keys), units, rows, told),
        deviating=int(np.count_nonzero(np.diff(told.unit, prepend=-1))),
        closed=int(np.count_nonzero(closed)),
        reached=int(np.count_nonzero(units.state == GOAL)),
        elapsed=np.bincount(bins[closed], minlength=BINS).astype(np.int64),
        elapsed_with=tally(told.key * BINS + bins[told.unit]),
        examples=_examples(bucket, units, told),
    )


def _only(rows: Rows, wanted: NDArray[np.bool_]) -> Rows:
    return Rows(
        rows.unit[wanted], rows.key[wanted], rows.times[wanted], rows.cost[wanted], rows.event[wanted]
    )


def _counts(keys: int, units: Units, rows: Rows, told: Rows) -> NDArray[np.int64]:
    """Count by key; sums of whole numbers below 2**53 are exact in the floats bincount adds in."""
    closed = [
        np.bincount(told.key, minlength=keys),
        np.bincount(told.key, told.times, minlength=keys),
        np.bincount(told.key, told.cost, minlength=keys),
        np.bincount(told.key, units.state[told.unit] == GOAL, minlength=keys),
    ]
    all_units = np.bincount(rows.key, minlength=keys)
    return np.array([*closed, all_units - closed[JOURNEYS]], dtype=np.int64)


def _examples(bucket: Bucket, units: Units, told: Rows) -> tuple[Candidate, ...]:
    """Return, by key, the customers it cost most; flags cost nothing, so there it is how often."""
    weight = np.where(told.cost > 0, told.cost, told.times)
    rows, customer = units.rows[told.event], units.customer[told.unit]
    return costliest(bucket, Cases(told.key, weight, rows, customer))
