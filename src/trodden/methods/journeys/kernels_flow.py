"""Kernels: what stands at each position after or before the places a flow starts from."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trodden.methods.kernels import kernel

OPEN_UNIT = 0


class Read(NamedTuple):
    """Units as a flow reads them, and the places it starts from.

    ``unit``, ``at``: (starts,), the unit of each start, ascending, and the step it stands at, which may be
    one before the unit's first or behind its last. ``touchpoints`` is how many codes there are; behind them
    stand START, END and OPEN. ``step`` is 1 where positions count forward, -1 backward.
    """

    offsets: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    state: NDArray[np.uint8]
    unit: NDArray[np.int64]
    at: NDArray[np.int64]
    touchpoints: int
    step: int


class Grid(NamedTuple):
    """Starts, and distinct units, by group at each position, and by the group before and the group there.

    ``nodes``: (positions, groups, 2). ``edges``: (positions, groups, groups, 2); at the first position the
    group before is 0.
    """

    nodes: NDArray[np.int64]
    edges: NDArray[np.int64]


@kernel
def code_at(read: Read, unit: int, place: int) -> int:
    """Return the touchpoint at a place, or what the unit begins or ends with where it is beyond."""
    if read.offsets[unit] <= place < read.offsets[unit + 1]:
        return np.int64(read.touchpoint[place])
    if read.step < 0:
        return read.touchpoints
    return read.touchpoints + (2 if read.state[unit] == OPEN_UNIT else 1)


@kernel
def count_places(read: Read, positions: int) -> NDArray[np.int64]:
    """Count the starts by touchpoint, or end, at each position; (positions, touchpoints + 3)."""
    counts = np.zeros((positions, read.touchpoints + 3), np.int64)
    for start in range(len(read.unit)):
        place = read.at[start]
        for position in range(positions):
            place += read.step
            code = code_at(read, read.unit[start], place)
            counts[position, code] += 1
            if code >= read.touchpoints:
                break
    return counts


@kernel
def meet(counts: NDArray[np.int64], unit: int, last: NDArray[np.int64]) -> None:
    """Count a start, and its unit where it is not the ``last`` one counted; both (cells, ...) of one cell."""
    counts[0] += 1
    counts[1] += last[0] != unit
    last[0] = unit


@kernel
def count_grid(read: Read, groups: NDArray[np.int32], group_count: int) -> Grid:
    """Count starts and their units by group.

    ``groups``: (positions, touchpoints + 3), the group of each code. Units ascend, so a
    cell has met a unit before only if it was the last one it met.
    """
    positions = len(groups)
    grid = Grid(
        np.zeros((positions, group_count, 2), np.int64),
        np.zeros((positions, group_count, group_count, 2), np.int64),
    )
    at_node = np.full((positions, group_count, 1), -1, np.int64)
    at_edge = np.full((positions, group_count, group_count, 1), -1, np.int64)
    for start in range(len(read.unit)):
        unit, place, source = read.unit[start], read.at[start], 0
        for position in range(positions):
            place += read.step
            code = code_at(read, unit, place)
            target = groups[position, code]
            meet(grid.nodes[position, target], unit, at_node[position, target])
            meet(grid.edges[position, source, target], unit, at_edge[position, source, target])
            if code >= read.touchpoints:
                break
            source = target
    return grid
