"""Segments on disk: core columns, index, promoted properties and places of side rows, a file each."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from trodden.store._arrow import ipc, pa
from trodden.store.faultpoints import declare, fault_point
from trodden.store.walks.files import Folder, NewFile, Stored
from trodden.store.walks.ipc_files import AlignedWriter, batches, numbers
from trodden.store.walks.segment import Block, Index, Segment, offsets_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from trodden.store.walks.build import Walks

    Codes = dict[str, NDArray[np.uint16]]

declare("walks.before_segment", "walks.after_segment")

CORE: Final = pa.schema(
    [
        pa.field("occurred_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("touchpoint", pa.uint16(), nullable=False),
        pa.field("channel_outcome", pa.uint8(), nullable=False),
        pa.field("flags", pa.uint8(), nullable=False),
    ]
)
"""Core columns: 12 bytes an event."""

ROWS: Final = pa.schema([pa.field("row", pa.int64(), nullable=False)])
INDEX: Final = pa.schema(
    [
        pa.field("hash", pa.uint64(), nullable=False),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("length", pa.int32(), nullable=False),
        pa.field("key", pa.large_string(), nullable=False),
    ]
)
OFFSETS: Final = "bucket_offsets"
"""Metadata of the index: (buckets + 1,) int64, little-endian, where each bucket's customers begin."""


class SegmentEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A segment as the manifest names it; ``dead`` holds one bit a customer, set where the walk has moved on.

    ``customers`` and ``events`` count all; ``dead_customers`` and ``dead_events`` those that moved on.
    """

    core: Stored
    index: Stored
    rows: Stored
    properties: Stored | None = None
    dead: Stored | None = None
    customers: int
    events: int
    dead_customers: int = 0
    dead_events: int = 0

    @property
    def live_events(self) -> int:
        """Count the events that count."""
        return self.events - self.dead_events

    @property
    def live_customers(self) -> int:
        """Count the customers that count."""
        return self.customers - self.dead_customers

    @property
    def files(self) -> list[Stored]:
        """Return the files of the segment."""
        return [
            one for one in (self.core, self.index, self.rows, self.properties, self.dead) if one is not None
        ]


class SegmentWriter:
    """Write one segment, some buckets after others.

    Parameters
    ----------
    stem
        Path of the files without their last part: ``walks/000012`` makes ``000012-core.arrow``.
    names
        The promoted properties.
    """

    def __init__(self, stem: Path, names: Sequence[str]) -> None:
        fault_point("walks.before_segment")
        self._stem = stem
        self._files = {"core": self._new("core"), "rows": self._new("rows")}
        self._writers = {
            "core": AlignedWriter(self._files["core"], CORE),
            "rows": AlignedWriter(self._files["rows"], ROWS),
        }
        if names:
            schema = pa.schema([pa.field(name, pa.uint16(), nullable=False) for name in names])
            self._files["properties"] = self._new("properties")
            self._writers["properties"] = AlignedWriter(self._files["properties"], schema)
        self._indexes: list[Index] = []
        self._base = 0
        self._events = 0

    def write(self, walks: Walks) -> None:
        """Write the walks of some whole buckets; later ones must be of later buckets."""
        block = walks.block
        written = self._writers["core"].write(
            {
                "occurred_at": block.occurred_at,
                "touchpoint": block.touchpoint,
                "channel_outcome": block.channel_outcome,
                "flags": block.flags,
            }
        )
        self._writers["rows"].write({"row": block.row()})
        if "properties" in self._writers:
            self._writers["properties"].write(block.properties())
        index = walks.index
        self._indexes.append(replace(index, starts=index.starts + self._base))
        self._base += written
        self._events += len(block)

    def finish(self) -> SegmentEntry:
        """Write the index and flush every file."""
        for writer in self._writers.values():
            writer.close()
        stored = {name: file.finish() for name, file in self._files.items()}
        index = _joined(self._indexes)
        entry = SegmentEntry(
            core=stored["core"],
            index=self._write_index(index),
            rows=stored["rows"],
            properties=stored.get("properties"),
            customers=len(index.hashes),
            events=self._events,
        )
        fault_point("walks.after_segment")
        return entry

    def close(self) -> None:
        """Let go of files that were not finished."""
        for file in self._files.values():
            file.close()

    def _new(self, part: str) -> NewFile:
        return NewFile(self._stem.with_name(f"{self._stem.name}-{part}.arrow"))

    def _write_index(self, index: Index) -> Stored:
        schema = INDEX.with_metadata({OFFSETS: index.offsets.astype("<i8").tobytes()})
        columns = [index.hashes, index.starts, index.lengths, index.keys]
        file = self._files["index"] = self._new("index")
        with ipc.new_file(file, schema) as writer:
            writer.write_batch(pa.RecordBatch.from_arrays([pa.array(one) for one in columns], schema=schema))
        return file.finish()


def _joined(indexes: Sequence[Index]) -> Index:
    none = np.zeros(0, np.int64)
    keys = [index.keys.cast(pa.large_string()) for index in indexes]
    hashes = np.concatenate([none.astype(np.uint64), *(index.hashes for index in indexes)])
    return Index(
        hashes=hashes,
        keys=pa.concat_arrays(keys) if keys else pa.array([], pa.large_string()),
        starts=np.concatenate([none, *(index.starts for index in indexes)]),
        lengths=np.concatenate([none.astype(np.int32), *(index.lengths for index in indexes)]),
        offsets=offsets_of(hashes),
    )


def open_segment(folder: Folder, entry: SegmentEntry, names: Sequence[str]) -> Segment:
    """Map a segment; side places and properties are mapped when they are first asked for.

    Raises
    ------
    DamagedFileError
        If core, index or dead bitmap are not as written.
    FileNotFoundError
        If a file is gone: a newer manifest names others.
    """
    return Segment(open_index(folder, entry), _blocks(folder, entry), names, open_alive(folder, entry))


def open_index(folder: Folder, entry: SegmentEntry) -> Index:
    """Map the index of a segment."""
    batch = next(batches(folder.open(entry.index)))
    return Index(
        hashes=numbers(batch.column("hash"), np.uint64),
        keys=batch.column("key"),
        starts=numbers(batch.column("start"), np.int64),
        lengths=numbers(batch.column("length"), np.int32),
        offsets=np.frombuffer(batch.schema.metadata[OFFSETS.encode()], "<i8"),
    )


def open_alive(folder: Folder, entry: SegmentEntry) -> NDArray[np.bool_] | None:
    """Read which customers of a segment count; None where all do."""
    if entry.dead is None:
        return None
    bits = np.frombuffer(folder.read(entry.dead), np.uint8)
    return ~np.unpackbits(bits, count=entry.customers, bitorder="little").astype(np.bool_)


def dead_bits(dead: NDArray[np.bool_]) -> bytes:
    """Return the bytes of a dead bitmap: customer ``i`` is bit ``i % 8`` of byte ``i // 8``."""
    return np.packbits(dead, bitorder="little").tobytes()


