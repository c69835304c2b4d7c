"""Rows written to a file another program opens: one writer for each format, none of which emits a formula."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from trodden.model.errors import CallerError, TooLargeError
from trodden.store._arrow import Schema, pa, pc

FORMATS: Final = ("csv", "parquet", "json", "jsonl", "xlsx")
LONGEST_SHEET: Final = 1_048_575
"""Rows a worksheet holds below its head."""

_FORMULA: Final = "^[ ]*[=+\\-@|\t\r\n\uff1d\uff0b\uff0d\uff20]"


class RowWriter(Protocol):
    """Writes batches of one schema, in order."""

    def write(self, batch: Any) -> None:  # noqa: ANN401 - an Arrow record batch
        """Write the rows of a batch."""
        ...

    def close(self) -> None:
        """Write what comes last."""
        ...


def write_rows(batches: Iterable[Any], schema: Schema, path: Path, form: str, *, exact: bool = False) -> int:
    """Write rows to a file that appears whole or not at all, and return how many there are.

    A text a spreadsheet would take for a formula gets an apostrophe in front, in CSV only: the other formats
    say that a text is one. ``exact`` leaves texts as they are.

    Raises
    ------
    CallerError
        Nobody writes the format.
    TooLargeError
        There are more rows than a worksheet holds.
    """
    if form not in _WRITERS:
        raise CallerError(f"Nobody writes {form!r}.", hint=f"Formats: {', '.join(FORMATS)}.")
    rows = 0
    with _appearing(path) as scratch:
        writer = _WRITERS[form](scratch, schema)
        try:
            for batch in batches:
                writer.write(batch if exact or form != "csv" else _inert(batch))
                rows += batch.num_rows
        finally:
            writer.close()
    return rows


def format_of(path: Path) -> str:
    """Return the format a file's name asks for.

    Raises
    ------
    CallerError
        The name ends in nothing known.
    """
    form = path.suffix.removeprefix(".").lower()
    if form not in FORMATS:
        raise CallerError(
            f"{path.name!r} does not say which format to write.",
            hint=f"End it in one of: {', '.join(FORMATS)}.",
        )
    return form


@contextmanager
def _appearing(path: Path) -> Generator[Path]:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        scratch.touch()
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        yield scratch
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _inert(batch: Any) -> Any:  # noqa: ANN401 - as above
    columns = [_inert_column(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _inert_column(column: Any) -> Any:  # noqa: ANN401 - as above
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    if not pa.types.is_string(column.type):
        return column
    risky = pc.match_substring_regex(column, _FORMULA)
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


class _Csv:
    def __init__(self, path: Path, schema: Schema) -> None:
        from pyarrow import csv

        plain = pa.schema(
            [pa.field(name, _plain(kind)) for name, kind in zip(schema.names, schema.types, strict=True)]
        )
        self._schema = plain
        self._writer: Any = csv.CSVWriter(str(path), plain)

    def write(self, batch: Any) -> None:  # noqa: ANN401 - as above
        self._writer.write(
            pa.RecordBatch.from_arrays([_text(column) for column in batch.columns], schema=self._schema)
        )

    def close(self) -> None:
        self._writer.close()


def _plain(kind: Any) -> Any:  # noqa: ANN401 - as above
    return pa.string() if pa.types.is_dictionary(kind) or pa.types.is_timestamp(kind) else kind


def _text(column: Any) -> Any:  # noqa: ANN401 - as above
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


class _Parquet:
    def __init__(self, path: Path, schema: Schema) -> None:
        from pyarrow import parquet

        self._writer: Any = parquet.ParquetWriter(str(path), schema, compression="zstd")

    def write(self, batch: Any) -> None:  # noqa: ANN401 - as above
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()


class _Json:
    def __init__(self, path: Path, schema: Schema) -> None:  # noqa: ARG002 - JSON rows name their fields themselves
        self._file = path.open("wb")
        self._file.write(b"[")
        self._between = b"\n"

    def write(self, batch: Any) -> None:  # noqa: ANN401 - as above
        for row in batch.to_pylist():
            self._file.write(self._between + msgspec.json.encode(row))
            self._between = b",\n"

    def close(self) -> None:
        self._file.write(b"\n]\n")
        self._file.close()


class _JsonLines:
    def __init__(self, path: Path, schema: Schema) -> None:  # noqa: ARG002 - as above
        self._file = path.open("wb")

    def write(self, batch: Any) -> None:  # noqa: ANN401 - as above
        for row in batch.to_pylist():
            self._file.write(msgspec.json.encode(row) + b"\n")

    def close(self) -> None:
        self._file.close()


class _Xlsx:
    def __init__(self, path: Path, schema: Schema) -> None:
        from xlsxwriter import Workbook  # pyright: ignore[reportMissingTypeStubs]

        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book: Any = Workbook(str(path), options)
        self._sheet: Any = self._book.add_worksheet("Trodden")
        self._time: Any = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._row = 1
        for place, name in enumerate(schema.names):
            self._sheet.write_string(0, place, name)

    def write(self, batch: Any) -> None:  # noqa: ANN401 - as above
        if self._row + batch.num_rows > LONGEST_SHEET + 1:
            raise TooLargeError(
                f"A worksheet holds {LONGEST_SHEET:,} rows and there are more.", hint="Write CSV or Parquet."
            )
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            for place, value in enumerate(row):
                self._cell(place, value)
            self._row += 1

    def _cell(self, place: int, value: Any) -> None:  # noqa: ANN401 - any scalar
        from datetime import datetime

        if isinstance(value, bool):
            self._sheet.write_boolean(self._row, place, value)
        elif isinstance(value, int | float):
            self._sheet.write_number(self._row, place, value)
        elif isinstance(value, datetime):
            self._sheet.write_datetime(self._row, place, value.replace(tzinfo=None), self._time)
        elif value is not None:
            self._sheet.write_string(self._row, place, str(value)[:32_767])

    def close(self) -> None:
        self._book.close()


_WRITERS: Final[dict[str, Callable[[Path, Schema], RowWriter]]] = {
    "csv": _Csv,
    "parquet": _Parquet,
    "json": _Json,
    "jsonl": _JsonLines,
    "xlsx": _Xlsx,
}
