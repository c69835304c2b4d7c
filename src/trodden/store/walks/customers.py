"""Who an event belongs to, and in which bucket that customer's walk lies."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.methods.rows.columns import TextColumn
from trodden.methods.rows.digests import text_digests
from trodden.store._arrow import Column, pa, pc
from trodden.store.coding import Interner, text_buffers

if TYPE_CHECKING:
    from numpy.typing import NDArray

HASH_BITS: Final = 64
BUCKET_BITS: Final = 6
_DIGEST: Final = HASH_BITS // 8
_TILE: Final = 65_536
"""Keys hashed at a time, so that their places fit 32 bits."""


def resolve(ids: Column) -> Column:
    """Return the customer of each event: the value of its first identifier.

    Null where an event has no identifier or the first one's value is empty. The kind is not looked
    at: ``user 7`` and ``device 7`` are one customer until a rule of its own stitches identities.

    Parameters
    ----------
    ids
        (events,) lists of ``{kind, value}``, as they arrived.
    """
    lists = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    some = pc.fill_null(pc.greater(pc.list_value_length(lists), 0), fill_value=False)
    first = pa.array(lists.offsets.to_numpy()[:-1])
    keys = pc.take(
        pc.struct_field(lists.values, "value"), pc.if_else(some, first, pa.scalar(None, first.type))
    )
    return pc.if_else(pc.equal(keys, ""), pa.scalar(None, keys.type), keys)


def customer_hash(key: str) -> int:
    """Return BLAKE2b-64 of the key in UTF-8, read as a big-endian number."""
    return int.from_bytes(blake2b(key.encode(), digest_size=_DIGEST).digest(), "big")


def customer_hashes(keys: Column) -> NDArray[np.uint64]:
    """Return `customer_hash` of many keys."""
    data, offsets = text_buffers(keys)
    found = [_hashes(data, offsets[first : first + _TILE + 1]) for first in range(0, len(offsets) - 1, _TILE)]
    return np.concatenate([np.zeros(0, np.uint64), *found])


def _hashes(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the hashes of texts that lie one after another."""
    texts = TextColumn(
        data[offsets[0] : offsets[-1]],
        (offsets - offsets[0]).astype(np.int32),
        np.ones(len(offsets) - 1, np.bool_),
    )
    return text_digests(b"", texts, _DIGEST)[:, 0].byteswap()


def bucket_of(hashed: int) -> int:
    """Return the bucket of a customer hash: its top six bits."""
    return hashed >> (HASH_BITS - BUCKET_BITS)


def buckets_of(hashes: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return `bucket_of` of many hashes."""
    return (hashes >> np.uint64(HASH_BITS - BUCKET_BITS)).astype(np.uint8)


def ranks(hashes: NDArray[np.uint64], keys: Column) -> NDArray[np.int64]:
    """Return (customers,) the place of each customer by hash, equal hashes by key."""
    order = np.argsort(hashes, kind="stable")
    equal = np.flatnonzero(hashes[order[1:]] == hashes[order[:-1]])
    if len(equal):
        order = np.array(sorted(order.tolist(), key=lambda at: (hashes[at], keys[at].as_py())))
    rank = np.empty(len(hashes), np.int64)
    rank[order] = np.arange(len(hashes))
    return rank


class People:
    """The customers met in a build: a code for each key, and its hash."""

    def __init__(self) -> None:
        self._keys = Interner()
        self._hashes: list[NDArray[np.uint64]] = []
        self._hashed = 0

    def __len__(self) -> int:
        """Count the customers."""
        return len(self._keys)

    def codes(self, keys: Column) -> NDArray[np.int64]:
        """Return the codes of keys, none null, giving new ones the next codes."""
        codes = self._keys.codes(keys)
        new = self._keys.texts(self._hashed)
        if len(new):
            self._hashes.append(customer_hashes(new))
            self._hashed += len(new)
        return codes

    @property
    def keys(self) -> Column:
        """Return the key of each code."""
        return self._keys.texts()

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """Return the hash of each code."""
        if len(self._hashes) != 1:
            self._hashes = [np.concatenate([np.zeros(0, np.uint64), *self._hashes])]
        return self._hashes[0]