def _blocks(folder: Folder, entry: SegmentEntry) -> list[Block]:
    rows_file = folder.later(entry.rows)
    properties_file = None if entry.properties is None else folder.later(entry.properties)

    @cache
    def rows() -> list[NDArray[np.int64]]:
        return [numbers(batch.column("row"), np.int64) for batch in batches(rows_file())]

    @cache
    def properties() -> list[Codes]:
        return [_codes(batch) for batch in batches(properties_file())] if properties_file else []

    def block(number: int, base: int, batch: Any) -> Block:  # noqa: ANN401 -- Arrow's
        return Block(
            base=base,
            occurred_at=numbers(batch.column("occurred_at"), np.int64),
            touchpoint=numbers(batch.column("touchpoint"), np.uint16),
            channel_outcome=numbers(batch.column("channel_outcome"), np.uint8),
            flags=numbers(batch.column("flags"), np.uint8),
            row=lambda: rows()[number],
            properties=lambda: properties()[number] if properties() else {},
        )

    found = list(batches(folder.open(entry.core)))
    bases = accumulate((batch.num_rows for batch in found), initial=0)
    return [
        block(number, base, batch) for number, (base, batch) in enumerate(zip(bases, found, strict=False))
    ]


def _codes(batch: Any) -> Codes:  # noqa: ANN401 -- Arrow's
    return {name: numbers(batch.column(name), np.uint16) for name in batch.schema.names}
