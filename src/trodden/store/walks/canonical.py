"""What walks say, in one form: equal walks give equal bytes, however they came to be."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.store.walks.tables import iter_event_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.store.walks.snapshot import WalkSnapshot

_DIGEST: Final = 16
_SIDE: Final = ("event_id", "seq")


def dump(snapshot: WalkSnapshot) -> Iterator[bytes]:
    """Return what walks say as lines: ``as_of``, the promoted properties with their types, then every row.

    Customers come by key, rows in walk order, codes as what they stand for. What is left out is what may
    differ between equal walks: codes, the order of names in dictionaries, segments and side files.
    """
    dictionaries = snapshot.dictionaries
    yield _line([snapshot.as_of, snapshot.time_zone])
    for one in sorted(dictionaries.properties, key=lambda one: one.name):
        yield _line([one.name, one.type, one.nulls, one.unparsed])
    rows = [row for batch in iter_event_tables(snapshot, _SIDE) for row in batch.to_pylist()]
    for row in sorted(rows, key=lambda row: row["customer"]):
        yield _line({**row, "event_id": row["event_id"].hex()})


def fingerprint(snapshot: WalkSnapshot) -> str:
    """Return a hash of `dump`."""
    digest = blake2b(digest_size=_DIGEST)
    for line in dump(snapshot):
        digest.update(line)
    return digest.hexdigest()


def _line(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted") + b"\n"
