"""Kernels: moves from step to step, how often, by how many customers, and after how long."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trodden.methods.kernels import kernel

OPEN_UNIT = 0
SECOND = 1_000_000
BINS = 3328
PLAIN = 128
BITS = 45
FIRST_OCTAVE = (1023 + 7) * 128 - 128
"""The seven highest bits behind the exponent of a double count 128 to the octave: see `bin_of_gap`."""


class Moves(NamedTuple):
    """Units as their moves need them; ``touchpoints`` is how many codes there are.

    A move is numbered ``source * (touchpoints + 3) + target``. Behind the touchpoints stand START, END (of
    a unit that is over) and OPEN (of one that is not).
    """

    offsets: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    occurred_at: NDArray[np.int64]
    customer: NDArray[np.int64]
    state: NDArray[np.uint8]
    touchpoints: int


class Groups(NamedTuple):
    """Which group each move counts for: ``table[move]``, or where that is empty, by its place in ``keys``.

    ``keys`` ascend; a move that is not among them counts for group ``other``. Group -1 is not counted.
    """

    table: NDArray[np.int32]
    keys: NDArray[np.int64]
    groups: NDArray[np.int32]
    other: int


class Grouped(NamedTuple):
    """Of each group: its moves, its customers, and in ``bins[places[g]:places[g + 1]]`` its gaps."""

    counts: NDArray[np.int64]
    customers: NDArray[np.int64]
    places: NDArray[np.int64]
    bins: NDArray[np.uint16]


@kernel
def last_move(moves: Moves, unit: int) -> int:
    """Return the move from the unit's last step to END or OPEN."""
    columns = moves.touchpoints + 3
    target = moves.touchpoints + (2 if moves.state[unit] == OPEN_UNIT else 1)
    return np.int64(moves.touchpoint[moves.offsets[unit + 1] - 1]) * columns + target


@kernel
def first_move(moves: Moves, unit: int) -> int:
    """Return the move from START to the unit's first step."""
    return moves.touchpoints * (moves.touchpoints + 3) + np.int64(moves.touchpoint[moves.offsets[unit]])


@kernel
def count_moves(moves: Moves) -> NDArray[np.int64]:
    """Count every move; ((touchpoints + 3) ** 2,)."""
    columns = moves.touchpoints + 3
    counts = np.zeros(columns * columns, np.int64)
    for unit in range(len(moves.offsets) - 1):
        counts[first_move(moves, unit)] += 1
        source = np.int64(moves.touchpoint[moves.offsets[unit]])
        for step in range(moves.offsets[unit] + 1, moves.offsets[unit + 1]):
            target = np.int64(moves.touchpoint[step])
            counts[source * columns + target] += 1
            source = target
        counts[last_move(moves, unit)] += 1
    return counts


@kernel
def list_moves(moves: Moves) -> NDArray[np.int64]:
    """Return every move of every unit, one after the other; (steps + units,)."""
    columns = moves.touchpoints + 3
    found = np.empty(len(moves.touchpoint) + len(moves.offsets) - 1, np.int64)
    used = 0
    for unit in range(len(moves.offsets) - 1):
        found[used] = first_move(moves, unit)
        for step in range(moves.offsets[unit] + 1, moves.offsets[unit + 1]):
            used += 1
            found[used] = np.int64(moves.touchpoint[step - 1]) * columns + moves.touchpoint[step]
        found[used + 1] = last_move(moves, unit)
        used += 2
    return found


