"""Transitions: moves from one step of a unit to the next, with START, END and OPEN.

A unit of steps ``a b c`` moves START to a, a to b, b to c, and c to END, or to OPEN where the unit is still
open at ``as_of``. A move's gap is the time between its two steps; moves from START and to END or OPEN have
none. Ties count as moves like any other, in the order of the walk, with a gap of 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.units import OPEN as OPEN_UNIT
from trodden.methods.journeys.units import Units, frozen, has_any
from trodden.methods.stats.logbins import BINS
from trodden.methods.stats.medians import Counted
from trodden.methods.stats.tally import Tally, tally

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_transitions import Groups, Moves

START, END, OPEN = "START", "END", "OPEN"
ENDS: Final = (START, END, OPEN)

DENSE_COUNTS: Final = 1 << 17
"""Up to this many possible moves are counted in a table, more by sorting."""
DENSE_GROUPS: Final = 1 << 17
"""Up to this many possible moves find their group in a table, more by bisection."""
MOST_BINS: Final = 1 << 25
"""Gaps are kept one by one up to this many, then counted by bin."""


def told_name(touchpoint: str) -> str:
    """Return a touchpoint as answers name it beside START, END and OPEN."""
    return f'"{touchpoint}"' if touchpoint in ENDS else touchpoint


def moves_of(units: Units, touchpoints: int) -> Moves:
    """Return units as the kernels of this module take them."""
    from trodden.methods.journeys.kernels_transitions import Moves

    return Moves(units.offsets, units.touchpoint, units.occurred_at, units.customer, units.state, touchpoints)


def count_moves(units: Units, touchpoints: int) -> Tally:
    """Count moves by number, ``source * (touchpoints + 3) + target``.

    START is code ``touchpoints``, END and OPEN are the next two.
    """
    import numpy as np

    from trodden.methods.journeys import kernels_transitions as kernels

    moves = moves_of(units, touchpoints)
    if (touchpoints + 3) ** 2 > DENSE_COUNTS:
        return tally(kernels.list_moves(moves))
    counts = kernels.count_moves(moves)
    keys = np.flatnonzero(counts)
    return Tally(keys, counts[keys])


def groups_of(
    moves: NDArray[np.int64], groups: NDArray[np.int32], touchpoints: int, *, other: int = -1
) -> Groups:
    """Return the groups of moves: ``groups[i]`` for ``moves[i]``, ``other`` (-1: none) for the rest."""
    import numpy as np

    from trodden.methods.journeys.kernels_transitions import Groups

    cells = (touchpoints + 3) ** 2
    order = np.argsort(moves)
    table = np.full(cells if cells <= DENSE_GROUPS else 0, other, dtype=np.int32)
    if len(table):
        table[moves] = groups
    return Groups(frozen(table), frozen(moves[order]), frozen(groups[order]), other)


@dataclass(slots=True)
class MoveGroups:
    """Moves counted by group: a state that adds up over buckets.

    ``counts``, ``customers``: (groups,). ``chunks``: gaps as bins, group by group: (groups + 1,) places and
    (gaps,) bins of each bucket, until there are too many. ``counted``: (groups or 0, BINS) of those counted
    since. ``binned``: how many gaps the chunks hold.
    """

    counts: NDArray[np.int64]
    customers: NDArray[np.int64]
    chunks: list[tuple[NDArray[np.int64], NDArray[np.uint16]]]
    counted: NDArray[np.int64]
    binned: int = 0

    def add(self, other: MoveGroups) -> MoveGroups:
        """Add the counts of other customers; neither is used again but for the result."""
        self.counts += other.counts
        self.customers += other.customers
        self.chunks += other.chunks
        if len(self.counted) and len(other.counted):
            self.counted += other.counted
        elif len(other.counted):
            self.counted = other.counted
        self.binned += other.binned
        if self.binned > MOST_BINS:
            self._count_chunks()
        return self

    def _count_chunks(self) -> None:
        import numpy as np

        from trodden.methods.journeys.kernels_transitions import add_bins

        if not len(self.counted):
            self.counted = np.zeros((len(self.counts), BINS), dtype=np.int64)
        for places, bins in self.chunks:
            add_bins(self.counted, places, bins)
        self.chunks, self.binned = [], 0

    def gaps(self, groups: Iterable[int]) -> list[Counted]:
        """Return the gaps of some groups by bin."""
        import numpy as np

        from trodden.methods.journeys.kernels_transitions import gaps_of_groups

        asked = np.fromiter(groups, dtype=np.int64)
        starts, bins, counts = gaps_of_groups(self.counted, *self._joined(), asked)
        return [Counted(counts[first:end], bins[first:end]) for first, end in pairwise(starts.tolist())]

    def _joined(self) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
        """Return the places of all chunks, and their bins one chunk after the other."""
        import numpy as np

        if not self.chunks:
            return np.zeros((0, len(self.counts) + 1), dtype=np.int64), np.zeros(0, dtype=np.uint16)
        before = np.cumsum([0, *(len(bins) for _, bins in self.chunks[:-1])])
        places = np.array([places for places, _ in self.chunks]) + before[:, np.newaxis]
        return places, np.concatenate([bins for _, bins in self.chunks])


def empty_groups(group_count: int) -> MoveGroups:
    """Return the state of no moves at all."""
    import numpy as np

    counts = np.zeros((2, group_count), dtype=np.int64)
    return MoveGroups(counts[0], counts[1], [], np.zeros((0, BINS), dtype=np.int64))


def group_moves(units: Units, touchpoints: int, groups: Groups, group_count: int) -> MoveGroups:
    """Count the moves of one bucket, and their customers and gaps, by group."""
    from trodden.methods.journeys.kernels_transitions import grouped_moves

    found = grouped_moves(moves_of(units, touchpoints), groups, group_count)
    none = empty_groups(group_count).counted
    return MoveGroups(found.counts, found.customers, [(found.places, found.bins)], none, len(found.bins))


def units_at(units: Units, touchpoints: int, code: int) -> NDArray[np.bool_]:
    """Say of every unit whether it was at a touchpoint; behind these, START is of all, END, OPEN of some."""
    import numpy as np

    if code < touchpoints:
        return has_any(units, units.touchpoint == code)
    is_open = units.state == OPEN_UNIT
    ends = (np.ones(len(units), dtype=np.bool_), ~is_open, is_open)
    return ends[code - touchpoints]


def units_that_moved(units: Units, touchpoints: int, move: tuple[int, int]) -> NDArray[np.bool_]:
    """Say of every unit whether it made a move at least once; the codes are those of `count_moves`."""
    import numpy as np

    source, target = move
    first, last = units.offsets[:-1], units.offsets[1:] - 1
    if target > touchpoints:
        return (units.touchpoint[last] == source) & units_at(units, touchpoints, target)
    if source >= touchpoints:
        return units.touchpoint[first] == target
    moved = np.zeros(len(units.touchpoint), dtype=np.bool_)
    moved[:-1] = (units.touchpoint[:-1] == source) & (units.touchpoint[1:] == target)
    moved[last] = False
    return has_any(units, moved)
