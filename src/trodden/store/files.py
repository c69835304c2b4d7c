"""Parquet files of events: written once, flushed, never changed; their names carry their checksum."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trodden.model.errors import DamagedFileError
from trodden.store._arrow import Column, Table, pa, pc, pq
from trodden.store.delta import TABLE_SCHEMA, DataFile
from trodden.store.harden import crc32c, make_folder, no_room, write_new
from trodden.store.schema import EVENT_SCHEMA, empty_events

ROW_GROUP: Final = 262_144
_NESTED: Final = ("ids.list.element.kind", "ids.list.element.value")
_DICTIONARIES: Final = [
    "source",
    "time_quality",
    "channel",
    "kind",
    "name",
    "url",
    "outcome",
    "currency",
    "properties",
    "context",
    "protocol",
    "ids.list.element.kind",
]
"""Columns whose values repeat; the others are written as they are, which is quicker and no larger."""

_COMPRESSION: Final = dict.fromkeys((*TABLE_SCHEMA.names, *_NESTED), "zstd") | dict.fromkeys(
    ("event_id", "message_id", "occurred_at", "seq"), "none"
)
"""Hashes do not compress, numbers written as differences hardly: trying to takes a third of the time."""
_ENCODING: Final = {
    "event_id": "DELTA_LENGTH_BYTE_ARRAY",
    "occurred_at": "DELTA_BINARY_PACKED",
    "seq": "DELTA_BINARY_PACKED",
}

_BLOCK: Final = 32_768
_HEAD: Final = 64
"""Most columns that vary do so within this many rows."""

_CRC_DIGITS: Final = 8


def constant_columns(events: Table) -> frozenset[str]:
    """Return the columns that hold one value throughout, or nothing, where that is quick to see."""
    return frozenset(name for name in events.column_names if _is_constant(events.column(name)))


def rows_of(events: Table, rows: NDArray[np.intp], constant: frozenset[str] = frozenset()) -> Table:
    """Return the events at these rows, which are in order.

    Rows in one stretch are not copied, nor are the columns named ``constant``. Large tables are looked at
    block by block: events come nearly in the order of time, so most blocks are of one month.
    """
    if not len(rows) or rows[-1] - rows[0] + 1 == len(rows):
        return events.slice(int(rows[0]) if len(rows) else 0, len(rows))
    if events.num_rows <= _BLOCK:
        return _filtered(events, rows, constant)
    firsts = range(0, events.num_rows, _BLOCK)
    edges = [*np.searchsorted(rows, firsts).tolist(), len(rows)]
    parts = [
        rows_of(events.slice(first, _BLOCK), rows[begin:end] - first, constant)
        for first, begin, end in zip(firsts, edges, edges[1:], strict=False)
        if end > begin
    ]
    return pa.concat_tables(parts)


def _filtered(events: Table, rows: NDArray[np.intp], constant: frozenset[str]) -> Table:
    mask = np.zeros(events.num_rows, dtype=np.bool_)
    mask[rows] = True
    chosen = pa.array(mask)
    columns = [
        column.slice(0, len(rows)) if name in constant else column.filter(chosen)
        for name, column in zip(events.column_names, events.columns, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=events.schema)


def encode(events: Table) -> bytes:
    """Return events of one month as the bytes of a Parquet file (``month`` is in the folder's name)."""
    plain = events.drop_columns(["month"])
    plain = plain.set_column(0, TABLE_SCHEMA.field(0), pc.cast(plain.column(0), pa.binary()))
    sink = pa.BufferOutputStream()
    pq.write_table(
        plain,
        sink,
        row_group_size=ROW_GROUP,
        store_schema=False,
        use_dictionary=_DICTIONARIES,
        compression=_COMPRESSION,
        column_encoding=_ENCODING,
        write_statistics=["occurred_at"],
    )
    return sink.getvalue().to_pybytes()


def write(table_folder: Path, month: int, events: Table, encoded: bytes) -> DataFile:
    """Write one file of one month and flush it; the folder that names it is left to the caller.

    Raises
    ------
    DiskFullError
        If the disk has no room; what was begun is taken away again.
    DurabilityError
        If the flush fails.
    """
    name = f"month={month}/{uuid.uuid4().hex}-{crc32c(encoded):0{_CRC_DIGITS}x}.parquet"
    path = table_folder / name
    make_folder(path.parent)
    try:
        write_new(path, encoded)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise no_room(path, error) or error from error
    extremes = pc.min_max(pc.cast(events.column("occurred_at"), pa.int64())).as_py()
    return DataFile(name, len(encoded), month, events.num_rows, extremes["min"], extremes["max"])


def verify(path: Path) -> None:
    """Compare a file's bytes with the checksum in its name.

    Raises
    ------
    DamagedFileError
        If the file is missing, or its bytes are not those that were written.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DamagedFileError(f"{path} is missing.", hint=_RESTORE) from error
    if f"{crc32c(data):0{_CRC_DIGITS}x}" != path.stem.rpartition("-")[2]:
        raise DamagedFileError(
            f"{path} is damaged: its bytes do not have the checksum its name gives.", hint=_RESTORE
        )


class Verified:
    """Files found sound by this process, so each is read through once."""

    def __init__(self) -> None:
        self._seen: set[tuple[Path, int, int]] = set()

    def check(self, paths: Iterable[Path]) -> None:
        """Verify every file not verified yet, or changed since.

        Raises
        ------
        DamagedFileError
            At the first that is missing or damaged.
        """
        for path in paths:
            state = _state(path)
            if state not in self._seen:
                verify(path)
                self._seen.add(state)


def dataset(paths: Iterable[Path]) -> Any:  # noqa: ANN401 -- an Arrow dataset
    """Open files as one dataset of `EVENT_SCHEMA`; no files are no events."""
    from trodden.store._dataset import ds

    names = [str(path) for path in paths]
    if not names:
        return ds.dataset(empty_events())
    months = ds.partitioning(pa.schema([("month", pa.int32())]), flavor="hive")
    return ds.dataset(names, schema=EVENT_SCHEMA, partitioning=months, format="parquet")


def event_ids_of(path: Path) -> Column:
    """Return the event ids of one file, (rows,) binaries of 16 bytes."""
    column = pq.read_table(path, columns=["event_id"], partitioning=None).column("event_id")
    return pc.cast(column, EVENT_SCHEMA.field("event_id").type)


_RESTORE: Final = "Restore it from a backup: events in it cannot be read."


def _is_constant(column: Column) -> bool:
    if not len(column) or pa.types.is_nested(column.type) or column.null_count not in {0, len(column)}:
        return False
    if column.null_count:
        return True
    parts = (column.slice(0, _HEAD), column)
    return all(pc.all(pc.equal(part, column[0])).as_py() for part in parts)


def _state(path: Path) -> tuple[Path, int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return path, -1, -1
    return path, stat.st_size, stat.st_mtime_ns
