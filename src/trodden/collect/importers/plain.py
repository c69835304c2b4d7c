"""Arrow columns of any type as columns of the five types importers know; run where the file is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from trodden.collect.importers.arrow import BOOL, DOUBLE, INT64, LOCAL, STRING, UTC, Column, pa, pc, whole

_DEEPEST: Final = 8
"""Levels of structs that become columns of their own."""
MOST_TEXTS: Final = 4_096
LONGEST_CODED: Final = 256
"""Texts, and bytes of the longest, of a dictionary that is handed on as one."""
INT32: Final = pa.int32()
CODED: Final = pa.dictionary(INT32, STRING)
"""The one type of columns that are handed on as dictionaries."""


class Plain(NamedTuple):
    """A column by its name; ``is_literal`` where its strings are JSON already."""

    name: str
    values: Column
    is_literal: bool


def plain_columns(name: str, column: Column) -> Iterator[Plain]:
    """Yield a column as strings, int64, float64, booleans or times in microseconds.

    A struct becomes a column for each of its fields, named by a dotted path; a list or map becomes JSON.
    Times lose what is finer than a microsecond. Dates, and numbers too large for 64 bits, become text.
    """
    yield from _columns(name, whole(column), _DEEPEST)


def coded_column(name: str, column: Column) -> list[Plain]:
    """Return a dictionary of a few short texts as a column of type `CODED`; nothing for any other column.

    It stands for the texts it decodes to, and takes less to hand on.
    """
    column = whole(column)
    if not pa.types.is_dictionary(column.type) or not _is_text(column.type.value_type):
        return []
    column.validate(full=True)
    texts = column.dictionary.cast(STRING)
    is_long = (pc.max(pc.binary_length(texts)).as_py() or 0) > LONGEST_CODED
    if len(texts) > MOST_TEXTS or texts.null_count or is_long:
        return []
    return [Plain(name, pa.DictionaryArray.from_arrays(column.indices.cast(INT32), texts), is_literal=False)]


def as_type(column: Column, kind: object) -> Column:
    """Return a column of texts in the type that a stream began with: as they are, or a dictionary."""
    if column.type == kind:
        return column
    return column.dictionary_encode() if kind == CODED else column.dictionary_decode()


def _is_text(kind: object) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _columns(name: str, column: Column, depth: int) -> Iterator[Plain]:
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        yield from _columns(name, column.storage, depth)
    elif pa.types.is_dictionary(kind):
        yield from _columns(name, _decoded(column), depth)
    elif pa.types.is_struct(kind) and depth:
        for field in kind:
            yield from _columns(f"{name}.{field.name}", pc.struct_field(column, field.name), depth - 1)
    else:
        values, is_literal = _values(column)
        yield Plain(name, values, is_literal)


def _decoded(column: Column) -> Column:
    """Return the values of a dictionary column; an index beyond the dictionary is an error."""
    column.validate(full=True)
    if pa.types.is_string_view(column.type.value_type):
        column = pa.DictionaryArray.from_arrays(column.indices, column.dictionary.cast(STRING))
    return column.dictionary_decode()


def _values(column: Column) -> tuple[Column, bool]:
    kind = column.type
    if pa.types.is_nested(kind):
        return _json(column), True
    if pa.types.is_integer(kind) and kind != pa.uint64():
        return column.cast(INT64), False
    if pa.types.is_floating(kind):
        return column.cast(DOUBLE), False
    if kind == BOOL:
        return column, False
    if pa.types.is_timestamp(kind):
        return column.cast(UTC if kind.tz else LOCAL, safe=False), False
    return _text(column)


def _text(column: Column) -> tuple[Column, bool]:
    kind = column.type
    if pa.types.is_duration(kind):
        seconds = pc.divide(column.cast(pa.duration("us")).cast(INT64).cast(DOUBLE), 1e6)
        return seconds, False
    if pa.types.is_decimal(kind) or pa.types.is_integer(kind):
        return column.cast(STRING), True
    try:
        return column.cast(STRING), False
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([_shown(value) for value in column.to_pylist()], STRING), False


def _shown(value: object) -> str | None:
    """Return bytes that are not text as hexadecimal digits, anything else as Python shows it."""
    if isinstance(value, bytes):
        return value.hex()
    return None if value is None else str(value)


def _json(column: Column) -> Column:
    return pa.array([None if value is None else _encoded(value) for value in column.to_pylist()], STRING)


def _encoded(value: object) -> str:
    return msgspec.json.encode(value, enc_hook=_hook, order="deterministic").decode()


def _hook(value: Any) -> str:  # noqa: ANN401 -- msgspec calls it with what it does not know
    return str(value)
