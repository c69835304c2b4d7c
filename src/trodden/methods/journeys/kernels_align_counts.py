"""Kernels: deviations gathered by unit, and what happened at each step of a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from trodden.methods.journeys.kernels_align_structs import (
    CLOSED_UNITS,
    FAILED,
    LATE,
    MATCHED,
    MEASURED,
    OPEN_UNITS,
)
from trodden.methods.stats.kernels_logbins import bin_of_ms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_align_kinds import Kinds, Steps
    from trodden.methods.journeys.kernels_align_structs import Found

MISSING, FIRST_FLAG = 3, 7
FLAGS, KINDS = 3, 9
OPEN = 0
FAILING, PAUSED = 1, 2
US_PER_MS = 1_000


class Gathered(NamedTuple):
    """One row for each kind at one place in one unit: all columns (rows,), units ascending.

    ``event`` is where it is told of first: an index into the units' steps.
    """

    unit: NDArray[np.int64]
    key: NDArray[np.int64]
    times: NDArray[np.int64]
    cost: NDArray[np.int64]
    event: NDArray[np.int64]


@njit(nogil=True, cache=True)
def gather(steps: Steps, found: Found, kinds: Kinds, keys: tuple[int, int], rows: Gathered) -> int:
    """Gather deviations by unit and key; return how many rows were filled.

    A key is ``(kind - 1) * many + step``; of an event that is about no step ``9 * many + touchpoint``.
    ``keys`` is how many steps there are, and how many keys.
    """
    slot = np.full(keys[1], -1, dtype=np.int64)
    filled = 0
    for unit in range(len(steps.state)):
        first = filled
        for event in range(steps.offsets[unit], steps.offsets[unit + 1]):
            if kinds.event_kind[event] != 0:
                key = _event_key(kinds, event, steps.touchpoint[event], keys[0])
                filled = _add(rows, slot, (filled, first, unit), key, kinds.event_cost[event], event)
            elif kinds.event_flags[event] != 0:
                flags, step = kinds.event_flags[event], found.event_step[event]
                filled = _add_flags(rows, slot, (filled, first, unit), flags, step, (event, keys[0]))
        if found.cost[unit] > 0:
            last = steps.offsets[unit + 1] - 1
            filled = _add_run(rows, slot, (filled, first, unit), found, kinds, (last, keys[0]))
    return filled


@njit(nogil=True, cache=True)
def _event_key(kinds: Kinds, event: int, touchpoint: int, many: int) -> int:
    about = kinds.event_about[event]
    return (kinds.event_kind[event] - 1) * many + about if about >= 0 else KINDS * many + touchpoint


@njit(nogil=True, cache=True)
def _add_flags(
    rows: Gathered,
    slot: NDArray[np.int64],
    at: tuple[int, int, int],
    flags: int,
    step: int,
    place: tuple[int, int],
) -> int:
    filled, first, unit = at
    event, many = place
    for bit in range(FLAGS):
        if flags >> bit & 1:
            key = (FIRST_FLAG - 1 + bit) * many + step
            filled = _add(rows, slot, (filled, first, unit), key, 0, event)
    return filled


@njit(nogil=True, cache=True)
def _add_run(
    rows: Gathered,
    slot: NDArray[np.int64],
    at: tuple[int, int, int],
    found: Found,
    kinds: Kinds,
    place: tuple[int, int],
) -> int:
    """Add what the run went over, from its end on: it is told of at the matched event after it."""
    filled, first, unit = at
    event, many = place
    for step in range(found.run_offsets[unit + 1] - 1, found.run_offsets[unit] - 1, -1):
        if found.run_event[step] >= 0:
            event = found.run_event[step]
        elif kinds.run_kind[step] != 0:
            key = (kinds.run_kind[step] - 1) * many + found.run_step[step]
            filled = _add(rows, slot, (filled, first, unit), key, kinds.run_cost[step], event)
    return filled


@njit(nogil=True, cache=True, inline="always")
def _add(
    rows: Gathered, slot: NDArray[np.int64], at: tuple[int, int, int], key: int, cost: int, event: int
) -> int:
    """Add to the unit's row of this key, or open one; return how many rows there are now."""
    filled, first, unit = at
    row = slot[key]
    if row < first:
        row = filled
        filled += 1
        slot[key] = row
        rows.unit[row] = unit
        rows.key[row] = key
        rows.times[row] = 0
        rows.cost[row] = 0
        rows.event[row] = event
    rows.times[row] += 1
    rows.cost[row] += cost
    rows.event[row] = min(rows.event[row], event)
    return filled


