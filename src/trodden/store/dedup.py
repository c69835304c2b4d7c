"""Find events that are there already: by month and by all sixteen bytes of the event id.

An event id is a hash, so its first half, read as a number, is as good as unique: months are kept
as sorted first halves with the second half beside, and equal first halves are looked at in full.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trodden.store._arrow import Column, pa

Halves = NDArray[np.uint64]
"""(ids, 2): the two halves of event ids."""

KEPT_IDS: Final = 40_000_000
"""How many ids may stay in memory (16 bytes each); months least recently used go first."""


_NONE: Final[Halves] = np.empty((0, 2), dtype=np.uint64)


def halves(ids: Column) -> Halves:
    """Return event ids as pairs of numbers.

    Parameters
    ----------
    ids
        (events,) binaries of exactly 16 bytes, no nulls.
    """
    chunks = ids.chunks if isinstance(ids, pa.ChunkedArray) else [ids]
    parts = [_halves_of(chunk) for chunk in chunks if len(chunk)]
    return np.concatenate([_NONE, *parts])


def first_rows(ids: Halves) -> NDArray[np.bool_]:
    """Mark the first row of each distinct id; later rows of it are duplicates."""
    order = sorted_order(ids)
    ranked = ids[order]
    repeats = np.zeros(len(ids), dtype=np.bool_)
    repeats[1:] = (ranked[1:] == ranked[:-1]).all(axis=1)
    is_first = np.empty(len(ids), dtype=np.bool_)
    is_first[order] = ~repeats
    return is_first


def sorted_order(ids: Halves) -> NDArray[np.intp]:
    """Return the order of ids by both halves; equal ids keep the order of their rows."""
    order = np.argsort(ids[:, 0], kind="stable")
    ranked = ids[order]
    same_first = ranked[1:, 0] == ranked[:-1, 0]
    if (same_first & (ranked[1:, 1] < ranked[:-1, 1])).any():
        return np.lexsort((ids[:, 1], ids[:, 0]))
    return order


class MonthIds:
    """The ids of one month, sorted."""

    def __init__(self, ids: Halves) -> None:
        self._sorted: Halves = ids[sorted_order(ids)]

    def __len__(self) -> int:
        """Count the ids."""
        return len(self._sorted)

    def has(self, ids: Halves) -> NDArray[np.bool_]:
        """Say of each id whether it is here."""
        order = np.argsort(ids[:, 0])
        found = np.empty(len(ids), dtype=np.bool_)
        found[order] = self._has_sorted(ids[order])
        return found

    def add(self, ids: Halves) -> None:
        """Take in ids that are not here yet."""
        both = np.concatenate([self._sorted, ids[sorted_order(ids)]])
        self._sorted = both[sorted_order(both)]

    def _has_sorted(self, ids: Halves) -> NDArray[np.bool_]:
        if not len(self._sorted):
            return np.zeros(len(ids), dtype=np.bool_)
        place = np.searchsorted(self._sorted[:, 0], ids[:, 0])
        near = self._sorted[np.minimum(place, len(self._sorted) - 1)]
        found = (near == ids).all(axis=1)
        for row in np.flatnonzero(~found & (near[:, 0] == ids[:, 0])):
            found[row] = self._has_beyond(ids[row], int(place[row]))
        return found

    def _has_beyond(self, wanted: Halves, place: int) -> bool:
        return bool((self._sorted[place:] == wanted).all(axis=1).any())


@dataclass(slots=True)
class SeenIds:
    """The ids of the months touched lately, read from the table when first asked for.

    ``read``: returns the ids of a month as they stand in the table.
    """

    read: Callable[[int], list[Halves]]
    _months: dict[int, MonthIds] = field(default_factory=dict[int, MonthIds])
    _partial: set[int] = field(default_factory=set[int])
    _evicted: set[int] = field(default_factory=set[int])

    def new_rows(self, month: int, ids: Halves, *, is_fresh: bool) -> NDArray[np.bool_]:
        """Mark the rows that are neither in the table nor earlier in ``ids``.

        ``is_fresh``: no event of these sources stood in the table before this process began to add
        them, so the table need not be read.
        """
        rows = first_rows(ids)
        known = self._month(month, is_fresh=is_fresh)
        if len(known):
            rows &= ~known.has(ids)
        return rows

    def add(self, month: int, ids: Halves) -> None:
        """Note ids that have been committed."""
        self._months[month].add(ids)
        self._forget_old(month)

    def forget(self) -> None:
        """Forget everything: the table was changed by somebody else, and nothing is fresh any more."""
        self._evicted.update(self._partial)
        self._months.clear()
        self._partial.clear()

    def _month(self, month: int, *, is_fresh: bool) -> MonthIds:
        if month in self._partial and not is_fresh:
            del self._months[month]
            self._partial.discard(month)
        if month not in self._months:
            self._months[month] = self._read(month, is_fresh=is_fresh)
        self._months[month] = self._months.pop(month)
        return self._months[month]

    def _read(self, month: int, *, is_fresh: bool) -> MonthIds:
        if is_fresh and month not in self._evicted:
            self._partial.add(month)
            return MonthIds(_NONE)
        parts: list[Halves] = [_NONE, *self.read(month)]
        return MonthIds(np.concatenate(parts))

    def _forget_old(self, kept: int) -> None:
        total = sum(len(ids) for ids in self._months.values())
        for month in list(self._months):
            if total <= KEPT_IDS or month == kept:
                continue
            total -= len(self._months.pop(month))
            self._partial.discard(month)
            self._evicted.add(month)


def _halves_of(chunk: Column) -> Halves:
    data = chunk.buffers()[1]
    return np.frombuffer(data, dtype="<u8", count=2 * len(chunk), offset=16 * chunk.offset).reshape(-1, 2)
