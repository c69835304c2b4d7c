"""What kind of file it is, how it is laid out, and the reader for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from trodden.collect.importers.chunks import Reader
from trodden.collect.importers.delimited import DelimitedReader, Layout
from trodden.collect.importers.encodings import guess_encoding
from trodden.collect.importers.jsonlines import JsonLinesReader
from trodden.collect.importers.limits import Limits
from trodden.collect.importers.mapping import Format, Mapping
from trodden.collect.importers.naming import distinct_names
from trodden.collect.importers.sandbox import SandboxReader, too_many_columns
from trodden.collect.importers.streams import in_utf8, open_stream, read_head, size_of
from trodden.collect.importers.xes import XesReader
from trodden.collect.importers.zips import check_zip
from trodden.methods.rows.records import BLANK, Dialect, Records, split_records
from trodden.methods.rows.times import OK, read_time_text
from trodden.model.errors import UnreadableFileError
from trodden.model.words import keep

_HEAD: Final = 1 << 20
_DELIMITERS: Final = (",", ";", "\t", "|", "\x01", "^", "~")
_TRIED: Final = 500
"""Records looked at to tell the delimiter."""
_SHORT_SHARE: Final = 0.005
"""From this share of short rows on they are how the file is written, not mistakes."""
_BINARY_SHARE: Final = 0.02
_SHEETS: Final = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_MAGICS: Final = (
    (b"SQLite format 3\0", keep("a SQLite database")),
    (b"\xd0\xcf\x11\xe0", keep("an old Office file")),
    (b"%PDF", keep("a PDF")),
    (b"\x28\xb5\x2f\xfd", keep("packed with zstd")),
    (b"BZh", "packed with bzip2"),
    (b"\xfd7zXZ", keep("packed with xz")),
    (b"ARROW1", keep("an Arrow file")),
    (b"ORC", keep("an ORC file")),
    (b"Obj\x01", keep("an Avro file")),
)
_READABLE: Final = (
    "Trodden reads CSV, TSV, JSON Lines, Parquet, XES and XLSX; gzip around text and XES is fine."
)


@dataclass(frozen=True)
class Opening:
    """How a file is to be opened: nothing is left to guess in ``mapping``'s reading fields."""

    path: Path
    mapping: Mapping
    layout: Layout | None
    """Of a delimited file."""
    limits: Limits
    size: int
    notes: tuple[str, ...] = ()

    def reader(self) -> Reader:
        """Open the file.

        Raises
        ------
        UnreadableFileError, RefusedFileError
            If it cannot be opened, or its parts ask for too much.
        """
        kind = self.mapping.format
        if kind in {"parquet", "sheet"}:
            return SandboxReader(self.path, kind, self.mapping.sheet, self.limits)
        stream = open_stream(self.path, self.limits)
        if kind == "xes":
            return XesReader(stream, str(self.path), self.limits)
        text = in_utf8(stream, self.mapping.encoding)
        if kind == "jsonl":
            return JsonLinesReader(text, self.limits)
        return DelimitedReader(text, self._layout(), self.limits)

    def _layout(self) -> Layout:
        if self.layout is None:
            raise TypeError("a delimited file without a layout")
        return self.layout


def find_opening(path: Path, mapping: Mapping, limits: Limits) -> Opening:
    """Tell what kind of file it is and how it is laid out, by its contents; what the mapping says stands.

    Raises
    ------
    UnreadableFileError
        If the file is of no kind that can be read.
    RefusedFileError
        If reading it would not be safe.
    """
    size = size_of(path)
    head = read_head(path, _HEAD, limits)
    kind = mapping.format or _format_of(path, head)
    known = msgspec.structs.replace(mapping, format=kind)
    if kind == "sheet":
        _check_sheet(path, limits)
    if kind in {"parquet", "xes", "sheet"}:
        return Opening(path, known, None, limits, size)
    encoding = mapping.encoding or guess_encoding(head)
    known = msgspec.structs.replace(known, encoding=encoding)
    if kind == "jsonl":
        return Opening(path, known, None, limits, size)
    return _delimited(path, known, in_utf8(_Bytes(head), encoding).read(2 * _HEAD), limits, size)


def _format_of(path: Path, head: bytes) -> Format:
    if not head.strip(b"\0\r\n\t "):
        raise UnreadableFileError(f"{path} is empty.", hint="Export it again.")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return "sheet"
    for magic, said in _MAGICS:
        if head.startswith(magic):
            raise UnreadableFileError(f"{path} is {said}.", hint=_READABLE)
    return _text_format(path, head)


