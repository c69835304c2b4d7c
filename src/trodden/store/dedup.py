"""Find events that are there already: by month and by all sixteen bytes of the event id.

An event id is a hash, so its first half, read as a number, is as good as unique: ids are kept
sorted by it with the second half beside, and where first halves are equal both are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trodden.store import kernels_ids
from trodden.store._arrow import Column, pa
from trodden.store.schema import month_moved

KEPT_IDS: Final = 40_000_000
"""How many ids may stay in memory (16 bytes each); months least recently used go first."""

RUNS: Final = 6
"""How many sorted runs a month may be in before they are joined."""

Mask = NDArray[np.bool_]


class Ids(NamedTuple):
    """Event ids as two halves: (ids,) numbers each."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]

    def take(self, rows: NDArray[np.intp] | Mask) -> Ids:
        """Return the ids at these rows."""
        return Ids(self.high[rows], self.low[rows])


def ids_of(column: Column) -> Ids:
    """Return event ids as halves.

    Parameters
    ----------
    column
        (events,) binaries of exactly 16 bytes, no nulls.
    """
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    return joined(_halves(chunk) for chunk in chunks)


def joined(parts: Iterable[Ids]) -> Ids:
    """Return ids one after the other."""
    every = [_NONE, *parts]
    return Ids(np.concatenate([one.high for one in every]), np.concatenate([one.low for one in every]))


def sorted_order(ids: Ids) -> NDArray[np.intp]:
    """Return the order of ids by both halves; equal ids keep the order of their rows."""
    high, low = (np.ascontiguousarray(half) for half in ids)
    order = np.empty(len(high), np.int64)
    bits = max(1, len(high).bit_length() // 2)
    return order if kernels_ids.order_ids(high, low, bits, order) else np.lexsort((low, high))


def repeats(ids: Ids) -> Mask:
    """Mark, in sorted ids, those equal to the one before."""
    found = np.zeros(len(ids.high), dtype=np.bool_)
    found[1:] = (ids.high[1:] == ids.high[:-1]) & (ids.low[1:] == ids.low[:-1])
    return found


class MonthIds:
    """The ids of one month, in a few sorted runs."""

    def __init__(self, ids: Ids) -> None:
        self._runs = [ids.take(sorted_order(ids))]

    def __len__(self) -> int:
        """Count the ids."""
        return sum(len(run.high) for run in self._runs)

    def has(self, ids: Ids) -> Mask:
        """Say of each of some sorted ids whether it is here."""
        found = np.zeros(len(ids.high), dtype=np.bool_)
        for run in self._runs:
            kernels_ids.mark_known(*run, *ids, found)
        return found

    def add(self, ids: Ids) -> None:
        """Take in sorted ids that are not here yet."""
        self._runs.append(ids)
        if len(self._runs) > RUNS:
            every = joined(self._runs)
            self._runs = [every.take(sorted_order(every))]


class NewRows(NamedTuple):
    """Rows that are new, in their own order, and their ids, sorted."""

    rows: NDArray[np.intp]
    ids: Ids


@dataclass(slots=True)
class SeenIds:
    """The ids of the months touched lately, read from the table when first asked for.

    ``read``: returns the ids of a month as they stand in the table.
    """

    read: Callable[[int], Iterable[Ids]]
    _months: dict[int, MonthIds] = field(default_factory=dict[int, MonthIds])
    _partial: set[int] = field(default_factory=set[int])
    _evicted: set[int] = field(default_factory=set[int])

    def new_rows(self, month: int, ids: Ids, *, is_fresh: bool) -> NewRows:
        """Find the rows that are neither in the table nor earlier in ``ids``.

        ``is_fresh``: no event of these sources stood in the table before this process began to add
        them, so the table need not be read.
        """
        order = sorted_order(ids)
        ranked = ids.take(order)
        is_new = ~(repeats(ranked) | self._month(month, is_fresh=is_fresh).has(ranked))
        if not is_fresh:
            # A file read again in another zone moves events across the end of a month.
            for beside in (month_moved(month, -1), month_moved(month, 1)):
                is_new &= ~self._month(beside, is_fresh=False).has(ranked)
        if is_new.all():
            return NewRows(np.arange(len(order), dtype=np.intp), ranked)
        return NewRows(np.sort(order[is_new]), ranked.take(is_new))

    def add(self, month: int, ids: Ids) -> None:
        """Note sorted ids that have been committed."""
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
        return MonthIds(joined(self.read(month)))

    def _forget_old(self, kept: int) -> None:
        total = sum(len(ids) for ids in self._months.values())
        for month in list(self._months):
            if total <= KEPT_IDS or month == kept:
                continue
            total -= len(self._months.pop(month))
            self._partial.discard(month)
            self._evicted.add(month)


_NONE: Final = Ids(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.uint64))


def _halves(chunk: Column) -> Ids:
    words = np.frombuffer(chunk.buffers()[1] or b"", dtype="<u8")
    pairs = words[2 * chunk.offset : 2 * (chunk.offset + len(chunk))].reshape(-1, 2)
    return Ids(pairs[:, 0], pairs[:, 1])
