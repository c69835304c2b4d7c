"""Texts to small numbers, many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.store._arrow import Column, pa, pc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_WIDEST: Final = 2**62


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


def coded(column: Column) -> tuple[NDArray[np.int64], list[str]]:
    """Return (rows,) codes of a text column without nulls, and the text of each code."""
    encoded = pc.dictionary_encode(_one_array(column))
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()


def combined(
    columns: Sequence[NDArray[np.int64]], sizes: Sequence[int]
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


def _one_array(column: Column) -> Column:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
