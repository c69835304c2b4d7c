"""Side rows on disk: every event's other columns, in the order they came, never moved by a rewrite of walks.

A side file is a run of Arrow IPC streams, compressed, each of at most 8,192 rows and each with a checksum
of its own, so that a timeline reads and checks only what it shows. Beside it lies what merges and ties
read, event id, sequence number and source, uncompressed and mapped.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from trodden.store._arrow import Table, ipc, pa
from trodden.store.faultpoints import declare, fault_point
from trodden.store.harden import crc32c
from trodden.store.schema import EVENT_SCHEMA
from trodden.store.walks.files import Folder, NewFile, Stored, damaged
from trodden.store.walks.ipc_files import AlignedWriter, batches, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from trodden.store.walks.rows import Rows

declare("walks.before_side", "walks.after_side")

BLOCK_ROWS: Final = 8_192
TIE_ROWS: Final = 65_536
ELSEWHERE: Final = ("event_id", "source", "seq", "occurred_at", "month")
"""Columns of the event schema that side files leave out: they lie with the ties or in the core columns."""

SIDE: Final = pa.schema([field for field in EVENT_SCHEMA if field.name not in ELSEWHERE])
TIES: Final = pa.schema(
    [
        pa.field("event_id", pa.binary(16), nullable=False),
        pa.field("seq", pa.int64(), nullable=False),
        pa.field("source", pa.int32(), nullable=False),
    ]
)
BLOCKS: Final = pa.schema(
    [
        pa.field("first", pa.int64(), nullable=False),
        pa.field("rows", pa.int32(), nullable=False),
        pa.field("offset", pa.int64(), nullable=False),
        pa.field("bytes", pa.int64(), nullable=False),
        pa.field("crc32c", pa.uint32(), nullable=False),
    ]
)
_COMPRESSED: Final[Any] = ipc.IpcWriteOptions(compression="lz4", use_threads=False)
"""Blocks are small: handing their columns to other threads takes longer than compressing them."""
_SMALL_DICTIONARY: Final = 256


class SideEntry(msgspec.Struct, frozen=True):
    """A side file as the manifest names it: places ``first`` to ``first + rows``."""

    first: int
    rows: int
    side: Stored
    ties: Stored
    blocks: Stored

    @property
    def files(self) -> list[Stored]:
        """Return the files."""
        return [self.side, self.ties, self.blocks]


@dataclass(frozen=True, slots=True)
class Ties:
    """What decides the order of equal times, (rows,) each: halves of the event id, sequence, source."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    seq: NDArray[np.int64]
    source: NDArray[np.int32]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.seq)

    def cut(self, first: int, last: int | None = None) -> Ties:
        """Return some rows."""
        return Ties(
            self.high[first:last], self.low[first:last], self.seq[first:last], self.source[first:last]
        )

    def take(self, rows: NDArray[np.int64]) -> Ties:
        """Return the rows asked for."""
        return Ties(self.high[rows], self.low[rows], self.seq[rows], self.source[rows])


def joined_ties(parts: Sequence[Ties]) -> Ties:
    """Put ties after one another."""
    return Ties(
        high=np.concatenate([np.zeros(0, np.uint64), *(part.high for part in parts)]),
        low=np.concatenate([np.zeros(0, np.uint64), *(part.low for part in parts)]),
        seq=np.concatenate([np.zeros(0, np.int64), *(part.seq for part in parts)]),
        source=np.concatenate([np.zeros(0, np.int32), *(part.source for part in parts)]),
    )


