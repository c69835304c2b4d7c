"""One segment: complete walks of some customers, sorted by bucket and customer, with an index."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numpy as np

from trodden.model.walks import BUCKETS, Bucket
from trodden.store._arrow import pa, pc
from trodden.store.walks.customers import BUCKET_BITS, HASH_BITS, customer_hash
from trodden.store.walks.sides import BucketSide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.store._arrow import Column
    from trodden.store.walks.sides import Sides

_Number = TypeVar("_Number", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Block:
    """Walk rows of some whole buckets; row ``base`` of the segment is row 0 here.

    All arrays are (rows,), as in `model.walks.Bucket`. ``row`` gives the places among the side rows and
    ``properties`` the promoted codes when asked: what is not asked for is not read from disk.
    """

    base: int
    occurred_at: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    channel_outcome: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    row: Callable[[], NDArray[np.int64]]
    properties: Callable[[], Mapping[str, NDArray[np.uint16]]]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.occurred_at)


class PropertyColumns(Mapping[str, "NDArray[np.uint16]"]):
    """Promoted codes of some rows of a block; of ``names``, those the block lacks are null throughout."""

    def __init__(self, block: Block, rows: slice, names: Sequence[str]) -> None:
        self._block = block
        self._rows = rows
        self._names = names

    def __getitem__(self, name: str) -> NDArray[np.uint16]:
        """Return the codes of a promoted property."""
        if name not in self._names:
            raise KeyError(name)
        codes = self._block.properties().get(name)
        if codes is None:
            codes = np.zeros(len(self._block), np.uint16)
        return _frozen(codes[self._rows])

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._names)

    def __len__(self) -> int:
        """Count the names."""
        return len(self._names)


@dataclass(frozen=True, slots=True)
class Index:
    """The customers of a segment by hash, then key; walk ``i`` is ``lengths[i]`` rows from ``starts[i]``.

    ``hashes``: (customers,) uint64, ascending. ``keys``: (customers,) strings, Arrow. ``offsets``:
    (buckets + 1,) the position of the first customer of each bucket, and the end.
    """

    hashes: NDArray[np.uint64]
    keys: Column
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]
    offsets: NDArray[np.int64]

    def find(self, key: str) -> int:
        """Return the position of a customer, -1 where the segment has none of that key."""
        hashed = np.uint64(customer_hash(key))
        first, last = (int(np.searchsorted(self.hashes, hashed, side)) for side in ("left", "right"))
        return next((at for at in range(first, last) if self.keys[at].as_py() == key), -1)


def offsets_of(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return (buckets + 1,) where each bucket begins among ascending hashes, and their end."""
    edges = np.arange(BUCKETS, dtype=np.uint64) << np.uint64(HASH_BITS - BUCKET_BITS)
    return np.append(np.searchsorted(hashes, edges), len(hashes)).astype(np.int64)


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

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:  # noqa: ANN401 - as a sequence takes it
        """Return the place of a key, without decoding the others.

        Raises
        ------
        ValueError
            It is not among them.
        """
        place = pc.index(self._keys.take(self._positions[start:stop]), value).as_py()
        if place < 0:
            raise ValueError(f"{value!r} is not among the keys.")
        return start + place


class Segment:
    """Walks as they lie in memory or in mapped files; a customer whose bit is not ``alive`` has moved on.

    Parameters
    ----------
    index
        Its customers.
    blocks
        Its rows, ascending by ``base``; no bucket stands in two blocks.
    names
        The promoted properties of the snapshot.
    alive
        (customers,) whether the walk counts; None where all do.
    """

    def __init__(
        self,
        index: Index,
        blocks: Sequence[Block],
        names: Sequence[str] = (),
        alive: NDArray[np.bool_] | None = None,
    ) -> None:
        self.index = index
        self.blocks = blocks
        self.names = names
        self.alive = alive

    @cached_property
    def _bases(self) -> list[int]:
        return [block.base for block in self.blocks]

    def live(self, first: int, last: int) -> NDArray[np.int64]:
        """Return the positions from ``first`` up to ``last`` whose walks count."""
        if self.alive is None:
            return np.arange(first, last)
        return first + np.flatnonzero(self.alive[first:last])

    def block_of(self, row: int) -> Block:
        """Return the block a row of the segment stands in."""
        return self.blocks[bisect_right(self._bases, row) - 1]

    def pieces(self, sides: Sides | None = None) -> list[Bucket]:
        """Return one `Bucket` for every bucket this segment has live customers of."""
        edges = self.index.offsets.tolist()
        found = [self.live(first, last) for first, last in pairwise(edges)]
        return [self.bucket(number, live, sides) for number, live in enumerate(found) if len(live)]

    def find(self, key: str) -> int:
        """Return the position of a live customer, -1 where there is none."""
        at = self.index.find(key)
        return at if at >= 0 and (self.alive is None or self.alive[at]) else -1

    def beginning(self, text: str, most: int) -> list[str]:
        """Return the keys of live customers that begin with a text, the first ``most`` of them in order."""
        fits = pc.starts_with(self.index.keys, text)
        if self.alive is not None:
            fits = pc.and_(fits, pa.array(self.alive.astype(np.bool_)))
        found = pc.filter(self.index.keys, fits)
        if len(found) > most:
            found = pc.take(found, pc.select_k_unstable(found, most, [("", "ascending")]))
        return sorted(found.to_pylist())

    def bucket(self, number: int, customers: NDArray[np.int64], sides: Sides | None) -> Bucket:
        """Return a bucket of the customers at these positions, all of bucket ``number``."""
        starts = self.index.starts[customers]
        ends = starts + self.index.lengths[customers]
        block = self.block_of(int(starts[0]))
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
            properties=PropertyColumns(block, rows, self.names),
            side=None if sides is None else BucketSide(sides, lambda: block.row()[rows]),
        )


def _frozen(array: NDArray[_Number]) -> NDArray[_Number]:
    view = array.view()
    view.flags.writeable = False
    return view
