"""Who an event belongs to, and in which bucket that customer's walk lies."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from trodden.store._arrow import Column, pa, pc

HASH_BITS: Final = 64
BUCKET_BITS: Final = 6


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
    return pc.if_else(pc.equal(keys, ""), pa.scalar(None, pa.string()), keys)


def customer_hash(key: str) -> int:
    """Return BLAKE2b-64 of the key in UTF-8, read as a big-endian number."""
    return int.from_bytes(blake2b(key.encode(), digest_size=HASH_BITS // 8).digest(), "big")


def bucket_of(hashed: int) -> int:
    """Return the bucket of a customer hash: its top six bits."""
    return hashed >> (HASH_BITS - BUCKET_BITS)