class SideWriter:
    """Write one side file, events after events.

    Parameters
    ----------
    stem
        Path of the files without their last part.
    first
        Place of the first row.
    """

    def __init__(self, stem: Path, first: int) -> None:
        fault_point("walks.before_side")
        self._stem = stem
        self.first = first
        self.rows = 0
        self._side = NewFile(stem.with_name(f"{stem.name}-side.arrows"))
        self._ties = NewFile(stem.with_name(f"{stem.name}-ties.arrow"))
        self._tie_writer = AlignedWriter(self._ties, TIES)
        self._waiting: list[Ties] = []
        self._blocks: list[dict[str, int]] = []

    def write(self, events: Table, ties: Ties) -> None:
        """Write some events: their side columns, and what decides ties."""
        for batch in _slim(events.select(SIDE.names)).to_batches(max_chunksize=BLOCK_ROWS):
            self._write_block(batch)
        self._waiting.append(ties)
        while sum(map(len, self._waiting)) >= TIE_ROWS:
            self._write_ties()

    def finish(self) -> SideEntry:
        """Write what is waiting, and flush every file."""
        if any(map(len, self._waiting)):
            self._write_ties()
        self._tie_writer.close()
        entry = SideEntry(
            self.first, self.rows, self._side.finish(), self._ties.finish(), self._write_blocks()
        )
        fault_point("walks.after_side")
        return entry

    def discard(self) -> None:
        """Take back the files: there was nothing to write."""
        self.close()
        self._side.path.unlink()
        self._ties.path.unlink()

    def close(self) -> None:
        """Let go of files that were not finished."""
        self._side.close()
        self._ties.close()

    def _write_block(self, batch: Any) -> None:  # noqa: ANN401 -- Arrow's
        sink = pa.BufferOutputStream()
        with ipc.new_stream(sink, batch.schema, options=_COMPRESSED) as writer:
            writer.write_batch(batch)
        data = sink.getvalue()
        place = {"first": self.first + self.rows, "rows": batch.num_rows, "offset": self._side.tell()}
        self._blocks.append({**place, "bytes": data.size, "crc32c": crc32c(data)})
        self._side.write(data)
        self.rows += batch.num_rows

    def _write_ties(self) -> None:
        waiting = joined_ties(self._waiting)
        now, self._waiting = waiting.cut(0, TIE_ROWS), [waiting.cut(TIE_ROWS)]
        ids = np.stack([now.high, now.low], axis=1).astype(">u8").view("V16").reshape(-1)
        self._tie_writer.write({"event_id": ids, "seq": now.seq, "source": now.source})

    def _write_blocks(self) -> Stored:
        file = NewFile(self._stem.with_name(f"{self._stem.name}-blocks.arrow"))
        with ipc.new_file(file, BLOCKS) as writer:
            writer.write_table(pa.Table.from_pylist(self._blocks, schema=BLOCKS))
        return file.finish()


def ties_of(rows: Rows) -> Ties:
    """Return what decides ties among encoded rows."""
    return Ties(rows.high, rows.low, rows.seq, rows.source)


