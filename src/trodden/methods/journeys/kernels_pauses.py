"""Kernels: where each step stands on the map, what came after each gap, and how units with a pause ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPEN = 0
REACHED = 1

DESIGNED, BRANCH, UNPLANNED, EARLIER, CHANNEL, NOTHING, NOT_YET, WITHIN, NO_GAP = range(9)
"""What came after a gap; the names stand in `trodden.methods.journeys.pauses`."""

CHANNEL_BITS = 15


class Steps(NamedTuple):
    """Units by step; see `trodden.methods.journeys.units.Units`.

    ``place``: (steps,) int32. ``after``: (steps,) int32, the state of the map's automaton after the last
    matched step up to and including this one. ``paused``: (steps,) whether the gap after it is a pause.
    """

    offsets: NDArray[np.int64]
    state: NDArray[np.uint8]
    touchpoint: NDArray[np.uint16]
    channel_outcome: NDArray[np.uint8]
    place: NDArray[np.int32]
    after: NDArray[np.int32]
    paused: NDArray[np.bool_]


class Plan(NamedTuple):
    """What the map says of places: the first ``steps`` of them are its steps; see `pauses_places.Design`."""

    steps: int
    move_from: NDArray[np.int32]
    move_step: NDArray[np.int32]
    stage: NDArray[np.int32]
    on_map: NDArray[np.bool_]


class Runs(NamedTuple):
    """The runs of aligned units; see `trodden.methods.journeys.align.Alignments`."""

    offsets: NDArray[np.int64]
    step: NDArray[np.int16]
    event: NDArray[np.int32]


@njit(nogil=True, cache=True)
def states_after(
    move_from: NDArray[np.int32],
    move_step: NDArray[np.int32],
    move_to: NDArray[np.int32],
    runs: Runs,
    offsets: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Return for every event the state after the last matched step up to and including it; 0 before any."""
    found = np.zeros(offsets[-1], dtype=np.int32)
    for unit in range(len(offsets) - 1):
        state, told = 0, 0
        event = offsets[unit]
        for at in range(runs.offsets[unit], runs.offsets[unit + 1]):
            state = _to(move_from, move_step, move_to, state, runs.step[at])
            if runs.event[at] >= 0:
                found[event : runs.event[at]] = told
                event, told = runs.event[at], state
        found[event : offsets[unit + 1]] = told
    return found


@njit(nogil=True, cache=True)
def _to(
    move_from: NDArray[np.int32],
    move_step: NDArray[np.int32],
    move_to: NDArray[np.int32],
    state: int,
    step: int,
) -> int:
    for move in range(move_from[state], move_from[state + 1]):
        if move_step[move] == step:
            return move_to[move]
    return state


@njit(nogil=True, cache=True)
def what_came_next(steps: Steps, plan: Plan) -> NDArray[np.uint8]:
    """Return for every step what came after the gap that begins there."""
    found = np.empty(len(steps.place), dtype=np.uint8)
    walked_in = np.full(len(plan.on_map), -1, dtype=np.int64)
    for unit in range(len(steps.state)):
        last = steps.offsets[unit + 1] - 1
        furthest = -1
        for step in range(steps.offsets[unit], last):
            walked_in[steps.touchpoint[step]] = unit
            furthest = max(furthest, plan.stage[steps.place[step]])
            found[step] = _kind_of_next(steps, plan, step, furthest)
            if found[step] == BRANCH and walked_in[steps.touchpoint[step + 1]] == unit:
                found[step] = _channel_or(UNPLANNED, steps, step)
        found[last] = _kind_of_end(steps, unit)
    return found


@njit(nogil=True, cache=True)
def _kind_of_next(steps: Steps, plan: Plan, step: int, furthest: int) -> int:
    """Name the step after ``step``, as if the unit had not been at its touchpoint before."""
    to = steps.place[step + 1]
    if plan.steps == 0:
        return _channel_or(DESIGNED, steps, step)
    if to < plan.steps and _allows(plan, steps.after[step], to):
        return DESIGNED
    if 0 <= plan.stage[to] < furthest:
        return EARLIER
    if plan.on_map[steps.touchpoint[step + 1]]:
        return BRANCH
    return _channel_or(UNPLANNED, steps, step)


@njit(nogil=True, cache=True)
def _channel_or(other: int, steps: Steps, step: int) -> int:
    """Return CHANNEL where the step after ``step`` is on another channel, else ``other``."""
    differs = (steps.channel_outcome[step] ^ steps.channel_outcome[step + 1]) & CHANNEL_BITS
    return CHANNEL if differs != 0 else other


@njit(nogil=True, cache=True)
def _allows(plan: Plan, state: int, step: int) -> bool:
    for move in range(plan.move_from[state], plan.move_from[state + 1]):
        if plan.move_step[move] == step:
            return True
    return False


@njit(nogil=True, cache=True)
def _kind_of_end(steps: Steps, unit: int) -> int:
    if steps.state[unit] == REACHED:
        return NO_GAP
    if steps.state[unit] != OPEN:
        return NOTHING
    return NOT_YET if steps.paused[steps.offsets[unit + 1] - 1] else WITHIN


@njit(nogil=True, cache=True)
def ends_by_pause(steps: Steps, places: int) -> NDArray[np.int64]:
    """Count closed units by place left, by whether some gap there was a pause, and by goal reached.

    Only gaps that ended count, and each unit counts once at a place: (places, 2, 2).
    """
    found = np.zeros((places, 2, 2), dtype=np.int64)
    paused_in = np.full(places, -1, dtype=np.int64)
    counted_in = np.full(places, -1, dtype=np.int64)
    for unit in range(len(steps.state)):
        if steps.state[unit] == OPEN:
            continue
        first, last = steps.offsets[unit], steps.offsets[unit + 1] - 1
        for step in range(first, last):
            if steps.paused[step]:
                paused_in[steps.place[step]] = unit
        reached = 1 if steps.state[unit] == REACHED else 0
        for step in range(first, last):
            place = steps.place[step]
            if counted_in[place] != unit:
                counted_in[place] = unit
                found[place, 1 if paused_in[place] == unit else 0, reached] += 1
    return found
