"""Columns of cells as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
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


class NumberColumn(NamedTuple):
    """A column of 64-bit numbers, bit for bit: ``values`` (rows,) int64, ``use`` (rows,) bool."""

    values: Ints
    use: Mask

    def tile(self, start: int, end: int) -> NumberColumn:
        """Return rows ``start`` to ``end`` without copying."""
        return NumberColumn(self.values[start:end], self.use[start:end])
