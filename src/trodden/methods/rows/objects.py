"""Columns of cells as one column of JSON objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from trodden.methods.rows import kernels_cells as cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trodden.methods.rows.columns import TextColumn


class Member(NamedTuple):
    """One key of the objects.

    ``texts``: cells to be written as JSON text. ``is_literal``: (rows,) bool, or None where no cell is: cells
    that are JSON already, such as numbers.
    """

    key: str
    texts: TextColumn
    is_literal: NDArray[np.bool_] | None


class Objects(NamedTuple):
    """JSON texts one after another: ``data`` (bytes,) uint8, ``offsets`` (rows + 1,) int32."""

    data: NDArray[np.uint8]
    offsets: NDArray[np.int32]


def write_objects(members: Sequence[Member], rows: int) -> Objects:
    """Write a JSON object per row: keys in the order of code points, no spaces, absent cells left out.

    Equal to ``msgspec.json.encode(row, order="sorted")``, byte for byte, where every cell is text.

    Raises
    ------
    OverflowError
        If the objects together have 2 GiB or more.
    """
    pieces = [piece for member in sorted(members, key=lambda one: one.key) for piece in _pieces(member)]
    lengths = np.ones(rows, np.int64)
    for piece in pieces:
        piece.lengthen(lengths)
    lengths = np.maximum(lengths, 2)
    ends = np.cumsum(lengths)
    if rows and ends[-1] > np.iinfo(np.int32).max:
        raise OverflowError(f"{ends[-1]} bytes of properties in one piece")
    offsets = np.zeros(rows + 1, np.int32)
    offsets[1:] = ends
    out = np.empty(int(offsets[-1]), np.uint8)
    cursor = offsets[:-1].astype(np.int64)
    for piece in pieces:
        piece.write(cursor, out)
    cells.close_objects(offsets[:-1], cursor, out)
    return Objects(out, offsets)


class _Piece(NamedTuple):
    """Cells of one key that are written in the same way."""

    texts: TextColumn
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    is_escaped: bool

    def lengthen(self, lengths: NDArray[np.int64]) -> None:
        extra = len(self.before) + len(self.after)
        if self.is_escaped:
            cells.lengthen_escaped(*self.texts, extra, lengths)
        else:
            cells.lengthen(self.texts.offsets, self.texts.use, extra, lengths)

    def write(self, cursor: NDArray[np.int64], out: NDArray[np.uint8]) -> None:
        write = cells.append_escaped if self.is_escaped else cells.append
        write(*self.texts, (self.before, self.after), cursor, out)


def _pieces(member: Member) -> list[_Piece]:
    key = b"," + msgspec.json.encode(member.key) + b":"
    texts, is_literal = member.texts, member.is_literal
    if is_literal is None:
        return [_quoted(key, texts)]
    literals = texts._replace(use=texts.use & is_literal)
    quoted = texts._replace(use=texts.use & ~is_literal)
    parts = [_Piece(literals, _bytes(key), _bytes(b""), is_escaped=False), _quoted(key, quoted)]
    return [part for part in parts if part.texts.use.any()]


def _quoted(key: bytes, texts: TextColumn) -> _Piece:
    start, end = int(texts.offsets[0]), int(texts.offsets[-1])
    is_escaped = bool(cells.has_escapes(texts.data[start:end]))
    return _Piece(texts, _bytes(key + b'"'), _bytes(b'"'), is_escaped)


def _bytes(text: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(text, np.uint8)
