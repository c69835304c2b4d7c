"""Kernels: which units contain a pattern, and where its matches stand."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trodden.methods.kernels import kernel

FIRST, LAST, EVERY = 0, 1, 2
DEAD, START = 0, 1


class Machine(NamedTuple):
    """A `Dfa` as arrays; ``at_start`` and ``at_end`` are 1 where the match is bound there."""

    symbols: NDArray[np.uint16]
    table: NDArray[np.int32]
    accepts: NDArray[np.uint8]
    at_start: int
    at_end: int


class Matches(NamedTuple):
    """Matches in the order of their units and of their first steps; all (matches,)."""

    unit: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


@kernel
def contains_match(machine: Machine, touchpoint: NDArray[np.uint16], first: int, end: int) -> bool:
    """Say whether the steps ``first:end`` contain a match."""
    state = START
    for step in range(first, end):
        state = machine.table[state, machine.symbols[touchpoint[step]]]
        if machine.accepts[state] and not machine.at_end:
            return True
        if state == DEAD:
            return False
    return machine.accepts[state] == 1


@kernel
def units_with_match(
    machine: Machine, offsets: NDArray[np.int64], touchpoint: NDArray[np.uint16]
) -> NDArray[np.bool_]:
    """Say for each unit whether it contains a match."""
    found = np.zeros(len(offsets) - 1, np.bool_)
    for unit in range(len(found)):
        found[unit] = contains_match(machine, touchpoint, offsets[unit], offsets[unit + 1])
    return found


@kernel
def mark_beginnings(
    backward: Machine, touchpoint: NDArray[np.uint16], first: int, end: int, begins: NDArray[np.bool_]
) -> None:
    """Set ``begins[i]`` where some match begins with step ``first + i``."""
    begins[: end - first] = False
    state = START
    for step in range(end - 1, first - 1, -1):
        state = backward.table[state, backward.symbols[touchpoint[step]]]
        if state == DEAD:
            return
        begins[step - first] = backward.accepts[state] and (step == first or not backward.at_end)


@kernel
def match_end(forward: Machine, touchpoint: NDArray[np.uint16], first: int, end: int) -> int:
    """Return the last step of the shortest match that begins with ``first``; there is one."""
    state = START
    for step in range(first, end):
        state = forward.table[state, forward.symbols[touchpoint[step]]]
        if forward.accepts[state] and (step == end - 1 or not forward.at_end):
            return step
    return end - 1


@kernel
def matches_of(
    backward: Machine,
    forward: Machine,
    offsets: NDArray[np.int64],
    touchpoint: NDArray[np.uint16],
    which: int,
) -> Matches:
    """Return the first, the last or every match of each unit.

    Linear in the number of steps: where a match begins is read from the end, and no step is read
    twice by matches, which do not overlap.
    """
    found = Matches(
        np.empty(len(touchpoint), np.int64),
        np.empty(len(touchpoint), np.int64),
        np.empty(len(touchpoint), np.int64),
    )
    begins = np.zeros(np.max(offsets[1:] - offsets[:-1]) if len(offsets) > 1 else 0, np.bool_)
    used = 0
    for unit in range(len(offsets) - 1):
        first, end = offsets[unit], offsets[unit + 1]
        mark_beginnings(backward, touchpoint, first, end, begins)
        step, unit_used = first, used
        while step < end:
            if not begins[step - first]:
                step += 1
                continue
            used = unit_used if which == LAST else used
            found.unit[used], found.first[used] = unit, step
            found.last[used] = match_end(forward, touchpoint, step, end)
            step = end if which == FIRST else found.last[used] + 1
            used += 1
    return Matches(found.unit[:used].copy(), found.first[:used].copy(), found.last[:used].copy())
