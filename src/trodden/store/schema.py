"""What an event is as a row: one Arrow schema for importers, the table and the walks."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any, Final

from trodden.model.errors import DataError
from trodden.model.event import SCHEMA_VERSION
from trodden.store._arrow import Column, Field, Table, pa, pc

TIME: Final = pa.timestamp("us", tz="UTC")
IDS: Final = pa.list_(pa.struct([pa.field("kind", pa.string()), pa.field("value", pa.string())]))
ID_BYTES: Final = 16
SEPARATOR: Final = b"\x1f"

EVENT_SCHEMA: Final = pa.schema(
    [
        pa.field("event_id", pa.binary(ID_BYTES), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("message_id", pa.string(), nullable=False),
        pa.field("seq", pa.int64(), nullable=False),
        pa.field("occurred_at", TIME, nullable=False),
        pa.field("received_at", TIME, nullable=False),
        pa.field("client_at", TIME),
        pa.field("sent_at", TIME),
        pa.field("time_quality", pa.string(), nullable=False),
        pa.field("month", pa.int32(), nullable=False),
        pa.field("ids", IDS, nullable=False),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("duration_ms", pa.int64()),
        pa.field("value_minor", pa.int64()),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("properties", pa.string(), nullable=False),
        pa.field("context", pa.string(), nullable=False),
        pa.field("consent", pa.int32(), nullable=False),
        pa.field("flags", pa.int32(), nullable=False),
        pa.field("protocol", pa.string(), nullable=False),
        pa.field("schema_version", pa.int16(), nullable=False),
    ]
)
"""Columns of the events table, in order. Times are UTC; ``month`` is ``yyyymm`` of ``occurred_at``."""

REQUIRED: Final = ("source", "message_id", "occurred_at", "received_at", "ids")
"""Columns nobody can make up; every other column has a default or follows from these."""

_DEFAULTS: Final[dict[str, Any]] = {
    "seq": 0,
    "client_at": None,
    "sent_at": None,
    "time_quality": "given",
    "channel": "other",
    "kind": "track",
    "name": "",
    "url": "",
    "outcome": "unknown",
    "duration_ms": None,
    "value_minor": None,
    "currency": "",
    "text": "",
    "properties": "{}",
    "context": "{}",
    "consent": 0,
    "flags": 0,
    "protocol": "",
    "schema_version": SCHEMA_VERSION,
}


def empty_events() -> Table:
    """Return a table of no events."""
    return EVENT_SCHEMA.empty_table()


def event_id(source: str, message_id: str) -> bytes:
    """Return the first 16 bytes of BLAKE2b(source, 0x1f, message_id), both in UTF-8."""
    return hashlib.blake2b(_prefix(source) + message_id.encode(), digest_size=ID_BYTES).digest()


def event_ids(source: str, message_ids: Column) -> Column:
    """Compute the event ids of many messages of one source.

    Parameters
    ----------
    source
        Name of the source all messages came from.
    message_ids
        (messages,) strings without nulls.

    Returns
    -------
    Column
        (messages,) ids of 16 bytes, as `event_id` gives them.
    """
    start = hashlib.blake2b(_prefix(source), digest_size=ID_BYTES).copy

    def digest(message: bytes) -> bytes:
        state = start()
        state.update(message)
        return state.digest()

    messages: list[bytes] = pc.cast(message_ids, pa.binary()).to_pylist()
    return _fixed(b"".join(map(digest, messages)))


def month_of(at: datetime) -> int:
    """Return ``yyyymm`` in UTC of a moment."""
    at = at.astimezone(UTC)
    return at.year * 100 + at.month


def month_moved(month: int, by: int) -> int:
    """Return the month so many after one written ``yyyymm``.

    Examples
    --------
    >>> month_moved(202602, -3)
    202511
    """
    year, place = divmod(month // 100 * 12 + month % 100 - 1 + by, 12)
    return year * 100 + place + 1


def months_of(occurred_at: Column) -> Column:
    """Return ``yyyymm`` in UTC of each time, as int32."""
    years = pc.multiply(pc.year(occurred_at), 100)
    return pc.cast(pc.add(years, pc.month(occurred_at)), pa.int32())


def conform(table: Table) -> Table:
    """Give a table exactly the columns, types and order of `EVENT_SCHEMA`.

    Columns are found by name. A missing column gets its default; ``event_id`` and ``month`` are
    computed when absent and believed when present. A null in a column that must not be null
    takes the default where there is one. Columns the schema does not know are refused.

    Raises
    ------
    DataError
        If a column nobody can make up is missing or holds nulls, a column is unknown, or a value
        does not fit its type.
    """
    _refuse_unknown(table)
    columns: dict[str, Column] = {name: table.column(name) for name in table.column_names}
    for name, value in _DEFAULTS.items():
        columns[name] = _filled(columns.get(name), EVENT_SCHEMA.field(name), value, table.num_rows)
    for name in REQUIRED:
        columns[name] = _cast(columns[name], EVENT_SCHEMA.field(name))
    columns.setdefault("month", pa.chunked_array([months_of(columns["occurred_at"]).combine_chunks()]))
    if "event_id" not in columns:
        columns["event_id"] = _ids_by_source(columns["source"], columns["message_id"])
    arrays = [_cast(columns[field.name], field) for field in EVENT_SCHEMA]
    return pa.Table.from_arrays(arrays, schema=EVENT_SCHEMA)


def _prefix(source: str) -> bytes:
    return source.encode() + SEPARATOR


def _fixed(data: bytes) -> Column:
    count = len(data) // ID_BYTES
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(ID_BYTES), count, [None, pa.py_buffer(data)])


def _ids_by_source(sources: Column, messages: Column) -> Column:
    distinct = pc.unique(sources).to_pylist()
    if len(distinct) == 1:
        return pa.chunked_array([event_ids(distinct[0], messages)])
    pairs = zip(sources.to_pylist(), messages.to_pylist(), strict=True)
    return pa.chunked_array([_fixed(b"".join(event_id(source, message) for source, message in pairs))])


def _refuse_unknown(table: Table) -> None:
    unknown = sorted(set(table.column_names) - set(EVENT_SCHEMA.names))
    missing = sorted(set(REQUIRED) - set(table.column_names))
    if unknown or missing:
        raise DataError(
            f"These are not events: unknown columns {unknown}, missing columns {missing}.",
            hint=f"An event has the columns {', '.join(EVENT_SCHEMA.names)}.",
        )


def _filled(column: Column | None, field: Field, default: object, rows: int) -> Column:
    value = pa.scalar(default, field.type)
    if column is None:
        return pa.chunked_array([pa.repeat(value, rows)])
    cast = _converted(column, field)
    return cast if field.nullable or not cast.null_count else pc.fill_null(cast, value)


def _converted(column: Column, field: Field) -> Column:
    try:
        return column if column.type == field.type else column.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(
            f"The column {field.name!r} holds {column.type}, and a value of it is no {field.type}: {error}."
        ) from error


def _cast(column: Column, field: Field) -> Column:
    cast = _converted(column, field)
    if cast.null_count and not field.nullable:
        raise DataError(
            f"{cast.null_count} of {len(cast)} events have no {field.name!r}; every event needs one."
        )
    return cast
