"""Arrow IPC files whose columns begin at multiples of 64 bytes, so that kernels read them in place."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trodden.store._arrow import Schema, ipc, pa

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from trodden.store.walks.files import NewFile

ALIGNMENT: Final = 64
_PAD: Final = "pad"


class AlignedWriter:
    """Write batches of fixed-width columns; each column of each batch begins at a multiple of 64 bytes.

    Arrow pads to 8 bytes alone, so batches get rows of zeros up to a multiple of 64, and unread metadata
    of the right length. The rows padded are known to the index alone.
    """

    def __init__(self, file: NewFile, schema: Schema) -> None:
        in_schema, self._in_batch = _pads(schema)
        self._schema = _with_pad(schema, in_schema)
        self._writer: Any = ipc.new_file(file, self._schema)

    def write(self, columns: Mapping[str, NDArray[Any]]) -> int:
        """Write one batch; return its rows, padded."""
        arrays = [_array(columns[field.name], field.type) for field in self._schema]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        self._writer.write_batch(batch, custom_metadata={_PAD: " " * self._in_batch})
        return batch.num_rows

    def close(self) -> None:
        """Write the footer."""
        self._writer.close()


def padded(rows: int) -> int:
    """Return how many rows a batch of so many takes."""
    return -(-rows // ALIGNMENT) * ALIGNMENT


def batches(buffer: Any) -> Iterator[Any]:  # noqa: ANN401 -- Arrow's
    """Return the record batches of a mapped file, their columns in place."""
    reader = ipc.open_file(buffer)
    return (reader.get_batch(number) for number in range(reader.num_record_batches))


def numbers(column: Any, kind: Any) -> NDArray[Any]:  # noqa: ANN401 -- Arrow's
    """Return a fixed-width column without nulls as an array, in place and read-only."""
    found = np.frombuffer(column.buffers()[1] or b"", kind)
    return found[column.offset : column.offset + len(column)]


def _array(values: NDArray[Any], kind: Any) -> Any:  # noqa: ANN401 -- Arrow's
    room = np.zeros(padded(len(values)), values.dtype)
    room[: len(values)] = values
    return pa.Array.from_buffers(kind, len(room), [None, pa.py_buffer(room)])


@cache
def _pads(schema: Schema) -> tuple[int, int]:
    """Return the lengths of metadata in schema and batch that put every body at a multiple of 64."""
    in_batch = next(length for length in count() if _distance(schema, 0, length) % ALIGNMENT == 0)
    in_schema = next(length for length in count() if _begin(schema, length, in_batch) % ALIGNMENT == 0)
    return in_schema, in_batch


def _begin(schema: Schema, in_schema: int, in_batch: int, batch: int = 0) -> int:
    plain = _with_pad(schema, in_schema)
    zeros = [pa.Array.from_buffers(field.type, ALIGNMENT, [None, _zeros(field.type)]) for field in plain]
    sink = pa.BufferOutputStream()
    with ipc.new_file(sink, plain) as writer:
        for _ in range(2):
            one = pa.RecordBatch.from_arrays(zeros, schema=plain)
            writer.write_batch(one, custom_metadata={_PAD: " " * in_batch})
    data = sink.getvalue()
    return ipc.open_file(data).get_batch(batch).column(0).buffers()[1].address - data.address


def _with_pad(schema: Any, length: int) -> Any:  # noqa: ANN401 -- Arrow's
    return schema.with_metadata({_PAD: " " * length})


def _distance(schema: Schema, in_schema: int, in_batch: int) -> int:
    return _begin(schema, in_schema, in_batch, 1) - _begin(schema, in_schema, in_batch)


def _zeros(kind: Any) -> Any:  # noqa: ANN401 -- Arrow's
    return pa.py_buffer(bytes(kind.bit_width // 8 * ALIGNMENT))
