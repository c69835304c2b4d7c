"""Walks that are there already, taken back into rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trodden.store._arrow import Column, pc
from trodden.store.walks.rows import Rows, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trodden.store.walks.segment import Block, Index, Segment
    from trodden.store.walks.side_files import StoredSides


def find_all(index: Index, hashes: NDArray[np.uint64], keys: Column) -> NDArray[np.int64]:
    """Return (customers,) the position of each customer in an index, -1 where it is not there."""
    if not len(index.hashes) or not len(hashes):
        return np.full(len(hashes), -1, np.int64)
    position = np.minimum(np.searchsorted(index.hashes, hashes), len(index.hashes) - 1)
    is_near = index.hashes[position] == hashes
    found = np.where(is_near, position, -1)
    near = np.flatnonzero(is_near)
    same = pc.equal(index.keys.take(position[near]), keys.take(near).cast(index.keys.type))
    for place in near[~same.to_numpy(zero_copy_only=False)]:
        found[place] = index.find(keys[int(place)].as_py())
    return found


def rows_of(
    segment: Segment,
    positions: NDArray[np.int64],
    customers: NDArray[np.int64],
    names: Sequence[str],
    sides: StoredSides,
) -> Rows:
    """Take walks of a segment back into rows.

    Parameters
    ----------
    positions
        (walks,) positions in the index, ascending.
    customers
        (walks,) what their rows' ``customer`` becomes.
    names
        The properties to take along; one the segment lacks is null.
    sides
        Where the walks' side rows lie.
    """
    starts = segment.index.starts[positions]
    number = np.searchsorted([block.base for block in segment.blocks], starts, "right") - 1
    parts = [no_rows(len(names))]
    for one in np.unique(number):
        here = np.flatnonzero(number == one)
        lengths = segment.index.lengths[positions[here]].astype(np.int64)
        block = segment.blocks[int(one)]
        rows = _rows_in(block, spread(starts[here] - block.base, lengths), names, sides)
        parts.append(replace(rows, customer=np.repeat(customers[here], lengths)))
    return joined(parts)


def no_rows(width: int) -> Rows:
    """Return no rows."""
    none = np.zeros(0, np.int64)
    return Rows(
        customer=none,
        occurred_at=none,
        seq=none,
        high=none.astype(np.uint64),
        low=none.astype(np.uint64),
        source=none.astype(np.int32),
        touchpoint=none.astype(np.int32),
        channel_outcome=none.astype(np.uint8),
        row=none,
        properties=np.zeros((width, 0), np.uint16),
    )


def _rows_in(block: Block, places: NDArray[np.int64], names: Sequence[str], sides: StoredSides) -> Rows:
    row = block.row()[places]
    ties = sides.ties(row)
    return Rows(
        customer=row,
        occurred_at=block.occurred_at[places],
        seq=ties.seq,
        high=ties.high,
        low=ties.low,
        source=ties.source,
        touchpoint=block.touchpoint[places].astype(np.int32),
        channel_outcome=block.channel_outcome[places],
        row=row,
        properties=_properties(block, names, places),
    )


def spread(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return every place of runs that begin at ``starts`` and are ``lengths`` long."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - (ends - lengths), lengths)


def _properties(block: Block, names: Sequence[str], places: NDArray[np.int64]) -> NDArray[np.uint16]:
    found = np.zeros((len(names), len(places)), np.uint16)
    held = block.properties()
    for number, name in enumerate(names):
        if name in held:
            found[number] = held[name][places]
    return found
