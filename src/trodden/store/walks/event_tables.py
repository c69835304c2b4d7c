"""Live walk rows as Arrow tables: for SQL views and exports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trodden.model.event import CHANNELS, OUTCOMES
from trodden.store._arrow import Schema, Table, pa
from trodden.store.walks.sides import BucketSide
from trodden.store.walks.stored_rows import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.model.walks import Bucket, Dictionaries, PropertyDictionary, Snapshot

TIME: Final = pa.timestamp("us", tz="UTC")
NAME: Final = pa.dictionary(pa.int32(), pa.string())
_TYPES: Final[dict[str, Any]] = {
    "string": NAME,
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "time": TIME,
}

EXTRA: Final = ("name", "url", "text", "duration_ms", "value_minor", "currency", "properties", "source")
"""Columns of the event schema an export carries beside those of the walks."""


def event_schema(dictionaries: Dictionaries, extra: Sequence[str] = ()) -> Schema:
    """Return the columns of the live walk rows: who, when, where, how it went, promoted properties, extras.

    A promoted property that is called as another column is called ``property_<name>``.
    """
    from trodden.store.schema import EVENT_SCHEMA

    fixed = [
        ("customer", NAME),
        ("occurred_at", TIME),
        ("touchpoint", NAME),
        ("channel", NAME),
        ("outcome", NAME),
    ]
    extras = [(name, EVENT_SCHEMA.field(name).type) for name in extra]
    taken = {name for name, _ in (*fixed, *extras)}
    promoted = [
        (f"property_{one.name}" if one.name in taken else one.name, _TYPES[one.type])
        for one in dictionaries.properties
    ]
    return pa.schema([*fixed, *promoted, *extras])


def iter_event_tables(snapshot: Snapshot, extra: Sequence[str] = ()) -> Iterator[Table]:
    """Yield the live walk rows bucket by bucket, in walk order, as tables of `event_schema`."""
    schema = event_schema(snapshot.dictionaries, extra)
    for bucket in snapshot.buckets():
        yield _table(bucket, snapshot.dictionaries, schema, extra)


def _table(bucket: Bucket, dictionaries: Dictionaries, schema: Schema, extra: Sequence[str]) -> Table:
    lengths = bucket.ends - bucket.starts
    rows = spread(bucket.starts, lengths)
    marks = bucket.channel_outcome[rows]
    columns = [
        _coded(np.repeat(np.arange(len(lengths)), lengths), list(bucket.keys)),
        pa.array(bucket.occurred_at[rows], TIME),
        _coded(bucket.touchpoint[rows], dictionaries.touchpoints),
        _coded(marks & 15, CHANNELS),
        _coded(marks >> 4, OUTCOMES),
        *(_property(bucket, one, rows) for one in dictionaries.properties),
    ]
    return pa.Table.from_arrays([*columns, *_extras(bucket, rows, extra)], schema=schema)


def _coded(codes: NDArray[Any], names: Sequence[str]) -> Any:  # noqa: ANN401 - an Arrow array
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names, pa.string()))


def _property(bucket: Bucket, one: PropertyDictionary, rows: NDArray[np.int64]) -> Any:  # noqa: ANN401 - as above
    codes = bucket.properties[one.name][rows].astype(np.int32) - 1
    indices = pa.array(codes, mask=codes < 0)
    if one.type == "string":
        return pa.DictionaryArray.from_arrays(indices, pa.array(one.values, pa.string()))
    return pa.array(one.values, _TYPES[one.type]).take(indices)


def _extras(bucket: Bucket, rows: NDArray[np.int64], extra: Sequence[str]) -> list[Any]:
    if not extra:
        return []
    assert isinstance(bucket.side, BucketSide)  # noqa: S101 - the store's own buckets have one
    table = bucket.side.sides.table(bucket.side.rows()[rows], list(extra))
    return [table.column(name) for name in extra]
