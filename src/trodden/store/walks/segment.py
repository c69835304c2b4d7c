"""One segment: complete walks of some customers, sorted by bucket and customer, with an index."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

import numpy as np

from trodden.model.walks import BUCKETS, Bucket
from trodden.store.walks.customers import BUCKET_BITS, HASH_BITS, customer_hash
from trodden.store.walks.sides import BucketSide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from trodden.store._arrow import Column
    from trodden.store.walks.sides import Sides

_Number = TypeVar("_Number", bound=np.generic)
_BUCKET_SHIFT: Final = HASH_BITS - BUCKET_BITS


@dataclass(frozen=True, slots=True)
class Block:
    """Walk rows of some whole buckets; row ``base`` of the segment is row 0 here.

    All arrays are (rows,), as in `model.walks.Bucket`; ``row`` is the place among the side rows.
    """

    base: int
    occurred_at: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    channel_outcome: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    row: NDArray[np.int64]
    properties: Mapping[str, NDArray[np.uint16]] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Index:
    """The customers of a segment by hash, then key; walk ``i`` is ``lengths[i]`` rows from ``starts[i]``.

    ``hashes``: (customers,) uint64, ascending. ``keys``: (customers,) strings, Arrow.
    """

    hashes: NDArray[np.uint64]
    keys: Column
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]

    def find(self, key: str) -> int:
        """Return the position of a customer, -1 where the segment has none of that key."""
        hashed = np.uint64(customer_hash(key))
        first, last = (int(np.searchsorted(self.hashes, hashed, side)) for side in ("left", "right"))
        return next((at for at in range(first, last) if self.keys[at].as_py() == key), -1)

    def offsets(self) -> NDArray[np.int64]:
        """Return (buckets + 1,) the position of the first customer of each bucket, and the end."""
        edges = np.arange(BUCKETS, dtype=np.uint64) << np.uint64(_BUCKET_SHIFT)
        return np.append(np.searchsorted(self.hashes, edges), len(self.hashes))


class Keys(Sequence[str]):
    """Keys of some customers of an index, decoded when asked for."""

    def __init__(self, keys: Column, positions: NDArray[np.int64]) -> None:
        self._keys = keys
        self._positions = positions

    def __len__(self) -> int:
        """Count the customers."""
        return len(self._positions)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Keys: ...
    def __getitem__(self, at: int | slice) -> str | Keys:
        """Decode one key, or narrow to some."""
        if isinstance(at, slice):
            return Keys(self._keys, self._positions[at])
        return self._keys[int(self._positions[at])].as_py()


class Segment:
    """Walks as they lie in memory or in mapped files; a customer whose bit is not ``alive`` has moved on.

    Parameters
    ----------
    index
        Its customers.
    blocks
        Its rows, ascending by ``base``; no bucket stands in two blocks.
    alive
        (customers,) whether the walk counts; None where all do.
    """

    def __init__(self, index: Index, blocks: Sequence[Block], alive: NDArray[np.bool_] | None = None) -> None:
        self.index = index
        self.blocks = blocks
        self.alive = alive

    @cached_property
    def _offsets(self) -> NDArray[np.int64]:
        return self.index.offsets()

    @cached_property
    def _bases(self) -> list[int]:
        return [block.base for block in self.blocks]

    def live(self, first: int, last: int) -> NDArray[np.int64]:
        """Return the positions from ``first`` up to ``last`` whose walks count."""
        if self.alive is None:
            return np.arange(first, last)
        return first + np.flatnonzero(self.alive[first:last])

    def pieces(self, sides: Sides | None = None) -> list[Bucket]:
        """Return one `Bucket` for every bucket this segment has live customers of."""
        found = [
            self.live(int(a), int(b)) for a, b in zip(self._offsets[:-1], self._offsets[1:], strict=True)
        ]
        return [self.bucket(number, live, sides) for number, live in enumerate(found) if len(live)]

    def find(self, key: str) -> int:
        """Return the position of a live customer, -1 where there is none."""
        at = self.index.find(key)
        return at if at >= 0 and (self.alive is None or self.alive[at]) else -1

    def bucket(self, number: int, customers: NDArray[np.int64], sides: Sides | None) -> Bucket:
        """Return a bucket of the customers at these positions, all of bucket ``number``."""
        starts = self.index.starts[customers]
        ends = starts + self.index.lengths[customers]
        block = self.blocks[bisect_right(self._bases, int(starts[0])) - 1]
        first, last = int(starts[0]), int(ends[-1])
        rows = slice(first - block.base, last - block.base)
        return Bucket(
            number=number,
            starts=_frozen(starts - first),
            ends=_frozen(ends - first),
            occurred_at=_frozen(block.occurred_at[rows]),
            touchpoint=_frozen(block.touchpoint[rows]),
            channel_outcome=_frozen(block.channel_outcome[rows]),
            flags=_frozen(block.flags[rows]),
            keys=Keys(self.index.keys, customers),
            properties=_cut(block.properties, rows),
            side=None if sides is None else BucketSide(sides, block.row[rows]),
        )


def _frozen(array: NDArray[_Number]) -> NDArray[_Number]:
    view = array.view()
    view.flags.writeable = False
    return view


def _cut(properties: Mapping[str, NDArray[np.uint16]], rows: slice) -> dict[str, NDArray[np.uint16]]:
    return {name: _frozen(codes[rows]) for name, codes in properties.items()}
