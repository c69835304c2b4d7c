"""Kernel: which units contain which sequences of touchpoints."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trodden.methods.kernels import kernel

LEFT_OUT = 2
NO_LIMIT = -1


class Read(NamedTuple):
    """Units as this kernel takes them.

    ``until``: (units,) the step behind the last one read. ``group``: (units,) 0, 1 or LEFT_OUT.
    """

    offsets: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    occurred_at: NDArray[np.int64]
    until: NDArray[np.int64]
    group: NDArray[np.uint8]


class Sought(NamedTuple):
    """Sequences of one length in lexicographic order.

    ``codes``: (sequences, length). ``following[i, d]``: the first sequence behind i whose first d + 1
    touchpoints are others. ``max_gap``: steps between neighbours, ``longest_wait``: microseconds; NO_LIMIT.
    """

    codes: NDArray[np.int64]
    following: NDArray[np.int64]
    max_gap: int
    longest_wait: int


@kernel
def is_near(read: Read, sought: Sought, before: int, step: int) -> bool:
    """Say whether a step may be the neighbour of one before it."""
    if sought.max_gap != NO_LIMIT and step - before - 1 > sought.max_gap:
        return False
    wait = read.occurred_at[step] - read.occurred_at[before]
    return sought.longest_wait == NO_LIMIT or wait <= sought.longest_wait


@kernel
def ends_of(
    read: Read,
    sought: Sought,
    bounds: tuple[int, int, int],
    before: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> int:
    """Write every step the sequence can end with when one more touchpoint is taken; return how many.

    ``bounds``: the first step to look at, the one behind the last, and the code. ``before``: the steps it can
    end with so far, ascending; none where the touchpoint is the first. The nearest of them decides.
    """
    first, until, code = bounds
    used, place = 0, 0
    for step in range(first, until):
        while place < len(before) and before[place] < step:
            place += 1
        if read.touchpoint[step] != code:
            continue
        if len(before) == 0 or is_near(read, sought, before[place - 1], step):
            ends[used] = step
            used += 1
    return used


@kernel
def count_unit(
    read: Read, sought: Sought, unit: int, ends: NDArray[np.int64], counts: NDArray[np.int64]
) -> None:
    """Count the sequences one unit contains, for its group; ``ends``: (length, steps) room to work in."""
    length = sought.codes.shape[1]
    first, until = read.offsets[unit], read.until[unit]
    used = np.zeros(length, np.int64)
    one, depth = 0, 0
    while one < len(sought.codes):
        before = ends[depth - 1, : used[depth - 1]] if depth else ends[0, :0]
        bounds = (before[0] + 1 if depth else first, until, sought.codes[one, depth])
        used[depth] = ends_of(read, sought, bounds, before, ends[depth])
        if used[depth] and depth + 1 < length:
            depth += 1
            continue
        counts[one, read.group[unit]] += used[depth] > 0
        one = sought.following[one, depth]
        depth = shared_depth(sought, one, depth)


@kernel
def shared_depth(sought: Sought, one: int, depth: int) -> int:
    """Return how many touchpoints a sequence shares with the one before it, at most ``depth``."""
    if one >= len(sought.codes):
        return 0
    shared = 0
    while shared < depth and sought.codes[one, shared] == sought.codes[one - 1, shared]:
        shared += 1
    return shared


@kernel
def room_for(read: Read, sought: Sought) -> NDArray[np.int64]:
    """Make room for the longest unit; (length, steps)."""
    longest = np.max(read.offsets[1:] - read.offsets[:-1]) if len(read.offsets) > 1 else 0
    return np.empty((sought.codes.shape[1], longest), np.int64)


@kernel
def count_sequences(read: Read, sought: Sought) -> NDArray[np.int64]:
    """Count the units that contain each sequence, by group; (sequences, 2)."""
    counts = np.zeros((len(sought.codes), 2), np.int64)
    ends = room_for(read, sought)
    for unit in range(len(read.group)):
        if read.group[unit] != LEFT_OUT:
            count_unit(read, sought, unit, ends, counts)
    return counts


@kernel
def units_containing(read: Read, sought: Sought) -> NDArray[np.bool_]:
    """Say of every unit whether it contains any of the sequences; those left out do not; (units,)."""
    found = np.zeros(len(read.group), np.bool_)
    counts = np.zeros((len(sought.codes), 2), np.int64)
    ends = room_for(read, sought)
    for unit in range(len(read.group)):
        if read.group[unit] != LEFT_OUT:
            counts[:] = 0
            count_unit(read, sought, unit, ends, counts)
            found[unit] = counts.sum() > 0
    return found
