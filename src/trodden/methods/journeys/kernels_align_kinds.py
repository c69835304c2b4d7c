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
NOWHERE, ON_RUN, SKIPPED, NOT_TAKEN, NOT_YET = range(5)
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


class Room(NamedTuple):
    """Room for one unit: (steps,) how often each step is on the run, matched, and paired with an event."""

    on_run: NDArray[np.int32]
    matched: NDArray[np.int32]
    paired: NDArray[np.int32]


@njit(nogil=True, cache=True)
def classify(places: Places, steps: Steps, found: Found, kinds: Kinds) -> None:
    """Give every unmatched move its kind and every matched event its flags."""
    many = len(places.longest_wait)
    room = Room(np.zeros(many, np.int32), np.zeros(many, np.int32), np.zeros(many, np.int32))
    for unit in range(len(steps.state)):
        _flag(places, steps, found, kinds, unit)
        if found.cost[unit] > 0:
            _count_run(found, room, unit)
            _classify_run(steps, found, kinds, unit)
            _classify_events(places, steps, found, kinds, room, unit)


@njit(nogil=True, cache=True)
def _flag(places: Places, steps: Steps, found: Found, kinds: Kinds, unit: int) -> None:
    first = steps.offsets[unit]
    previous = -1
    for event in range(first, steps.offsets[unit + 1]):
        step = found.event_step[event]
        if step < 0:
            continue
        flags = 0
        if FAILING_OUTCOMES >> (steps.channel_outcome[event] >> 4) & 1:
            flags |= FAILING
        wait = places.longest_wait[step]
        if previous >= 0 and wait >= 0 and steps.occurred_at[event] - steps.occurred_at[previous] > wait:
            flags |= PAUSED
        if event > first and _is_forced(steps.channel_outcome[event - 1], steps.channel_outcome[event]):
            flags |= FORCED_SWITCH
        kinds.event_flags[event] = flags
        previous = event


@njit(nogil=True, cache=True)
def _is_forced(before: int, now: int) -> bool:
    """Tell whether the channel changed right after the one before did not serve."""
    return (before & 15) != (now & 15) and (FAILING_OUTCOMES >> (before >> 4) & 1) == 1


@njit(nogil=True, cache=True)
def _count_run(found: Found, room: Room, unit: int) -> None:
    room.on_run[:] = 0
    room.matched[:] = 0
    room.paired[:] = 0
    for place in range(found.run_offsets[unit], found.run_offsets[unit + 1]):
        room.on_run[found.run_step[place]] += 1
        if found.run_event[place] >= 0:
            room.matched[found.run_step[place]] += 1


@njit(nogil=True, cache=True)
def _classify_run(steps: Steps, found: Found, kinds: Kinds, unit: int) -> None:
    """Fold what a journey closed without its goal left out at its end into one row; the rest is missing."""
    first, last = found.run_offsets[unit], found.run_offsets[unit + 1]
    kept = last
    if steps.state[unit] != OPEN and steps.state[unit] != REACHED:
        while kept > first and found.run_event[kept - 1] < 0:
            kept -= 1
    for place in range(first, kept):
        if found.run_event[place] < 0:
            kinds.run_kind[place] = MISSING
            kinds.run_cost[place] = 1
    if kept < last:
        kinds.run_kind[kept] = DEPARTED
        kinds.run_cost[kept] = last - kept


@njit(nogil=True, cache=True)
def _classify_events(places: Places, steps: Steps, found: Found, kinds: Kinds, room: Room, unit: int) -> None:
    """Pair walk-only with map-only moves first: whether a step was paired decides about later events."""
    first, last = steps.offsets[unit], steps.offsets[unit + 1]
    for event in range(first, last):
        if found.event_step[event] < 0:
            _pair(places, found, kinds, room, (unit, event, steps.touchpoint[event]))
    for event in range(first, last):
        if found.event_step[event] < 0 and kinds.event_kind[event] == NONE:
            is_open = steps.state[unit] == OPEN
            kind, about = _kind_of(places, room, steps.touchpoint[event], is_open)
            kinds.event_kind[event] = kind
            kinds.event_about[event] = about
            kinds.event_cost[event] = 1


@njit(nogil=True, cache=True)
def _pair(places: Places, found: Found, kinds: Kinds, room: Room, at: tuple[int, int, int]) -> None:
    """Let an event take the earliest missing step of the run its touchpoint stands for."""
    unit, event, touchpoint = at
    for place in range(found.run_offsets[unit], found.run_offsets[unit + 1]):
        step = found.run_step[place]
        if kinds.run_kind[place] == MISSING and _stands_for(places, touchpoint, step):
            kinds.run_kind[place] = NONE
            kinds.run_cost[place] = 0
            kinds.event_kind[event] = OUT_OF_ORDER
            kinds.event_about[event] = step
            kinds.event_cost[event] = 2
            room.paired[step] += 1
            return


@njit(nogil=True, cache=True)
def _stands_for(places: Places, touchpoint: int, step: int) -> bool:
    if touchpoint + 1 >= len(places.at_from):
        return False
    for at in range(places.at_from[touchpoint], places.at_from[touchpoint + 1]):
        if places.at_step[at] == step:
            return True
    return False


@njit(nogil=True, cache=True)
def _kind_of(places: Places, room: Room, touchpoint: int, is_open: bool) -> tuple[int, int]:  # noqa: FBT001 - Numba takes no keywords here
    """Return the kind of a walk-only move that was not paired, and the step it is about."""
    if touchpoint + 1 >= len(places.at_from):
        return AD_HOC, -1
    first, last = places.at_from[touchpoint], places.at_from[touchpoint + 1]
    if first == last:
        return AD_HOC, -1
    matched = paired = on_run = -1
    all_on_other_branches = True
    for at in range(first, last):
        step = places.at_step[at]
        where = _stand(places, room, step, is_open)
        if where == SKIPPED:
            return OUT_OF_ORDER, step
        all_on_other_branches &= where == NOT_TAKEN
        matched = step if matched < 0 and room.matched[step] > 0 else matched
        paired = step if paired < 0 and room.paired[step] > 0 else paired
        on_run = step if on_run < 0 and where == ON_RUN else on_run
    if all_on_other_branches:
        return WRONG_BRANCH, places.at_step[first]
    if matched >= 0 or paired >= 0:
        return REPEATED, matched if matched >= 0 else paired
    return OUT_OF_ORDER, on_run if on_run >= 0 else places.at_step[first]


@njit(nogil=True, cache=True)
def _stand(places: Places, room: Room, step: int, is_open: bool) -> int:  # noqa: FBT001 - as above
    """Say where a step stands to the run: the outermost part the run never entered decides."""
    if room.on_run[step] > 0:
        return ON_RUN
    for gate in range(places.gate_from[step], places.gate_from[step + 1]):
        kind, first, last, choice_first, choice_last = places.gate[gate]
        if room.on_run[first:last].sum() > 0:
            continue
        if kind == SKIPPABLE:
            return SKIPPED
        is_decided = not is_open or room.on_run[choice_first:choice_last].sum() > 0
        return NOT_TAKEN if is_decided else NOT_YET
    return NOT_YET
