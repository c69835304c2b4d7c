"""The process that reads Parquet and spreadsheets: if a hostile file brings it down, nothing else falls.

Started as ``python -m trodden.collect.importers.child KIND PATH SHEET MEMORY CELL ROWS``. It writes an
Arrow stream of plain columns to standard output; where it must give up, a JSON object to standard error.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, cast

GAVE_UP: Final = 3
"""Exit status after a reason was written to standard error."""
LITERAL: Final = b"literal"
"""Key of a field's metadata: ``all`` where its strings are JSON, else the number of the column that says."""
ALL: Final = b"all"
CODES: Final = b"codes"
"""Key of the metadata of the last field, which says of each row why it cannot be had."""
_BATCH_BYTES: Final = 32 << 20
TOTAL: Final = b"rows"
"""Key of the stream's metadata: how many rows the file says it has."""


class GiveUpError(Exception):
    """The file cannot be read, or asks for too much."""


def main(arguments: Sequence[str]) -> int:
    """Read the file named on the command line."""
    kind, path, sheet, memory, cell, rows = arguments
    _restrict(int(memory))
    sys.meta_path.insert(0, _WithoutPandas())
    read = {"parquet": _parquet, "sheet": _sheet}[kind]
    try:
        read(path, sheet, int(cell), int(rows))
    except BrokenPipeError:
        return 0
    except BaseException as error:  # noqa: BLE001 -- readers in C++ and Rust raise what they like, panics too
        with contextlib.suppress(OSError):
            sys.stderr.write(json.dumps({"error": type(error).__name__, "message": str(error)[:2_000]}))
        return GAVE_UP
    return 0


