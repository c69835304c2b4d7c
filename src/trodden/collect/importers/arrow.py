"""Arrow for importers: untyped modules by typed names, and the way between its arrays and ours."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pyarrow as _pyarrow  # noqa: ICN001 -- `pa` is the untyped name below
import pyarrow.compute as _compute
import pyarrow.csv as _csv
import pyarrow.ipc as _ipc

from trodden.methods.rows.columns import TextColumn

if TYPE_CHECKING:
    from trodden.methods.rows.arrays import Bytes, Ints, Mask, Offsets

pa: Any = _pyarrow
pc: Any = _compute
csv: Any = _csv
ipc: Any = _ipc

Column: TypeAlias = Any
"""An `Array`: one column of one chunk."""
Table: TypeAlias = Any

_SHARED: Final = 65_536
STRING: Final = pa.string()
INT64: Final = pa.int64()
DOUBLE: Final = pa.float64()
BOOL: Final = pa.bool_()
LOCAL: Final = pa.timestamp("us")
"""Times without a zone."""
UTC: Final = pa.timestamp("us", tz="UTC")
"""Instants."""


def mask_of(column: Column) -> Mask:
    """Return (rows,) bool: where the column has a value."""
    if not column.null_count:
        return np.ones(len(column), np.bool_)
    return column.is_valid().to_numpy(zero_copy_only=False)


def text_column(column: Column) -> TextColumn:
    """Return the bytes of a column of strings without copying them."""
    _, offsets, data = column.buffers()
    first = column.offset
    bounds = (
        np.frombuffer(offsets, np.int32)[first : first + len(column) + 1]
        if offsets
        else np.zeros(1, np.int32)
    )
    return TextColumn(_bytes(data), bounds, mask_of(column))


def strings(data: Bytes, offsets: Offsets) -> Column:
    """Make a column of strings of bytes that are known to be UTF-8."""
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))


def digests(flat: Bytes, width: int) -> Column:
    """Make a column of binary values of equal width."""
    return pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(width), len(flat) // width, [None, pa.py_buffer(flat)]
    )


def ints(column: Column) -> Ints:
    """Return (rows,) int64 of a column of numbers or times; 0 where there is none."""
    whole = column.cast(INT64)
    filled = pc.fill_null(whole, 0) if whole.null_count else whole
    return filled.to_numpy(zero_copy_only=False)


def times(values: Ints, use: Mask | None = None) -> Column:
    """Make a column of instants of microseconds since 1970, null where ``use`` is False."""
    return pa.array(values, INT64, mask=None if use is None or use.all() else ~use).cast(UTC)


def constant(value: str | int, kind: object, rows: int) -> Column:
    """Make a column that says the same in every row; up to 65,536 rows share their memory with others."""
    return _repeated(value, kind, max(rows, _SHARED)).slice(0, rows)


@lru_cache(maxsize=64)
def _repeated(value: str | int, kind: object, rows: int) -> Column:
    return pa.repeat(pa.scalar(value, kind), rows)


def whole(column: Column) -> Column:
    """Return a chunked column in one piece."""
    if not hasattr(column, "chunks"):
        return column
    return (
        column.chunk(0)
        if column.num_chunks == 1
        else pa.concat_arrays(column.chunks)
        if column.chunks
        else (pa.array([], column.type))
    )


def _bytes(buffer: object) -> Bytes:
    return np.empty(0, np.uint8) if buffer is None else np.frombuffer(buffer, np.uint8)  # type: ignore[call-overload]
