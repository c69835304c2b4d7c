"""Kernels: what kind of deviation each unmatched move is, and what is remarkable about matched ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.journeys.automaton_tables import Places
    from trodden.methods.journeys.kernels_align import Found

NONE, DEPARTED, OUT_OF_ORDER, MISSING, WRONG_BRANCH, REPEATED, AD_HOC = range(7)
FAILING, PAUSED, FORCED_SWITCH = 1, 2, 4
OPEN, REACHED = 0, 1
SKIPPABLE = 0
FAILING_OUTCOMES = (1 << 2) | (1 << 3) | (1 << 4) | (1 << 5)
"""Bits of failed, declined, abandoned and unresolved by outcome code."""
PAIR_COST = 2
"""A walk-only and a map-only move in one row."""
ON_RUN, SKIPPED, NOT_TAKEN, NOT_YET = range(4)
"""Where a step stands to a run: on it, in a part it skipped, on another branch, or beyond its end."""


class Steps(NamedTuple):
    """The events of the units: ``offsets`` (units + 1,), ``state`` (units,), and columns of (steps,)."""

    offsets: NDArray[np.int64]
    state: NDArray[np.uint8]
    occurred_at: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    channel_outcome: NDArray[np.uint8]


class Kinds(NamedTuple):
    """Filled in by :func:`classify`; see `trodden.methods.journeys.deviations.Deviations`."""

    event_kind: NDArray[np.uint8]
    event_cost: NDArray[np.uint8]
    event_about: NDArray[np.int16]
    event_flags: NDArray[np.uint8]
    run_kind: NDArray[np.uint8]
    run_cost: NDArray[np.int32]


COUNTED, MATCHED, PAIRED = range(3)
"""Rows of the counts of one unit: how often each step is on the run, matched, and paired with an event."""


@njit(nogil=True, cache=True)
def classify(places: Places, steps: Steps, found: Found, kinds: Kinds) -> None:
    """Give every unmatched move its kind and every matched event its flags, in passes over all units."""
    _flag(places.longest_wait, steps, found.event_step, kinds.event_flags)
    _classify_runs(steps.state, found, kinds)
    _pair(places, steps, found, kinds)
    _classify_events(places, steps, found, kinds)


@njit(nogil=True, cache=True)
def _flag(
    longest_wait: NDArray[np.int64],
    steps: Steps,
    event_step: NDArray[np.int16],
    event_flags: NDArray[np.uint8],
) -> None:
    """Flag matched events; the first of a unit has nothing before it."""
    offsets, occurred_at, channel_outcome = steps.offsets, steps.occurred_at, steps.channel_outcome
    for unit in range(len(offsets) - 1):
        previous = -1
        for event in range(offsets[unit], offsets[unit + 1]):
            step = event_step[event]
            if step < 0:
                continue
            flags = FAILING if _is_failing(channel_outcome[event]) else 0
            wait = longest_wait[step]
            if previous >= 0 and wait >= 0 and occurred_at[event] - occurred_at[previous] > wait:
                flags |= PAUSED
            if event > offsets[unit] and _is_forced(channel_outcome[event - 1], channel_outcome[event]):
                flags |= FORCED_SWITCH
            event_flags[event] = flags
            previous = event


@njit(nogil=True, cache=True)
def _is_failing(channel_outcome: int) -> bool:
    return (FAILING_OUTCOMES >> (channel_outcome >> 4)) & 1 == 1


@njit(nogil=True, cache=True)
def _is_forced(before: int, now: int) -> bool:
    """Tell whether the channel changed right after the one before did not serve."""
    return (before & 15) != (now & 15) and _is_failing(before)


@njit(nogil=True, cache=True)
def _classify_runs(state: NDArray[np.uint8], found: Found, kinds: Kinds) -> None:
    """Fold what a unit closed without its goal left out at its end into one row; the rest is missing."""
    run_offsets, run_event, cost = found.run_offsets, found.run_event, found.cost
    run_kind, run_cost = kinds.run_kind, kinds.run_cost
    for unit in range(len(state)):
        if cost[unit] == 0:
            continue
        first, last = run_offsets[unit], run_offsets[unit + 1]
        kept = last
        is_lost = state[unit] != OPEN and state[unit] != REACHED
        while is_lost and kept > first and run_event[kept - 1] < 0:
            kept -= 1
        for place in range(first, kept):
            if run_event[place] < 0:
                run_kind[place] = MISSING
                run_cost[place] = 1
        if kept < last:
            run_kind[kept] = DEPARTED
            run_cost[kept] = last - kept


@njit(nogil=True, cache=True)
def _pair(places: Places, steps: Steps, found: Found, kinds: Kinds) -> None:
    """Let each missing step take the first walk-only event left that its touchpoints stand for.

    That pairs as if events chose, in order: both sides prefer what comes earlier.
    """
    offsets, run_offsets, run_step, run_kind = (
        steps.offsets,
        found.run_offsets,
        found.run_step,
        kinds.run_kind,
    )
    for unit in range(len(steps.state)):
        first, last = run_offsets[unit], run_offsets[unit + 1]
        for place in range(first, last if found.cost[unit] >= PAIR_COST else first):
            if run_kind[place] != MISSING:
                continue
            span = (offsets[unit], offsets[unit + 1])
            event = _partner(
                places, steps.touchpoint, found.event_step, kinds.event_kind, span, run_step[place]
            )
            if event >= 0:
                run_kind[place] = NONE
                kinds.run_cost[place] = 0
                kinds.event_kind[event] = OUT_OF_ORDER
                kinds.event_about[event] = run_step[place]
                kinds.event_cost[event] = PAIR_COST


@njit(nogil=True, cache=True, inline="always")
def _partner(
    places: Places,
    touchpoint: NDArray[np.uint16],
    event_step: NDArray[np.int16],
    event_kind: NDArray[np.uint8],
    span: tuple[int, int],
    step: int,
) -> int:
    for event in range(span[0], span[1]):
        is_free = event_step[event] < 0 and event_kind[event] == NONE
        if is_free and _stands_for(places.at_from, places.at_step, touchpoint[event], step):
            return event
    return -1


@njit(nogil=True, cache=True)
def _stands_for(at_from: NDArray[np.int32], at_step: NDArray[np.int32], touchpoint: int, step: int) -> bool:
    if touchpoint + 1 >= len(at_from):
        return False
    for at in range(at_from[touchpoint], at_from[touchpoint + 1]):  # noqa: SIM110 - Numba has no any
        if at_step[at] == step:
            return True
    return False


@njit(nogil=True, cache=True)
def _classify_events(places: Places, steps: Steps, found: Found, kinds: Kinds) -> None:
    """Give every walk-only event that was not paired its kind."""
    offsets, state, touchpoint, cost = steps.offsets, steps.state, steps.touchpoint, found.cost
    at_from, at_step, gate_from, gate = places.at_from, places.at_step, places.gate_from, places.gate
    event_step, event_kind, event_about = found.event_step, kinds.event_kind, kinds.event_about
    counts = np.zeros((3, len(places.longest_wait)), dtype=np.int32)
    for unit in range(len(state)):
        is_counted = False
        for event in range(offsets[unit], offsets[unit + 1] if cost[unit] > 0 else 0):
            if event_step[event] >= 0 or event_kind[event] != NONE:
                continue
            code = touchpoint[event]
            kinds.event_cost[event] = 1
            event_kind[event] = AD_HOC
            if code + 1 >= len(at_from) or at_from[code] == at_from[code + 1]:
                continue
            if not is_counted:
                _count(found, kinds, counts, unit, offsets[unit], offsets[unit + 1])
                is_counted = True
            could_be = at_step[at_from[code] : at_from[code + 1]]
            kind, about = _kind_of(could_be, gate_from, gate, counts, state[unit] == OPEN)
            event_kind[event] = kind
            event_about[event] = about


@njit(nogil=True, cache=True, inline="always")
def _count(found: Found, kinds: Kinds, counts: NDArray[np.int32], unit: int, first: int, last: int) -> None:
    """Count how often each step is on the unit's run, matched, and paired with one of its events."""
    counts[:] = 0
    for place in range(found.run_offsets[unit], found.run_offsets[unit + 1]):
        counts[COUNTED, found.run_step[place]] += 1
        if found.run_event[place] >= 0:
            counts[MATCHED, found.run_step[place]] += 1
    for event in range(first, last):
        if kinds.event_cost[event] == PAIR_COST:
            counts[PAIRED, kinds.event_about[event]] += 1


