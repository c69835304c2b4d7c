"""Columns of cells as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.rows.arrays import Bytes, Ints, Mask, Offsets


class TextColumn(NamedTuple):
    """A column of text as Arrow keeps it; ``use`` is False where there is no cell.

    ``data``: (bytes,) uint8. ``offsets``: (rows + 1,) int32. ``use``: (rows,) bool.
    """

    data: Bytes
    offsets: Offsets
    use: Mask

    def tile(self, start: int, end: int) -> TextColumn:
        """Return rows ``start`` to ``end`` without copying."""
        return TextColumn(self.data, self.offsets[start : end + 1], self.use[start:end])

    def at(self, rows: NDArray[np.intp]) -> TextColumn:
        """Return the cells of these rows, copied one after another."""
        lengths = (self.offsets[1:] - self.offsets[:-1])[rows]
        offsets = np.zeros(len(rows) + 1, np.int32)
        np.cumsum(lengths, out=offsets[1:])
        places = np.arange(int(offsets[-1])) + np.repeat(self.offsets[rows] - offsets[:-1], lengths)
        return TextColumn(self.data[places], offsets, self.use[rows])


class NumberColumn(NamedTuple):
    """A column of 64-bit numbers, bit for bit: ``values`` (rows,) int64, ``use`` (rows,) bool."""

    values: Ints
    use: Mask

    def tile(self, start: int, end: int) -> NumberColumn:
        """Return rows ``start`` to ``end`` without copying."""
        return NumberColumn(self.values[start:end], self.use[start:end])

    def at(self, rows: NDArray[np.intp]) -> NumberColumn:
        """Return the cells of these rows."""
        return NumberColumn(self.values[rows], self.use[rows])