@njit(nogil=True, cache=True)
def judge(
    steps: Steps,
    found: Found,
    kinds: Kinds,
    accepted: NDArray[np.bool_],
    totals: NDArray[np.int64],
    missing: NDArray[np.int64],
) -> None:
    """Add up units, and closed units that went on without each step.

    ``accepted``: (keys,) as in :func:`gather`. ``totals``: (2, 5), open and closed: units, those of cost 0,
    those without a deviation or flag that is not accepted, cost, events. ``missing``: (steps,).
    """
    many = len(missing)
    last_unit = np.full(many, -1, dtype=np.int64)
    for unit in range(len(steps.state)):
        first, last, cost = steps.offsets[unit], steps.offsets[unit + 1], found.cost[unit]
        is_closed = 0 if steps.state[unit] == OPEN else 1
        totals[is_closed, 0] += 1
        totals[is_closed, 1] += cost == 0
        totals[is_closed, 3] += cost
        totals[is_closed, 4] += last - first
        is_designed = True
        run_last = found.run_offsets[unit + 1] if cost > 0 else 0
        for place in range(found.run_offsets[unit], run_last):
            kind, step = kinds.run_kind[place], found.run_step[place]
            is_designed &= kind == 0 or accepted[(kind - 1) * many + step]
            if kind == MISSING and is_closed == 1 and last_unit[step] != unit:
                last_unit[step] = unit
                missing[step] += 1
        if is_designed:
            is_designed = _are_accepted(steps, found, kinds, accepted, (first, last), many)
        totals[is_closed, 2] += is_designed


@njit(nogil=True, cache=True, inline="always")
def _are_accepted(
    steps: Steps, found: Found, kinds: Kinds, accepted: NDArray[np.bool_], span: tuple[int, int], many: int
) -> bool:
    """Tell whether every deviation and flag at these events is accepted."""
    for event in range(span[0], span[1]):
        flags = kinds.event_flags[event]
        if kinds.event_kind[event] != 0:
            if not accepted[_event_key(kinds, event, steps.touchpoint[event], many)]:
                return False
        elif flags != 0 and not _are_flags_accepted(flags, found.event_step[event], accepted, many):
            return False
    return True


@njit(nogil=True, cache=True)
def _are_flags_accepted(flags: int, step: int, accepted: NDArray[np.bool_], many: int) -> bool:
    for flag in range(FLAGS):
        if flags >> flag & 1 and not accepted[(FIRST_FLAG - 1 + flag) * many + step]:
            return False
    return True


@njit(nogil=True, cache=True)
def count_steps(
    steps: Steps,
    event_step: NDArray[np.int16],
    event_flags: NDArray[np.uint8],
    longest_wait: NDArray[np.int64],
    counts: NDArray[np.int64],
    waits: NDArray[np.int32],
) -> None:
    """Count, by step: units with a match (closed, open), and of closed units matches, failing ones, waits.

    ``counts``: (6, steps). ``waits``: (steps, bins) times since the previous matched event of a closed unit.
    LATE are those above the longest wait, of the MEASURED: those into a step that has one.
    """
    offsets, state, occurred_at = steps.offsets, steps.state, steps.occurred_at
    last_unit = np.full(counts.shape[1], -1, dtype=np.int64)
    for unit in range(len(state)):
        previous = -1
        who = OPEN_UNITS if state[unit] == OPEN else CLOSED_UNITS
        for event in range(offsets[unit], offsets[unit + 1]):
            step = event_step[event]
            if step < 0:
                continue
            if last_unit[step] != unit:
                last_unit[step] = unit
                counts[who, step] += 1
            if who == CLOSED_UNITS:
                counts[MATCHED, step] += 1
                counts[FAILED, step] += event_flags[event] & FAILING
            if who == CLOSED_UNITS and previous >= 0:
                gap = occurred_at[event] - occurred_at[previous]
                waits[step, bin_of_ms(gap // US_PER_MS)] += 1
                counts[MEASURED, step] += longest_wait[step] >= 0
                counts[LATE, step] += (event_flags[event] & PAUSED) != 0
            previous = event


@njit(nogil=True, cache=True)
def count_spans(
    steps: Steps, event_step: NDArray[np.int16], spans: NDArray[np.int32], counts: NDArray[np.int64]
) -> None:
    """Count closed units with an event that matches a step of each span; ``spans``: (k, 2) first, last."""
    offsets, state = steps.offsets, steps.state
    last_unit = np.full(len(spans), -1, dtype=np.int64)
    for unit in range(len(state) if len(spans) > 0 else 0):
        for event in range(offsets[unit], offsets[unit + 1] if state[unit] != OPEN else 0):
            _mark_spans(event_step[event], unit, spans, last_unit, counts)


@njit(nogil=True, cache=True, inline="always")
def _mark_spans(
    step: int, unit: int, spans: NDArray[np.int32], last_unit: NDArray[np.int64], counts: NDArray[np.int64]
) -> None:
    for span in range(len(spans)):
        if last_unit[span] != unit and spans[span, 0] <= step < spans[span, 1]:
            last_unit[span] = unit
            counts[span] += 1