@kernel
def bin_of_gap(gap: int) -> int:
    """Return the bin of a gap in microseconds, as `trodden.methods.stats.logbins` bins durations.

    From 128 s on, the bin is read off the bits of the seconds as a double: seven bits behind the exponent.
    """
    seconds = np.int64(np.uint64(gap + SECOND // 2) // np.uint64(SECOND))
    bits = np.float64(seconds).view(np.int64) >> BITS
    return seconds if seconds < PLAIN else bits - FIRST_OCTAVE


@kernel
def group_of(groups: Groups, move: int) -> int:
    """Return the group of a move."""
    if len(groups.table):
        return groups.table[move]
    place = np.searchsorted(groups.keys, move)
    if place < len(groups.keys) and groups.keys[place] == move:
        return groups.groups[place]
    return groups.other


@kernel
def count_group(groups: Groups, move: int, counts: NDArray[np.int64]) -> None:
    """Count a move for its group."""
    group = group_of(groups, move)
    if group >= 0:
        counts[group] += 1


@kernel
def count_gaps(moves: Moves, groups: Groups, counts: NDArray[np.int64]) -> None:
    """Count the moves between steps by group."""
    columns = moves.touchpoints + 3
    for unit in range(len(moves.offsets) - 1):
        source = np.int64(moves.touchpoint[moves.offsets[unit]])
        for step in range(moves.offsets[unit] + 1, moves.offsets[unit + 1]):
            target = np.int64(moves.touchpoint[step])
            count_group(groups, source * columns + target, counts)
            source = target


@kernel
def meet(customers: NDArray[np.int64], group: int, customer: int) -> None:
    """Count a customer for a group once; ``customers[g]`` are the count and the last one counted."""
    customers[group, 0] += customers[group, 1] != customer
    customers[group, 1] = customer


@kernel
def count_end(
    groups: Groups, move: int, counts: NDArray[np.int64], customers: NDArray[np.int64], customer: int
) -> None:
    """Count a move from START or to END or OPEN, which has no gap."""
    group = group_of(groups, move)
    if group >= 0:
        counts[group] += 1
        meet(customers, group, customer)


@kernel
def place_gaps(
    moves: Moves,
    groups: Groups,
    counts: NDArray[np.int64],
    place: NDArray[np.int64],
    bins: NDArray[np.uint16],
) -> NDArray[np.int64]:
    """Write the bin of every gap to the next place of its group; return each group's customers.

    Moves without a gap are added to ``counts``. All moves of a unit are met together, because a
    customer is known to have been counted only as long as no other was.
    """
    columns = moves.touchpoints + 3
    customers = np.full((len(counts), 2), -1, np.int64)
    customers[:, 0] = 0
    for unit in range(len(moves.offsets) - 1):
        first, customer = moves.offsets[unit], moves.customer[unit]
        count_end(groups, first_move(moves, unit), counts, customers, customer)
        source, left_at = np.int64(moves.touchpoint[first]), moves.occurred_at[first]
        for step in range(first + 1, moves.offsets[unit + 1]):
            target, arrived_at = np.int64(moves.touchpoint[step]), moves.occurred_at[step]
            group = group_of(groups, source * columns + target)
            if group >= 0:
                bins[place[group]] = bin_of_gap(arrived_at - left_at)
                place[group] += 1
                meet(customers, group, customer)
            source, left_at = target, arrived_at
        count_end(groups, last_move(moves, unit), counts, customers, customer)
    return customers[:, 0].copy()


@kernel
def grouped_moves(moves: Moves, groups: Groups, group_count: int) -> Grouped:
    """Count moves and customers by group, and lay the bins of the gaps side by side by group.

    Each bin is written behind the others of its group, so that a quantile later reads one group at a
    time: a table of all bins of all groups would not fit a processor's cache.
    """
    counts = np.zeros(group_count, np.int64)
    count_gaps(moves, groups, counts)
    places = np.zeros(group_count + 1, np.int64)
    places[1:] = np.cumsum(counts)
    bins = np.empty(places[-1], np.uint16)
    customers = place_gaps(moves, groups, counts, places[:-1].copy(), bins)
    return Grouped(counts, customers, places, bins)


@kernel
def add_bins(counts: NDArray[np.int64], places: NDArray[np.int64], bins: NDArray[np.uint16]) -> None:
    """Add binned gaps to ``counts``: (groups, BINS)."""
    for group in range(len(counts)):
        for place in range(places[group], places[group + 1]):
            counts[group, bins[place]] += 1


class Binned(NamedTuple):
    """Gaps of groups by bin: those of the i-th group are ``starts[i]`` to ``starts[i + 1]`` of the others.

    ``starts``: (groups + 1,). ``bins``, ``counts``: (bins met,), the bins ascending within a group.
    """

    starts: NDArray[np.int64]
    bins: NDArray[np.int64]
    counts: NDArray[np.int64]


@kernel
def add_gaps(
    counts: NDArray[np.int64], places: NDArray[np.int64], bins: NDArray[np.uint16], group: int
) -> None:
    """Add the gaps of a group to ``counts``: (BINS,)."""
    for chunk in range(len(places)):
        for place in range(places[chunk, group], places[chunk, group + 1]):
            counts[bins[place]] += 1


@kernel
def gaps_of_groups(
    counted: NDArray[np.int64], places: NDArray[np.int64], bins: NDArray[np.uint16], groups: NDArray[np.int64]
) -> Binned:
    """Return the gaps of ``groups`` by bin.

    ``counted``: (groups or 0, BINS) counts already made. ``places``: (chunks, groups + 1) where a group's
    ``bins`` stand in each chunk.
    """
    starts = np.zeros(len(groups) + 1, np.int64)
    met = np.empty(BINS, np.int64)
    found = np.empty(BINS, np.int64)
    end = 0
    for i, group in enumerate(groups):
        counts = counted[group].copy() if len(counted) else np.zeros(BINS, np.int64)
        add_gaps(counts, places, bins, group)
        if end + BINS > len(met):
            met, found = twice(met), twice(found)
        for number in np.flatnonzero(counts):
            met[end], found[end] = number, counts[number]
            end += 1
        starts[i + 1] = end
    return Binned(starts, met[:end], found[:end])


@kernel
def twice(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the values with as much room behind them."""
    grown = np.empty(2 * len(values) + BINS, np.int64)
    grown[: len(values)] = values
    return grown
