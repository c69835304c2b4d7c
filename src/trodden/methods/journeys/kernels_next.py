"""Kernel: what came next in units, by the steps before."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trodden.methods.kernels import kernel

OPEN_UNIT = 0
NOT_YET = -1
PACES = 5


class Steps(NamedTuple):
    """Units as this kernel takes them.

    ``bins``: (steps,) the bin of the time since the step before. ``pace``: (steps,) see `next_step_pace`.
    """

    offsets: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    occurred_at: NDArray[np.int64]
    bins: NDArray[np.int64]
    state: NDArray[np.uint8]
    pace: NDArray[np.uint8]


class Rules(NamedTuple):
    """What is counted.

    ``after``: codes of the steps asked about, oldest first, ``start`` standing for the beginning of a unit;
    empty for whatever came before. ``order``: the most steps a context holds. ``base``: one more than any
    digit of a key. ``horizon``: microseconds, -1 for none.
    """

    after: NDArray[np.int64]
    order: int
    start: int
    base: int
    all_bins: int
    horizon: int
    as_of: int


class Counted(NamedTuple):
    """Keys of outcomes, of times, of units that wait, of outcomes by both paces, and how many of each."""

    outcomes: NDArray[np.int64]
    times: NDArray[np.int64]
    waiting: NDArray[np.int64]
    slow: NDArray[np.int64]
    late: NDArray[np.int64]
    used: NDArray[np.int64]


@kernel
def symbol(steps: Steps, rules: Rules, unit: int, place: int) -> int:
    """Return the code of a unit's step, ``start`` for the place before its first."""
    if place < 0:
        return rules.start
    return np.int64(steps.touchpoint[steps.offsets[unit] + place])


@kernel
def context_length(steps: Steps, rules: Rules, unit: int, place: int) -> int:
    """Return how many steps before a place are its context: all there can be, or those asked about."""
    longest = min(rules.order, place + 1)
    if len(rules.after) == 0:
        return longest
    longest = min(longest, len(rules.after))
    length = 0
    while length < longest:
        if rules.after[len(rules.after) - 1 - length] != symbol(steps, rules, unit, place - 1 - length):
            break
        length += 1
    return length


@kernel
def context_key(steps: Steps, rules: Rules, unit: int, place: int, length: int) -> int:
    """Return a context as a number: its steps, oldest first, as digits from 1."""
    key = np.int64(0)
    for before in range(length, 0, -1):
        key = key * rules.base + symbol(steps, rules, unit, place - before) + 1
    return key


@kernel
def outcome(steps: Steps, rules: Rules, unit: int, place: int) -> int:
    """Return what came at a place: a code, ``start + 1`` for nothing, NOT_YET where that is not known."""
    first, end = steps.offsets[unit], steps.offsets[unit + 1]
    row, nothing = first + place, rules.start + 1
    if row < end:
        waits = place > 0 and rules.horizon >= 0
        is_late = waits and steps.occurred_at[row] - steps.occurred_at[row - 1] > rules.horizon
        return nothing if is_late else np.int64(steps.touchpoint[row])
    if steps.state[unit] != OPEN_UNIT:
        return nothing
    has_passed = rules.horizon >= 0 and rules.as_of - steps.occurred_at[row - 1] > rules.horizon
    return nothing if has_passed else NOT_YET


@kernel
def pace_before(steps: Steps, unit: int, place: int) -> int:
    """Return the pace of the step before a place, 0 where there is none."""
    return np.int64(steps.pace[steps.offsets[unit] + place - 1]) if place > 0 else np.int64(0)


@kernel
def count_paced(came_key: int, pace: int, found: Counted) -> None:
    """Write what came at a place whose pace is known under either half of it."""
    if pace > 0:
        found.slow[found.used[3]] = came_key * 2 + (pace - 1) // 2
        found.late[found.used[3]] = came_key * 2 + (pace - 1) % 2
        found.used[3] += 1


@kernel
def count_place(steps: Steps, rules: Rules, unit: int, place: int, found: Counted) -> None:
    """Write what came at a place of a unit."""
    length = context_length(steps, rules, unit, place)
    key = context_key(steps, rules, unit, place, length)
    came = outcome(steps, rules, unit, place)
    if came == NOT_YET:
        found.waiting[found.used[2]] = key * PACES + pace_before(steps, unit, place)
        found.used[2] += 1
        return
    came_key = key * rules.base + came + 1
    found.outcomes[found.used[0]] = came_key
    found.used[0] += 1
    count_paced(came_key, pace_before(steps, unit, place), found)
    if len(rules.after) and place > 0 and came < rules.start:
        bin_of_wait = steps.bins[steps.offsets[unit] + place]
        found.times[found.used[1]] = (length * rules.start + came) * rules.all_bins + bin_of_wait
        found.used[1] += 1


@kernel
def count_next(steps: Steps, rules: Rules) -> Counted:
    """Count what came next at every place of every unit: see `trodden.methods.journeys.next_step`."""
    room = len(steps.touchpoint) + len(steps.offsets)
    found = Counted(
        np.empty(room, np.int64),
        np.empty(room if len(rules.after) else 0, np.int64),
        np.empty(len(steps.offsets), np.int64),
        np.empty(len(steps.touchpoint), np.int64),
        np.empty(len(steps.touchpoint), np.int64),
        np.zeros(4, np.int64),
    )
    for unit in range(len(steps.offsets) - 1):
        for place in range(steps.offsets[unit + 1] - steps.offsets[unit] + 1):
            count_place(steps, rules, unit, place, found)
    return found