def _text_format(path: Path, head: bytes) -> Format:
    text = in_utf8(_Bytes(head), guess_encoding(head)).read(_HEAD).lstrip()
    if text.startswith((b"<?xml", b"<log", b"<!DOCTYPE", b"<!--")):
        return "xes"
    if text.startswith(b"{"):
        return "jsonl"
    if text.startswith(b"[") and text[1:].lstrip().startswith((b"{", b"]")):
        raise UnreadableFileError(
            f"{path} is one JSON list.", hint="Write one object a line (`jq -c '.[]'` does it)."
        )
    odd = sum(text[:4096].count(byte) for byte in range(32) if byte not in b"\t\n\r\x01\x1f\x00")
    if odd > _BINARY_SHARE * min(len(text), 4096):
        raise UnreadableFileError(f"{path} is no text.", hint=_READABLE)
    return "csv"


def _check_sheet(path: Path, limits: Limits) -> None:
    names = check_zip(path, limits)
    if not any(name in names for name in _SHEETS):
        raise UnreadableFileError(f"{path} is an archive, but no spreadsheet.", hint=_READABLE)


def _delimited(path: Path, mapping: Mapping, head: bytes, limits: Limits, size: int) -> Opening:
    hint_line = head[:8].lower()
    told = chr(hint_line[4]) if hint_line.startswith(b"sep=") and len(hint_line) > 4 else ""  # noqa: PLR2004
    delimiter = mapping.delimiter or told or guess_delimiter(head, mapping.quote)
    dialect = Dialect(delimiter, mapping.quote)
    records = _records(head, dialect, limits)
    first = int(bool(told))
    if len(records.spots) <= first:
        raise UnreadableFileError(f"{path} has no rows.", hint=_READABLE)
    header = [_unquoted(cell) for cell in _cells(records, first, dialect)]
    if len(header) > limits.columns:
        raise too_many_columns(str(path), len(header), limits)
    has_header = _is_header(header) if mapping.header is None else mapping.header
    names = distinct_names(header if has_header else [""] * len(header))
    fill, notes = _fill_short(mapping, records.spots[first:], len(names))
    layout = Layout(tuple(names), dialect, skip=first + has_header, fill_short=fill)
    known = msgspec.structs.replace(
        mapping, delimiter=delimiter, header=has_header, short_rows="fill" if fill else "reject"
    )
    return Opening(path, known, layout, limits, size, notes)


def _records(head: bytes, dialect: Dialect, limits: Limits) -> Records:
    found = split_records(head, dialect, most=_TRIED, widest=limits.cell_bytes, whole=False)
    if not len(found.spots):
        found = split_records(head, dialect, most=_TRIED, widest=limits.cell_bytes, whole=True)
    return Records(found.data, found.spots[found.spots[:, 3] & BLANK == 0], found.end)


def guess_delimiter(head: bytes, quote: str = '"') -> str:
    """Tell what stands between cells: what cuts most records into as many cells as the first, at least two.

    Among several the one that gives more cells; a comma where none does.
    """
    found = max(_DELIMITERS, key=lambda mark: _evenness(head, Dialect(mark, quote)))
    return found if _evenness(head, Dialect(found, quote)) > 0 else ","


def _evenness(head: bytes, dialect: Dialect) -> float:
    cells = _records(head, dialect, Limits()).spots[:, 2]
    if not len(cells) or cells[0] < 2:  # noqa: PLR2004 -- two cells make a table
        return 0.0
    even = float((cells == cells[0]).mean())
    return even * even * (1 - 1 / float(cells[0]) ** 0.5)


def _fill_short(mapping: Mapping, spots: np.ndarray, columns: int) -> tuple[bool, tuple[str, ...]]:
    """Decide whether rows with too few cells are how this file is written."""
    if mapping.short_rows:
        return mapping.short_rows == "fill", ()
    short = int((spots[:, 2] < columns).sum())
    if short < 2 or short < _SHORT_SHARE * len(spots):  # noqa: PLR2004 -- one may be a mistake
        return False, ()
    note = f"{short} of the first {len(spots)} rows end early; the cells they leave out count as empty."
    return True, (note,)


def _cells(records: Records, record: int, dialect: Dialect) -> list[bytes]:
    """Cut one record at its delimiters, outside quotes."""
    cells, is_quoted = [bytearray()], False
    for byte in records.text(record):
        if dialect.quote and byte == ord(dialect.quote):
            is_quoted = not is_quoted if is_quoted or not cells[-1] else is_quoted
        if byte == ord(dialect.delimiter) and not is_quoted:
            cells.append(bytearray())
        else:
            cells[-1].append(byte)
    return [bytes(cell) for cell in cells]


def _unquoted(cell: bytes) -> str:
    text = cell.decode("utf-8", "replace")
    return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text


def _is_header(cells: Sequence[str]) -> bool:
    """Say whether a first row names columns: no cell is a time, and not every cell is a number."""
    is_time = any(read_time_text(cell)[1] & OK for cell in cells)
    return not is_time and not all(_is_number(cell) for cell in cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


class _Bytes:
    """Bytes held in memory, as a stream."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int) -> bytes:
        piece, self._data = self._data[:size], self._data[size:]
        return piece

    def position(self) -> int:
        return 0

    def close(self) -> None:
        self._data = b""
