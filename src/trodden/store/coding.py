"""Texts to small numbers, many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trodden.store import kernels_text
from trodden.store._arrow import Column, pa, pc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

_WIDEST: Final = 2**62
_FIRST_ENTRIES: Final = 1_024
_FIRST_BYTES: Final = 16_384


class Names:
    """Distinct texts in order of first appearance; the position is the code."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names: list[str] = list(names)
        self._codes = {name: code for code, name in enumerate(self.names)}

    def __len__(self) -> int:
        """Count the names."""
        return len(self.names)

    def __contains__(self, name: str) -> bool:
        """Tell whether the name has a code."""
        return name in self._codes

    def code(self, name: str) -> int:
        """Return the code of a name, giving it the next one where it is new."""
        code = self._codes.setdefault(name, len(self.names))
        if code == len(self.names):
            self.names.append(name)
        return code

    def codes(self, names: Iterable[str]) -> NDArray[np.int64]:
        """Return the codes of many names, in their order."""
        return np.array([self.code(name) for name in names], np.int64)


class Interner:
    """Distinct texts in order of first appearance, for millions of them; the position is the code."""

    def __init__(self) -> None:
        self.table = room(_FIRST_ENTRIES, _FIRST_BYTES)

    def __len__(self) -> int:
        """Count the texts."""
        return int(self.table.size[0])

    def codes(self, column: Column) -> NDArray[np.int64]:
        """Return the codes of a text column without nulls, giving new texts the next ones."""
        data, offsets = text_buffers(column)
        rows = len(offsets) - 1
        size = int(offsets[-1] - offsets[0]) if rows else 0
        self.table = roomier(self.table, rows, size, lambda: np.zeros(len(self), np.uint64))
        codes = np.empty(rows, np.int64)
        kernels_text.intern_all(self.table, data, offsets, codes)
        return codes

    def texts(self, first: int = 0) -> Column:
        """Return the texts from code ``first`` on, as large strings."""
        return texts_of(self.table, first)


def room(entries: int, size: int) -> kernels_text.Interned:
    """Return an empty table with room for so many texts of so many bytes together."""
    return kernels_text.Interned(
        slots=np.zeros(_slots_for(entries), np.uint64),
        ends=np.zeros(entries + 1, np.uint64),
        arena=np.empty(size, np.uint8),
        size=np.zeros(1, np.uint64),
    )


def roomier(
    table: kernels_text.Interned, entries: int, size: int, seeds: Callable[[], NDArray[np.uint64]]
) -> kernels_text.Interned:
    """Return the table, with more room where so many texts more would not fit.

    Parameters
    ----------
    entries, size
        Texts and bytes that may be added.
    seeds
        Gives what each present text was hashed with.
    """
    held = int(table.size[0])
    ends = _longer(table.ends, held + 1, held + entries + 1)
    used = int(table.ends[held])
    arena = _longer(table.arena, used, used + size)
    slots = table.slots
    if _slots_for(held + entries) > len(slots):
        slots = np.zeros(_slots_for(held + entries), np.uint64)
        kernels_text.fill_slots(slots, ends, arena, seeds())
    return kernels_text.Interned(slots, ends, arena, table.size)


def _slots_for(entries: int) -> int:
    """Return a power of two at most two thirds of which so many entries take."""
    return 1 << (entries + entries // 2).bit_length()


def _longer(array: NDArray[Any], used: int, needed: int) -> NDArray[Any]:
    """Return the array, or a copy of what is used of it that is half as long again, and long enough."""
    if needed <= len(array):
        return array
    longer = np.empty(max(needed, len(array) + len(array) // 2), array.dtype)
    longer[:used] = array[:used]
    return longer


def texts_of(table: kernels_text.Interned, first: int = 0) -> Column:
    """Return the texts of a table from entry ``first`` on, as large strings."""
    held = int(table.size[0])
    offsets = table.ends[first : held + 1].astype(np.int64)
    data = table.arena[offsets[0] : offsets[-1]].copy()
    buffers = [pa.py_buffer((offsets - offsets[0]).tobytes()), pa.py_buffer(data)]
    return pa.LargeStringArray.from_buffers(held - first, *buffers)


def text_buffers(column: Column) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the bytes of a text column and the (texts + 1,) offsets of each into them."""
    array = one_array(column).cast(pa.large_string())
    if not len(array):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    _, offsets, data = array.buffers()
    places = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    return np.frombuffer(data or b"", np.uint8), places


def coded(column: Column) -> tuple[NDArray[np.int64], list[str]]:
    """Return (rows,) codes of a text column without nulls, and the text of each code."""
    array = one_array(column)
    encoded = array if pa.types.is_dictionary(array.type) else pc.dictionary_encode(array)
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()


def combined(
    columns: Sequence[NDArray[np.integer[Any]]], sizes: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give every distinct row of several code columns a number.

    Parameters
    ----------
    columns
        Each (rows,) codes, ``0 <= code < size``.
    sizes
        The size of each column.

    Returns
    -------
    tuple
        (rows,) number of each row's combination, and (distinct,) the first row where it stands.
    """
    number = np.zeros(len(columns[0]), np.int64)
    width = 1
    for column, size in zip(columns, sizes, strict=True):
        if width * size > _WIDEST:
            number, width = _dense(number)
        number = number * size + column
        width *= size
    number, distinct = _dense(number)
    first = np.zeros(distinct, np.int64)
    first[number[::-1]] = np.arange(len(number) - 1, -1, -1)
    return number, first


def _dense(number: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    encoded = pc.dictionary_encode(pa.array(number))
    return encoded.indices.to_numpy().astype(np.int64), len(encoded.dictionary)


def one_array(column: Column) -> Column:
    """Return a column in one piece; dictionaries become one."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.unify_dictionaries().combine_chunks() if column.num_chunks != 1 else column.chunk(0)
