"""Prove that a person is gone: open every file by its format and look for them in every value.

A search of raw bytes finds nothing in a compressed file even before anybody was erased, so files
are opened: pages of Parquet, dictionaries of Arrow, rows and free pages of SQLite, what is gzipped.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from trodden.store._arrow import Table, ipc, pa, pc, pq
from trodden.store.values import Wanted, values_in

DEPTH: Final = 5
"""How many layers of compression are opened."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A place where the person is still named: a file, and where in it."""

    path: Path
    place: str


def traces(folder: Path, value: str) -> list[Trace]:
    """Return every place below a folder that names a person; an empty list proves they are gone.

    Decoded values count when they contain the identifier, or, for one shorter than eight
    characters, when they equal it. Names of files and folders count too.

    Parameters
    ----------
    value
        The identifier, as it arrived.
    """
    return traces_in(_below(folder), value)


def traces_in(paths: Iterable[Path], value: str) -> list[Trace]:
    """Return every place in some files and folders, and in their names, that names a person."""
    wanted = Wanted(value)
    found: list[Trace] = []
    for path in paths:
        if wanted.in_text(path.name):
            found.append(Trace(path, "its name"))
        if path.is_file() and not path.is_symlink():
            found += [Trace(path, place) for place in _places(path, wanted)]
    return found


def _below(folder: Path) -> list[Path]:
    """List the files and folders below a folder; what goes meanwhile may be among them."""
    return sorted(
        Path(parent, name) for parent, folders, files in os.walk(folder) for name in (*folders, *files)
    )


def _places(path: Path, wanted: Wanted) -> Iterator[str]:
    """Give the places of a file; none where it has gone meanwhile, and with it whoever it named."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return
    if data[:16] == b"SQLite format 3\0":
        yield from _sqlite(path, wanted)
    yield from places_in(data, wanted)


def places_in(data: bytes, wanted: Wanted, depth: int = DEPTH) -> Iterator[str]:
    """Give the places in some bytes, opened by what they are, that name the person."""
    if wanted.in_bytes(data):
        yield "raw bytes"
    for magic, name, opened in _FORMATS:
        if data.startswith(magic):
            yield from _opened(name, opened(data, wanted, depth))
            return
    if wanted.in_file(data.decode("utf-8", "replace")):
        yield "text"


def _opened(name: str, places: Iterator[str]) -> Iterator[str]:
    """Name the format; what cannot be opened has not been shown to be free of the person."""
    try:
        yield from (f"{name}: {place}" for place in places)
    except (pa.ArrowInvalid, OSError, EOFError, zlib.error, zipfile.BadZipFile):
        yield f"{name} that cannot be opened"


def _parquet(data: bytes, wanted: Wanted, _: int) -> Iterator[str]:
    file = pq.ParquetFile(io.BytesIO(data))
    if _names(values_in(file.metadata.metadata or {}), wanted):
        yield "metadata"
    for group in range(file.num_row_groups):
        yield from _table(file.read_row_group(group), wanted)
        yield from _statistics(file.metadata.row_group(group), wanted)


def _statistics(group: Any, wanted: Wanted) -> Iterator[str]:  # noqa: ANN401 -- Parquet metadata
    for number in range(group.num_columns):
        column = group.column(number)
        known = column.statistics
        if known is not None and known.has_min_max and _names(values_in([known.min, known.max]), wanted):
            yield f"statistics of {column.path_in_schema}"


def _arrow(data: bytes, wanted: Wanted, _: int) -> Iterator[str]:
    file = ipc.open_file(pa.py_buffer(data))
    if _names(values_in(file.schema.metadata or {}), wanted):
        yield "metadata"
    yield from _table(file.read_all(), wanted)


def _arrow_streams(data: bytes, wanted: Wanted, _: int) -> Iterator[str]:
    source = pa.BufferReader(data)
    while source.tell() < len(data):
        yield from _table(ipc.open_stream(source).read_all(), wanted)


def _table(table: Table, wanted: Wanted) -> Iterator[str]:
    for name in table.column_names:
        if any(_in_column(chunk, wanted) for chunk in table.column(name).chunks):
            yield f"column {name}"


def _in_column(column: Any, wanted: Wanted) -> bool:  # noqa: ANN401 -- an Arrow array of any type
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _in_column(column.dictionary, wanted)
    if pa.types.is_struct(kind):
        return any(_in_column(column.field(number), wanted) for number in range(kind.num_fields))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind):
        return _in_column(column.values, wanted)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _in_strings(column, wanted)
    return _names(values_in(pc.unique(column).to_pylist()), wanted)


def _in_strings(column: Any, wanted: Wanted) -> bool:  # noqa: ANN401 -- an Arrow array of strings
    if pc.any(pc.match_substring_regex(column, wanted.pattern)).as_py():
        return True
    may_be_json = column.filter(pc.match_substring_regex(column, r'^[\[{"]'))
    return _names(pc.unique(may_be_json).drop_null().to_pylist(), wanted)


def _sqlite(path: Path, wanted: Wanted) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        for part in path.parent.glob(f"{path.name}*"):
            with contextlib.suppress(FileNotFoundError):  # a log goes with its last reader
                shutil.copy2(part, folder)
        with contextlib.closing(sqlite3.connect(Path(folder, path.name))) as connection:
            yield from (f"SQLite: table {name}" for name, rows in _rows(connection) if _names(rows, wanted))


def _rows(connection: sqlite3.Connection) -> Iterator[tuple[str, Iterator[str]]]:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        found = connection.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608 -- SQLite's own name
        yield str(table), values_in(found)


def _gzip(data: bytes, wanted: Wanted, depth: int) -> Iterator[str]:
    yield from _deeper(gzip.decompress(data), wanted, depth)


def _zstd(data: bytes, wanted: Wanted, depth: int) -> Iterator[str]:
    with pa.CompressedInputStream(pa.py_buffer(data), "zstd") as stream:
        yield from _deeper(stream.read(), wanted, depth)


def _zip(data: bytes, wanted: Wanted, depth: int) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if wanted.in_text(name):
                yield f"the name {name}"
            yield from (f"{name}: {place}" for place in _deeper(archive.read(name), wanted, depth))


def _deeper(data: bytes, wanted: Wanted, depth: int) -> Iterator[str]:
    if depth:
        yield from places_in(data, wanted, depth - 1)


def _nothing(_: bytes, __: Wanted, ___: int) -> Iterator[str]:
    """Give nothing: what there is to find was found already."""
    yield from ()


_Opener = Callable[[bytes, Wanted, int], Iterator[str]]
_FORMATS: Final[tuple[tuple[bytes, str, _Opener], ...]] = (
    (b"PAR1", "Parquet", _parquet),
    (b"ARROW1", "Arrow", _arrow),
    (b"\xff\xff\xff\xff", "Arrow stream", _arrow_streams),
    (b"SQLite format 3\0", "SQLite", _nothing),
    (b"\x1f\x8b", "gzip", _gzip),
    (b"\x28\xb5\x2f\xfd", "zstd", _zstd),
    (b"PK\x03\x04", "zip", _zip),
)


def _names(values: Iterable[str], wanted: Wanted) -> bool:
    return any(wanted.in_text(value) for value in values)