class SideFile:
    """One side file, mapped; blocks are checked when they are first read."""

    def __init__(self, folder: Folder, entry: SideEntry) -> None:
        self.entry = entry
        self._path = folder.path / entry.side.file
        self._side = folder.map(entry.side)
        self._ties = folder.later(entry.ties)
        self._blocks = folder.later(entry.blocks)
        self._checked: set[int] = set()

    def ties(self, rows: NDArray[np.int64]) -> Ties:
        """Return what decides ties, at places of this file."""
        inside = rows - self.entry.first
        found = [part.take(inside[where] % TIE_ROWS) for part, where in self._tie_parts(inside // TIE_ROWS)]
        where = [where for _, where in self._tie_parts(inside // TIE_ROWS)]
        return joined_ties(found).take(_inverse(where, len(rows)))

    def all_ties(self) -> Ties:
        """Return what decides ties, for every row."""
        return self.ties(np.arange(self.entry.first, self.entry.first + self.entry.rows))

    def tables(self) -> Iterator[Table]:
        """Return all rows, block by block."""
        return (self._block(number, None) for number in range(len(self._index["first"])))

    def table(self, rows: NDArray[np.int64], columns: list[str]) -> Table:
        """Return side columns at places of this file, in the order asked."""
        firsts = self._index["first"]
        block = np.searchsorted(firsts, rows, "right") - 1
        order = np.argsort(block, kind="stable")
        parts: list[Table] = []
        for where in _runs(block[order]):
            number = int(block[order[where.start]])
            parts.append(self._block(number, columns).take(pa.array(rows[order[where]] - firsts[number])))
        return pa.concat_tables(parts).take(pa.array(_inverse([order], len(rows))))

    @cached_property
    def _index(self) -> dict[str, NDArray[Any]]:
        found = ipc.open_file(self._blocks()).read_all()
        return {name: found.column(name).to_numpy() for name in BLOCKS.names}

    @cached_property
    def _tie_batches(self) -> list[Ties]:
        return [_ties_in(batch) for batch in batches(self._ties())]

    def _tie_parts(self, number: NDArray[np.int64]) -> Iterator[tuple[Ties, NDArray[np.int64]]]:
        order = np.argsort(number, kind="stable")
        for run in _runs(number[order]):
            yield self._tie_batches[int(number[order[run.start]])], order[run]

    def _block(self, number: int, columns: list[str] | None) -> Table:
        offset, size = int(self._index["offset"][number]), int(self._index["bytes"][number])
        data = self._side.slice(offset, size)
        if number not in self._checked:
            if crc32c(data) != int(self._index["crc32c"][number]):
                raise damaged(self._path, f"block {number} does not have the checksum that was written")
            self._checked.add(number)
        fields = SIDE if columns is None else pa.schema([SIDE.field(name) for name in columns])
        options = ipc.IpcReadOptions(included_fields=[SIDE.get_field_index(name) for name in fields.names])
        return ipc.open_stream(data, options=options).read_all().select(fields.names).cast(fields)


@dataclass(frozen=True, slots=True)
class StoredSides:
    """All side rows of a snapshot on disk."""

    files: Sequence[SideFile]
    sources: tuple[str, ...]

    def table(self, rows: NDArray[np.int64], columns: list[str] | None = None) -> Table:
        """Return the side rows at these places, in the order asked.

        Columns are those of the event schema but ``occurred_at`` and ``month``, which walks have themselves.

        Raises
        ------
        DamagedFileError
            If what is read is not what was written.
        """
        wanted = columns or [name for name in EVENT_SCHEMA.names if name not in {"occurred_at", "month"}]
        plain = [name for name in wanted if name in SIDE.names]
        found = self._plain(rows, plain)
        if len(plain) < len(wanted):
            found |= self._decoded(self.ties(rows))
        return pa.table([found[name] for name in wanted], names=wanted)

    def ties(self, rows: NDArray[np.int64]) -> Ties:
        """Return what decides ties at these places, in the order asked."""
        parts = list(self._by_file(rows))
        found = joined_ties([file.ties(rows[where]) for file, where in parts])
        return found.take(_inverse([where for _, where in parts], len(rows)))

    def _plain(self, rows: NDArray[np.int64], columns: list[str]) -> dict[str, Any]:
        if not columns:
            return {}
        parts = list(self._by_file(rows))
        none = pa.schema([SIDE.field(name) for name in columns]).empty_table()
        found = pa.concat_tables([none, *(file.table(rows[where], columns) for file, where in parts)])
        ordered = found.take(pa.array(_inverse([where for _, where in parts], len(rows))))
        return {name: ordered.column(name) for name in columns}

    def _decoded(self, ties: Ties) -> dict[str, Any]:
        ids = np.stack([ties.high, ties.low], axis=1).astype(">u8").tobytes()
        buffers = [None, pa.py_buffer(ids)]
        return {
            "event_id": pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(ties), buffers),
            "seq": pa.array(ties.seq),
            "source": pa.array(self.sources, pa.string()).take(pa.array(ties.source)),
        }

    def _by_file(self, rows: NDArray[np.int64]) -> Iterator[tuple[SideFile, NDArray[np.int64]]]:
        firsts = np.array([file.entry.first for file in self.files], np.int64)
        number = np.searchsorted(firsts, rows, "right") - 1
        order = np.argsort(number, kind="stable")
        for run in _runs(number[order]):
            yield self.files[int(number[order[run.start]])], order[run]


def _slim(events: Any) -> Any:  # noqa: ANN401 -- Arrow's
    """Decode dictionaries that are too large to be written with every block."""
    return pa.table({name: _slim_column(events.column(name)) for name in events.column_names})


def _slim_column(column: Any) -> Any:  # noqa: ANN401 -- Arrow's
    if not pa.types.is_dictionary(column.type):
        return column
    is_small = all(len(chunk.dictionary) <= _SMALL_DICTIONARY for chunk in column.chunks)
    return column if is_small else column.cast(column.type.value_type)


def _ties_in(batch: Any) -> Ties:  # noqa: ANN401 -- Arrow's
    ids = numbers(batch.column("event_id"), "V16").view(">u8").reshape(-1, 2)
    return Ties(
        high=ids[:, 0],
        low=ids[:, 1],
        seq=numbers(batch.column("seq"), np.int64),
        source=numbers(batch.column("source"), np.int32),
    )


def _runs(values: NDArray[np.int64]) -> Iterator[slice]:
    """Return the runs of equal values."""
    edges = np.flatnonzero(np.diff(values)) + 1
    bounds = [0, *edges.tolist(), len(values)] if len(values) else []
    return (slice(first, last) for first, last in pairwise(bounds))


def _inverse(parts: Sequence[NDArray[np.int64]], rows: int) -> NDArray[np.int64]:
    """Return where each row stands once the rows of ``parts`` are put after one another."""
    inverse = np.empty(rows, np.int64)
    inverse[np.concatenate([np.zeros(0, np.int64), *parts])] = np.arange(rows)
    return inverse
