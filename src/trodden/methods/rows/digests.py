"""Rows of cells as bytes, and their digests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.methods.rows import kernels_cells as cells
from trodden.methods.rows.columns import NumberColumn, TextColumn
from trodden.methods.rows.kernels_blake2b import digest_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

END_OF_CELL: Final = 0x1F
DIGEST_BYTES: Final = 16
_COUNT_BYTES: Final = 8
_TILE: Final = 4096
"""Rows packed at a time: few enough that what is packed is still in the cache when it is hashed."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Rows as bytes, each padded with zeros to whole words.

    ``words``: (k,) uint64. ``starts``: (rows,) int64 first words. ``lengths``: (rows,) int64 bytes.
    """

    words: NDArray[np.uint64]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def digests(self, size: int = DIGEST_BYTES) -> NDArray[np.uint64]:
        """Return (rows, size / 8) uint64: BLAKE2b of each row with a digest of ``size`` bytes."""
        out = np.empty((len(self.starts), size // 8), np.uint64)
        digest_rows(self.words, self.starts, self.lengths, size, out)
        return out


def row_digests(
    prefix: bytes, columns: Sequence[TextColumn | NumberColumn], repeats: NDArray[np.int64] | None, rows: int
) -> NDArray[np.uint64]:
    """Compute BLAKE2b-128 of each row behind a prefix.

    What is hashed: the prefix; for each cell there is, in the order of the columns, two bytes of the column's
    number, the cell (text in UTF-8, or a number's eight bytes) and 0x1f; at last, in eight bytes, how
    often the same row came before. A missing cell adds nothing, so a column that appears
    later in a file leaves the digests of the rows before it as they were.

    Parameters
    ----------
    prefix
        What sets this file's rows apart from those of others.
    columns
        The cells of the rows, in a fixed order.
    repeats
        (rows,) how often the same row came before; None for 0 everywhere.
    rows
        How many rows there are.

    Returns
    -------
    NDArray
        (rows, 2) uint64; its bytes are the digests.
    """
    out = np.empty((rows, DIGEST_BYTES // 8), np.uint64)
    for start in range(0, rows, _TILE):
        end = min(rows, start + _TILE)
        tiles = [column.tile(start, end) for column in columns]
        some = None if repeats is None else repeats[start:end]
        out[start:end] = _pack(prefix, tiles, some, end - start).digests()
    return out


def text_digests(prefix: bytes, column: TextColumn, size: int = DIGEST_BYTES) -> NDArray[np.uint64]:
    """Compute BLAKE2b of the prefix and each cell: (rows, size / 8) uint64. Every cell must be there."""
    rows = len(column.use)
    out = np.empty((rows, size // 8), np.uint64)
    for start in range(0, rows, _TILE):
        end = min(rows, start + _TILE)
        lengths, tile = np.full(end - start, len(prefix), np.int64), column.tile(start, end)
        cells.lengthen(tile.offsets, tile.use, 0, lengths)
        packed, out_bytes, cursor = _room(lengths)
        cells.append_same(np.frombuffer(prefix, np.uint8), cursor, out_bytes)
        cells.append(*tile, (_NOTHING, _NOTHING), cursor, out_bytes)
        out[start:end] = packed.digests(size)
    return out


def fixed_digests(prefix: bytes, cells: NDArray[np.uint8], size: int = DIGEST_BYTES) -> NDArray[np.uint64]:
    """Compute what `text_digests` does, of cells that all have the same width: (rows, bytes) uint8."""
    rows, width = cells.shape
    used = len(prefix) + width
    padded = -(-used // 8)
    tile = np.zeros((min(rows, _TILE), 8 * padded), np.uint8)
    tile[:, : len(prefix)] = np.frombuffer(prefix, np.uint8)
    out = np.empty((rows, size // 8), np.uint64)
    for start in range(0, rows, _TILE):
        some = cells[start : start + _TILE]
        tile[: len(some), len(prefix) : used] = some
        starts = np.arange(len(some)) * padded
        packed = Packed(tile.reshape(-1).view(np.uint64), starts, np.full(len(some), used, np.int64))
        out[start : start + _TILE] = packed.digests(size)
    return out


def hexadecimal(digests: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return the digests as lower-case hexadecimal digits, one after another."""
    flat = digests.view(np.uint8).reshape(-1)
    out = np.empty(2 * len(flat), np.uint8)
    cells.write_hex(flat, out)
    return out


_NOTHING: Final = np.frombuffer(b"", np.uint8)
_END: Final = np.frombuffer(bytes([END_OF_CELL]), np.uint8)


def _pack(
    prefix: bytes, columns: Iterable[TextColumn | NumberColumn], repeats: NDArray[np.int64] | None, rows: int
) -> Packed:
    numbered = list(enumerate(columns))
    lengths = np.full(rows, len(prefix) + _COUNT_BYTES, np.int64)
    for _, column in numbered:
        _add_length(column, lengths)
    packed, out, cursor = _room(lengths)
    cells.append_same(np.frombuffer(prefix, np.uint8), cursor, out)
    for number, column in numbered:
        _write_cells(np.frombuffer(number.to_bytes(2, "little"), np.uint8), column, cursor, out)
    if repeats is not None:
        cells.append_words(repeats, np.ones(rows, np.bool_), (_NOTHING, _NOTHING), cursor, out)
    return packed


def _add_length(column: TextColumn | NumberColumn, lengths: NDArray[np.int64]) -> None:
    if isinstance(column, TextColumn):
        cells.lengthen(column.offsets, column.use, 3, lengths)
    else:
        lengths += np.where(column.use, 3 + 8, 0)


def _write_cells(
    number: NDArray[np.uint8],
    column: TextColumn | NumberColumn,
    cursor: NDArray[np.int64],
    out: NDArray[np.uint8],
) -> None:
    if isinstance(column, TextColumn):
        cells.append(*column, (number, _END), cursor, out)
    else:
        cells.append_words(*column, (number, _END), cursor, out)


def _room(lengths: NDArray[np.int64]) -> tuple[Packed, NDArray[np.uint8], NDArray[np.int64]]:
    """Return zeroed rows of these lengths, their bytes, and where each begins in them."""
    ends = np.cumsum((lengths + 7) // 8)
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
    words = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint64)
    return Packed(words, starts, lengths), words.view(np.uint8), starts * 8
