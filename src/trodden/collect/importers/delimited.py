"""Reading CSV, TSV and their kin: records found by our kernel, cells by Arrow."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from trodden.collect.importers.arrow import STRING, Column, csv, pa, whole
from trodden.collect.importers.chunks import ROWS, Cells, Chunk, Reject, Task, reject
from trodden.collect.importers.limits import Limits
from trodden.collect.importers.streams import ByteStream
from trodden.methods.rows.arrays import Ints, Mask
from trodden.methods.rows.records import BLANK, HAS_NUL, TOO_WIDE, UNCLOSED, Dialect, Records, split_records

BLOCK: Final = 8 << 20
"""Bytes read at a time."""
_MOST_RESCUES: Final = 100
"""After so many rows whose quotes swallowed the rows below, newlines in quotes are no longer believed."""
_SHOWN: Final = 4_096


@dataclass(frozen=True)
class Layout:
    """How a delimited file is laid out.

    ``skip``: records before the first row, such as the header. ``fill_short``: whether a row with too few
    cells is filled up with missing ones, or else rejected.
    """

    names: tuple[str, ...]
    dialect: Dialect
    skip: int = 1
    fill_short: bool = False

    def is_odd(self, spots: Ints) -> Mask:
        """Say which records have a number of cells no row may have."""
        cells, expected = spots[:, 2], len(self.names)
        return cells > expected if self.fill_short else cells != expected


@dataclass(frozen=True)
class Piece:
    """Records in a row, then perhaps one that could not be had: (reason, text)."""

    records: Records
    lost: tuple[str, bytes] | None = None


class DelimitedReader:
    """A delimited file, its bytes in UTF-8."""

    def __init__(self, stream: ByteStream, layout: Layout, limits: Limits) -> None:
        self._stream = stream
        self._layout = layout
        self._pieces = Pieces(stream, layout, limits)

    def tasks(self) -> Iterator[Task]:
        """Yield the work of each chunk: finding the cells of records found here."""
        last, skip = 0, self._layout.skip
        for piece in self._pieces.read():
            found = np.flatnonzero(piece.records.spots[:, 3] & BLANK == 0)
            skip, present = max(0, skip - len(found)), found[skip:]
            rows = last + 1 + np.arange(len(present))
            last += len(present) + (piece.lost is not None)
            lost = () if piece.lost is None else (reject(last, *piece.lost),)
            yield partial(_parse, self._layout, _Some(piece.records, present, rows), lost, last)

    def position(self) -> int:
        """Return how many bytes of the file have been read."""
        return self._stream.position()

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()


class Pieces:
    """Cuts a stream into records, however broken it is.

    A record that is too long for the limits, or that runs over several lines and then has a wrong
    number of cells, most likely has a quote that was never closed: its first line alone is lost, and
    reading goes on with the next line.
    """

    def __init__(self, stream: ByteStream, layout: Layout, limits: Limits) -> None:
        self._stream = stream
        self._layout = layout
        self._dialect = layout.dialect
        self._limits = limits
        self._rescues = 0
        self._is_dropping = False

    def read(self) -> Iterator[Piece]:
        """Yield every record of the stream."""
        rest = b""
        while block := self._stream.read(BLOCK):
            rest = yield from self._cut(self._undropped(rest + block), is_end=False)
        yield from self._cut(rest, is_end=True)

    def _undropped(self, data: bytes) -> bytes:
        """Leave out what belongs to a line that is too long."""
        if not self._is_dropping:
            return data
        end = _line_end(data, 0)
        self._is_dropping = end < 0
        return b"" if end < 0 else data[end:]

    def _cut(self, data: bytes, *, is_end: bool) -> Generator[Piece, None, bytes]:
        """Yield the records of ``data``; return what must wait for more."""
        at = 0
        while at < len(data):
            records = self._split(data, at, is_end=is_end)
            swallowed = self._swallowed(records)
            if swallowed >= 0:
                begin = int(records.spots[swallowed, 0])
                at = _line_end(data, begin)
                yield Piece(_first(records, swallowed), ("unclosed-quote", data[begin:at][:_SHOWN]))
            elif len(records.spots):
                at = records.end
                yield Piece(records)
            elif len(data) - at <= self._limits.record_bytes:
                return data[at:]
            else:
                lost, at = self._overlong(data, at)
                yield Piece(_first(records, 0), lost)
        return b""

    def _split(self, data: bytes, at: int, *, is_end: bool) -> Records:
        widest = self._limits.cell_bytes
        return split_records(data, self._dialect, start=at, most=ROWS, widest=widest, whole=is_end)

    def _swallowed(self, records: Records) -> int:
        """Return the first record of several lines that cannot be right, or -1."""
        spots = records.spots
        odd = self._layout.is_odd(spots) | (spots[:, 3] & (UNCLOSED | TOO_WIDE) > 0)
        for place in np.flatnonzero(odd).tolist():
            text = records.text(place)
            if b"\n" in text or b"\r" in text:
                self._note_rescue()
                return place
        return -1

    def _note_rescue(self) -> None:
        self._rescues += 1
        if self._rescues >= _MOST_RESCUES:
            self._dialect = Dialect(self._dialect.delimiter, self._dialect.quote, multiline=False)

    def _overlong(self, data: bytes, at: int) -> tuple[tuple[str, bytes], int]:
        """Lose one line; return it and where the next one begins, which may be beyond the data."""
        end = _line_end(data, at)
        if end < 0:
            self._is_dropping = True
            return ("row-too-large", data[at : at + _SHOWN]), len(data)
        self._note_rescue()
        return ("unclosed-quote", data[at:end][:_SHOWN]), end


def _first(records: Records, count: int) -> Records:
    end = int(records.spots[count, 0]) if count < len(records.spots) else records.end
    return Records(records.data, records.spots[:count], end)


def _line_end(data: bytes, at: int) -> int:
    """Return where the line after the one at ``at`` begins, or -1."""
    feed = data.find(b"\n", at)
    back = data.find(b"\r", at, len(data) if feed < 0 else feed)
    if back < 0:
        return feed + 1 if feed >= 0 else -1
    return back + 2 if feed == back + 1 else back + 1


@dataclass(frozen=True)
class _Some:
    """Records that are rows: ``places`` in ``records`` and their numbers ``rows``."""

    records: Records
    places: Ints
    rows: Ints

    def keep(self, keep: Mask) -> _Some:
        return _Some(self.records, self.places[keep], self.rows[keep])

    def original(self, place: int) -> bytes:
        return self.records.text(int(self.places[place]))


def _parse(layout: Layout, some: _Some, lost: tuple[Reject, ...], last: int) -> Chunk:
    """Find the cells of records."""
    reasons = _reasons(layout, some.records.spots[some.places])
    rejects = [reject(some.rows[place], reason, some.original(place)) for place, reason in reasons]
    if reasons:
        some = some.keep(_without([place for place, _ in reasons], len(some.rows)))
    columns = _columns(layout, some)
    if columns is None:
        some, columns, odd = _one_by_one(layout, some)
        rejects += odd
    cells, undecodable = _decoded(columns, len(some.rows))
    chunk = Chunk(layout.names, cells, some.rows, originals=some.original)
    if undecodable:
        rejects += [reject(some.rows[place], "bad-encoding", some.original(place)) for place in undecodable]
        chunk = Chunk(layout.names, cells, some.keep(_without(undecodable, len(some.rows))).rows)
    ordered = sorted((*rejects, *lost), key=lambda one: one.row)
    return Chunk(chunk.names, chunk.cells, chunk.rows, tuple(ordered), last, chunk.originals)


def _without(places: list[int], rows: int) -> Mask:
    keep = np.ones(rows, np.bool_)
    keep[places] = False
    return keep


def _reasons(layout: Layout, spots: Ints) -> list[tuple[int, str]]:
    """Say which rows are no good, and why."""
    faults, cells = spots[:, 3], spots[:, 2]
    odd = np.flatnonzero((faults != 0) | layout.is_odd(spots)).tolist()
    return [(place, _reason(int(faults[place]), int(cells[place]), len(layout.names))) for place in odd]


def _reason(faults: int, cells: int, expected: int) -> str:
    for fault, reason in ((UNCLOSED, "unclosed-quote"), (TOO_WIDE, "cell-too-large"), (HAS_NUL, "zero-byte")):
        if faults & fault:
            return reason
    return "too-many-cells" if cells > expected else "too-few-cells"


def _columns(layout: Layout, some: _Some) -> list[Column] | None:
    """Return the cells as columns of bytes, or None where Arrow finds other rows than we did."""
    keep = np.zeros(len(some.records.spots), np.bool_)
    keep[some.places] = True
    if not len(some.places):
        return [pa.array([], pa.binary()) for _ in layout.names]
    text = some.records.clean(keep, len(layout.names), layout.dialect.delimiter)
    try:
        table = _read(text, layout)
    except pa.ArrowInvalid:
        return None
    return [whole(column) for column in table.columns] if table.num_rows == len(some.rows) else None


def _read(text: memoryview, layout: Layout) -> Column:
    names = [str(number) for number in range(len(layout.names))]
    dialect = layout.dialect
    return csv.read_csv(
        pa.py_buffer(text),
        read_options=csv.ReadOptions(column_names=names, use_threads=False, block_size=len(text) + 1),
        parse_options=csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote or False,
            newlines_in_values=dialect.multiline,
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.binary()), strings_can_be_null=False, check_utf8=False
        ),
    )


def _one_by_one(layout: Layout, some: _Some) -> tuple[_Some, list[Column], list[Reject]]:
    """Read each record alone; those Arrow does not read as one row are rejected."""
    columns: list[list[Column]] = []
    odd: list[int] = []
    for place in range(len(some.rows)):
        alone = _columns(layout, some.keep(np.arange(len(some.rows)) == place))
        if alone is None:
            odd.append(place)
        else:
            columns.append(alone)
    rejects = [reject(some.rows[place], "unclosed-quote", some.original(place)) for place in odd]
    joined = [pa.concat_arrays(parts) for parts in zip(*columns, strict=True)]
    kept = some.keep(_without(odd, len(some.rows)))
    return kept, joined or [pa.array([], pa.binary()) for _ in layout.names], rejects


def _decoded(columns: list[Column], rows: int) -> tuple[list[Cells], list[int]]:
    """Return the columns as text, without the rows that are not UTF-8, and the places of those."""
    try:
        return [Cells(column.cast(STRING)) for column in columns], []
    except pa.ArrowInvalid:
        bad = sorted({place for column in columns for place in _undecodable(column)})
        keep = pa.array(_without(bad, rows))
        return [Cells(column.filter(keep).cast(STRING)) for column in columns], bad


def _undecodable(column: Column) -> Iterator[int]:
    is_text: Callable[[bytes], bool] = _is_utf8
    return (place for place, cell in enumerate(column.to_pylist()) if not is_text(cell))


def _is_utf8(cell: bytes) -> bool:
    try:
        cell.decode()
    except UnicodeDecodeError:
        return False
    return True