@njit(nogil=True, cache=True)
def _kind_of(
    could_be: NDArray[np.int32],
    gate_from: NDArray[np.int32],
    gate: NDArray[np.int32],
    counts: NDArray[np.int32],
    is_open: bool,  # noqa: FBT001 - Numba takes it by place
) -> tuple[int, int]:
    """Return the kind of a walk-only move that could be some steps, and the step it is about."""
    matched = paired = on_run = -1
    all_on_other_branches = True
    for step in could_be:
        where = _stand(gate[gate_from[step] : gate_from[step + 1]], counts, step, is_open)
        if where == SKIPPED:
            return OUT_OF_ORDER, step
        all_on_other_branches &= where == NOT_TAKEN
        matched = step if matched < 0 and counts[MATCHED, step] > 0 else matched
        paired = step if paired < 0 and counts[PAIRED, step] > 0 else paired
        on_run = step if on_run < 0 and where == ON_RUN else on_run
    if all_on_other_branches:
        return WRONG_BRANCH, could_be[0]
    if matched >= 0 or paired >= 0:
        return REPEATED, matched if matched >= 0 else paired
    return OUT_OF_ORDER, on_run if on_run >= 0 else could_be[0]


@njit(nogil=True, cache=True)
def _stand(gates: NDArray[np.int32], counts: NDArray[np.int32], step: int, is_open: bool) -> int:  # noqa: FBT001 - as above
    """Say where a step stands to the run: the outermost part around it the run never entered decides."""
    if counts[COUNTED, step] > 0:
        return ON_RUN
    for number in range(len(gates)):
        kind, first, last, choice_first, choice_last = gates[number]
        if _is_entered(counts, first, last):
            continue
        if kind == SKIPPABLE:
            return SKIPPED
        is_decided = not is_open or _is_entered(counts, choice_first, choice_last)
        return NOT_TAKEN if is_decided else NOT_YET
    return NOT_YET


@njit(nogil=True, cache=True)
def _is_entered(counts: NDArray[np.int32], first: int, last: int) -> bool:
    """Tell whether the run has any of the steps from first to before last."""
    for step in range(first, last):  # noqa: SIM110 - as above
        if counts[COUNTED, step] > 0:
            return True
    return False