class _WithoutPandas:
    """Keeps Arrow from importing pandas where that is installed: it takes a second and is not needed."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _restrict(memory: int) -> None:
    """Take away what reading does not need: more memory, core files, writing to disk."""
    _lower(resource.RLIMIT_AS, memory)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)


def _lower(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    resource.setrlimit(limit, (value, value) if hard == resource.RLIM_INFINITY else (min(value, hard), hard))


def _parquet(path: str, _: str, cell: int, rows: int) -> None:
    import pyarrow.parquet as pq

    from trodden.collect.importers.arrow import pa

    reader: Any = pq
    file = reader.ParquetFile(path, memory_map=False, pre_buffer=False)
    names = _distinct(file.schema_arrow.names)
    batches = file.iter_batches(batch_size=rows, use_threads=False)
    writer = _Writer(file.metadata.num_rows, cell)
    for batch in batches:
        for piece in _pieces(batch):
            writer.write(_plain_batch(names, piece.columns))
    if not writer.is_open:
        writer.write(_plain_batch(names, [pa.array([], field.type) for field in file.schema_arrow]))
    writer.close()


def _plain_batch(names: Sequence[str], columns: Sequence[Any]) -> Any:  # noqa: ANN401 -- Arrow has no types
    from trodden.collect.importers.arrow import pa
    from trodden.collect.importers.plain import coded_column, plain_columns

    found = [
        plain
        for name, column in zip(names, columns, strict=True)
        for plain in coded_column(name, column) or plain_columns(name, column)
    ]
    final = _distinct([plain.name for plain in found])
    fields = [
        pa.field(name, plain.values.type, metadata={LITERAL: ALL} if plain.is_literal else None)
        for name, plain in zip(final, found, strict=True)
    ]
    return pa.RecordBatch.from_arrays([plain.values for plain in found], schema=pa.schema(fields))


def _pieces(batch: Any) -> Iterator[Any]:  # noqa: ANN401 -- Arrow has no types
    """Cut a batch of large rows, so that none takes much memory where it is used."""
    rows = max(1, batch.num_rows * _BATCH_BYTES // max(_BATCH_BYTES, batch.nbytes))
    yield from (batch.slice(start, rows) for start in range(0, batch.num_rows, rows))


class _Writer:
    """An Arrow stream on standard output."""

    def __init__(self, total: int, cell: int) -> None:
        self._total = total
        self._cell = cell
        self._stream: Any = None
        self._schema: Any = None
        self._out: Any = os.fdopen(1, "wb", buffering=0)

    @property
    def is_open(self) -> bool:
        return self._stream is not None

    def write(self, batch: Any) -> None:  # noqa: ANN401 -- Arrow has no types
        from trodden.collect.importers.arrow import ipc, pa
        from trodden.collect.importers.plain import as_type
        from trodden.collect.importers.screen import screened

        columns, codes = screened(batch.columns, self._cell)
        fields = [field.with_type(one.type) for field, one in zip(batch.schema, columns, strict=True)]
        field = pa.field("codes", codes.type, metadata={CODES: b"1"})
        schema = pa.schema([*fields, field], metadata={TOTAL: str(self._total).encode()})
        if self._stream is None:
            self._schema, self._stream = schema, ipc.new_stream(self._out, schema)
        fitting = [
            as_type(one, kind) for one, kind in zip([*columns, codes], self._schema.types, strict=True)
        ]
        self._stream.write_batch(pa.RecordBatch.from_arrays(fitting, schema=self._schema))

    def close(self) -> None:
        self._stream.close()
        self._out.close()


def _sheet(path: str, wanted: str, cell: int, rows: int) -> None:
    from python_calamine import CalamineWorkbook

    book: Any = cast("Any", CalamineWorkbook).from_path(path)
    sheet = book.get_sheet_by_name(_sheet_name(book.sheet_names, wanted, book.get_sheet_by_name))
    table = _rows(sheet.iter_rows())
    header = next(table, None)
    if header is None:
        raise GiveUpError("the sheet is empty")
    names = _distinct([_cell(name)[0] or "" for name in header])
    writer = _Writer(sheet.height, cell)
    for some in _taken(table, rows):
        writer.write(_sheet_batch(names, some))
    if not writer.is_open:
        writer.write(_sheet_batch(names, []))
    writer.close()


def _sheet_name(names: list[str], wanted: str, get: Callable[[str], Any]) -> str:
    """Return the sheet asked for, else the first that has two rows."""
    if wanted and wanted not in names:
        raise GiveUpError(f"there is no sheet {wanted!r} among {names}")
    return wanted or next((name for name in names if get(name).height > 1), names[0] if names else "")


def _rows(rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """Yield the rows from the header on: the first row with two filled cells or, in a narrow sheet, one."""
    for row in rows:
        if sum(cell != "" for cell in row) >= min(2, len(row)):
            yield row
            break
    yield from rows


def _taken(rows: Iterator[list[Any]], count: int) -> Iterator[list[list[Any]]]:
    some: list[list[Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == count:
            yield some
            some = []
    if some:
        yield some


def _sheet_batch(names: Sequence[str], rows: list[list[Any]]) -> Any:  # noqa: ANN401 -- Arrow has no types
    from trodden.collect.importers.arrow import BOOL, STRING, pa

    texts: list[Any] = []
    literals: list[Any] = []
    for place in range(len(names)):
        cells = [_cell(row[place] if place < len(row) else "") for row in rows]
        texts.append(pa.array([text for text, _ in cells], STRING))
        literals.append(pa.array([is_literal for _, is_literal in cells], BOOL))
    fields = [
        pa.field(name, STRING, metadata={LITERAL: str(len(names) + place).encode()})
        for place, name in enumerate(names)
    ]
    flags = [pa.field(f"is literal {place}", BOOL) for place in range(len(names))]
    return pa.RecordBatch.from_arrays(texts + literals, schema=pa.schema(fields + flags))


def _cell(value: object) -> tuple[str | None, bool]:
    """Return a cell as text, and whether the text is JSON."""
    if isinstance(value, str):
        return value or None, False
    if isinstance(value, bool):
        return ("true" if value else "false"), True
    if isinstance(value, int | float):
        return _number(value), True
    if isinstance(value, timedelta):
        return _number(value.total_seconds()), True
    if isinstance(value, datetime | date | time):
        return value.isoformat(), False
    return None, False


def _number(value: float) -> str | None:
    """Write a number; a whole one in plain digits, none for what is no finite number."""
    if isinstance(value, int):
        return str(value)
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 -- NaN is not itself
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def _distinct(names: Sequence[str]) -> list[str]:
    from trodden.collect.importers.naming import distinct_names

    return distinct_names(names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
