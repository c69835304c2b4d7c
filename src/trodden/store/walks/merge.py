"""Which walks that are there already a refresh writes anew, beside those of new events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.store._arrow import pa
from trodden.store.walks.build import Customers, customers_of
from trodden.store.walks.stored_rows import find_all, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from trodden.store.walks.customers import People
    from trodden.store.walks.rows import Rows
    from trodden.store.walks.segment import Segment
    from trodden.store.walks.side_files import StoredSides
    from trodden.store.walks.state import State

ABSORBED: Final = 1_000_000
"""Rows of other customers a refresh may write anew to keep the segments few; more is left to `compact`."""

_RATIO: Final = 2
"""A segment is taken in when it is at most this many times as large as what is written anyway: so a row
is written again once for every doubling, and the segments number the logarithm of the rows."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Walks of one segment to be written anew: positions in its index, ascending, and customer codes."""

    number: int
    segment: Segment
    positions: NDArray[np.int64]
    codes: NDArray[np.int64]

    @property
    def events(self) -> int:
        """Count their rows."""
        return int(self.segment.index.lengths[self.positions].sum())

    def rows(self, buckets: tuple[int, int], names: Sequence[str], merge: Merge, sides: StoredSides) -> Rows:
        """Return the rows of the customers in some buckets."""
        edges = self.segment.index.offsets[list(buckets)]
        first, last = np.searchsorted(self.positions, edges)
        customers = merge.customers.place[self.codes[first:last]]
        return rows_of(self.segment, self.positions[first:last], customers, names, sides)


@dataclass(frozen=True, slots=True)
class Merge:
    """What a refresh writes anew, and the customers of all of it.

    ``dead``: by number of a segment that stays, the positions that move on. ``gone``: numbers of the
    segments all of whose customers do.
    """

    customers: Customers
    taken: Sequence[Taken]
    dead: dict[int, NDArray[np.int64]]
    gone: frozenset[int]


def plan_merge(state: State, people: People, new_rows: int, *, everything: bool) -> Merge:
    """Choose the walks to write anew: those of customers with new events, and those of small segments.

    Parameters
    ----------
    people
        The customers of new events.
    everything
        Write every walk anew.
    """
    touched = list(_touched(state, people))
    absorbed = _absorbed(state, touched, new_rows, everything=everything)
    keys, hashes = [people.keys], [people.hashes]
    taken: list[Taken] = []
    known = len(people)
    for one in touched:
        if one.number in absorbed:
            others = _others(one)
            taken.append(_with_others(one, others, known))
            known += len(others)
            keys.append(one.segment.index.keys.take(others))
            hashes.append(one.segment.index.hashes[others])
        elif len(one.positions):
            taken.append(one)
    dead = {one.number: one.positions for one in taken if one.number not in absorbed}
    every = pa.concat_arrays([part.cast(pa.large_string()) for part in keys])
    return Merge(customers_of(every, np.concatenate(hashes)), taken, dead, frozenset(absorbed))


def _touched(state: State, people: People) -> Iterator[Taken]:
    keys, hashes = people.keys, people.hashes
    for number, segment in enumerate(state.segments):
        found = find_all(segment.index, hashes, keys)
        if segment.alive is not None:
            found[found >= 0] = np.where(segment.alive[found[found >= 0]], found[found >= 0], -1)
        codes = np.flatnonzero(found >= 0)
        order = np.argsort(found[codes])
        yield Taken(number, segment, found[codes][order], codes[order])


def _absorbed(state: State, touched: Sequence[Taken], new_rows: int, *, everything: bool) -> set[int]:
    live = [entry.live_events for entry in state.manifest.segments]
    rest = {one.number: live[one.number] - one.events for one in touched}
    if everything:
        return set(rest)
    written = new_rows + sum(one.events for one in touched)
    absorbed: set[int] = set()
    for number, events in sorted(rest.items(), key=lambda item: item[1]):
        if events and (events > _RATIO * written or written + events > ABSORBED):
            break
        absorbed.add(number)
        written += events
    return absorbed


def _others(one: Taken) -> NDArray[np.int64]:
    live = one.segment.live(0, len(one.segment.index.hashes))
    return live[~np.isin(live, one.positions)]


def _with_others(one: Taken, others: NDArray[np.int64], known: int) -> Taken:
    positions = np.concatenate([one.positions, others])
    codes = np.concatenate([one.codes, known + np.arange(len(others))])
    order = np.argsort(positions)
    return Taken(one.number, one.segment, positions[order], codes[order])
