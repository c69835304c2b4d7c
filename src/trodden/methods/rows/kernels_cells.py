"""Kernels: writing cells into rows of bytes, a column at a time.

Text columns come as Arrow keeps them: ``data`` (bytes,) uint8 and ``offsets`` (rows + 1,) int32. ``use``
(rows,) bool says which cells count. ``cursor`` (rows,) int64 is where each row goes on in ``out``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from trodden.methods.rows.arrays import Bytes, Ints, Mask, Offsets, Words

QUOTE = 0x22
BACKSLASH = 0x5C
SPACE = 0x20
COMMA = 0x2C
OPEN = 0x7B
CLOSE = 0x7D
PLAIN, SHORT, LONG = 1, 2, 6
ONE = np.uint64(1)
"""Places in long arrays are unsigned here: for signed ones Numba asks each time whether they count from the
end, which takes longer than the work itself. Unsigned and signed must not be mixed: their sum is a float."""


def _escapes() -> Bytes:
    """Return, for each byte, the letter after the backslash, or 0 where it stands for itself."""
    table = np.zeros(256, np.uint8)
    table[:SPACE] = ord("u")
    for byte, letter in (
        (8, "b"),
        (9, "t"),
        (10, "n"),
        (12, "f"),
        (13, "r"),
        (QUOTE, '"'),
        (BACKSLASH, "\\"),
    ):
        table[byte] = ord(letter)
    return table


ESCAPES = _escapes()
WIDTHS = np.where(ESCAPES == 0, PLAIN, np.where(ord("u") == ESCAPES, LONG, SHORT)).astype(np.int64)
HEX = np.frombuffer(b"0123456789abcdef", np.uint8).copy()


@numba.njit(nogil=True, cache=True)
def has_escapes(data: Bytes) -> bool:
    """Say whether any byte must be escaped in JSON text."""
    found = False
    for byte in data:
        found |= (byte < SPACE) | (byte == QUOTE) | (byte == BACKSLASH)
    return found


@numba.njit(nogil=True, cache=True)
def drop_nulls(data: Bytes, offsets: Offsets, nulls: Bytes, ends: Ints, use: Mask) -> None:
    """Clear ``use`` where a cell is one of the words ``nulls[ends[k]:ends[k + 1]]``."""
    longest = (ends[1:] - ends[:-1]).max()
    for row in range(len(use)):
        length = offsets[row + 1] - offsets[row]
        if use[row] and length <= longest and _is_one_of(data, offsets[row], length, nulls, ends):
            use[row] = False


@numba.njit(nogil=True)
def _is_one_of(data: Bytes, start: int, length: int, words: Bytes, ends: Ints) -> bool:
    for word in range(len(ends) - 1):
        if ends[word + 1] - ends[word] == length:
            same = True
            for k in range(length):
                same &= data[start + k] == words[ends[word] + k]
            if same:
                return True
    return False


@numba.njit(nogil=True, cache=True)
def widths_of(data: Bytes, offsets: Offsets, use: Mask, widths: Ints) -> None:
    """Write how many bytes each cell has, 0 where there is none or only white space."""
    for row in range(len(use)):
        at, end = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        while at < end and data[at] <= SPACE:
            at += ONE
        widths[row] = offsets[row + 1] - offsets[row] if use[row] and at < end else 0


@numba.njit(nogil=True, cache=True)
def lengthen(offsets: Offsets, use: Mask, extra: int, lengths: Ints) -> None:
    """Add to each row the bytes of its cell and ``extra`` around it."""
    for row in range(len(use)):
        if use[row]:
            lengths[row] += extra + offsets[row + 1] - offsets[row]


@numba.njit(nogil=True, cache=True)
def lengthen_escaped(data: Bytes, offsets: Offsets, use: Mask, extra: int, lengths: Ints) -> None:
    """Add to each row the bytes of its cell as JSON text and ``extra`` around it."""
    for row in range(len(use)):
        if use[row]:
            width = extra
            at, end = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
            while at < end:
                width += WIDTHS[data[at]]
                at += ONE
            lengths[row] += width


@numba.njit(nogil=True)
def _put(out: Bytes, at: np.uint64, piece: Bytes) -> np.uint64:
    for k in range(len(piece)):
        out[at] = piece[k]
        at += ONE
    return at


@numba.njit(nogil=True, cache=True)
def append_same(piece: Bytes, cursor: Ints, out: Bytes) -> None:
    """Write the same bytes into each row."""
    for row in range(len(cursor)):
        cursor[row] = _put(out, np.uint64(cursor[row]), piece)


@numba.njit(nogil=True, cache=True)
def append(
    data: Bytes, offsets: Offsets, use: Mask, around: tuple[Bytes, Bytes], cursor: Ints, out: Bytes
) -> None:
    """Write the cell into each row, between the two pieces of ``around``."""
    before, after = around
    for row in range(len(use)):
        if use[row]:
            to = _put(out, np.uint64(cursor[row]), before)
            at, end = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
            while at < end:
                out[to] = data[at]
                to += ONE
                at += ONE
            cursor[row] = _put(out, to, after)


@numba.njit(nogil=True, cache=True)
def append_escaped(
    data: Bytes, offsets: Offsets, use: Mask, around: tuple[Bytes, Bytes], cursor: Ints, out: Bytes
) -> None:
    """Write the cell as the inside of a JSON text into each row, between the two pieces of ``around``."""
    before, after = around
    for row in range(len(use)):
        if use[row]:
            to = _put(out, np.uint64(cursor[row]), before)
            at, end = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
            while at < end:
                to = _put_escaped(out, to, data[at])
                at += ONE
            cursor[row] = _put(out, to, after)


@numba.njit(nogil=True)
def _put_escaped(out: Bytes, at: np.uint64, byte: int) -> np.uint64:
    letter = ESCAPES[byte]
    if letter == 0:
        out[at] = byte
        return at + ONE
    out[at] = BACKSLASH
    out[at + ONE] = letter
    at += ONE + ONE
    return at if WIDTHS[byte] == SHORT else _put_code(out, at, byte)


@numba.njit(nogil=True)
def _put_code(out: Bytes, at: np.uint64, byte: int) -> np.uint64:
    for letter in (HEX[0], HEX[0], HEX[byte >> 4], HEX[byte & 15]):
        out[at] = letter
        at += ONE
    return at


@numba.njit(nogil=True, cache=True)
def append_words(values: Ints, use: Mask, around: tuple[Bytes, Bytes], cursor: Ints, out: Bytes) -> None:
    """Write a number as eight little-endian bytes into each row, between the two pieces of ``around``."""
    before, after = around
    for row in range(len(use)):
        if use[row]:
            at = _put(out, np.uint64(cursor[row]), before)
            word = np.uint64(values[row])
            for _ in range(8):
                out[at] = np.uint8(word & np.uint64(0xFF))
                word >>= np.uint64(8)
                at += ONE
            cursor[row] = _put(out, at, after)


@numba.njit(nogil=True, cache=True)
def close_objects(starts: Offsets, cursor: Ints, out: Bytes) -> None:
    """Turn ``,"a":1`` into ``{"a":1}``, and nothing into ``{}``; room for it was counted."""
    for row in range(len(starts)):
        start, at = starts[row], cursor[row]
        out[start] = OPEN
        out[max(at, start + 1)] = CLOSE


@numba.njit(nogil=True, cache=True)
def write_hex(digests: Bytes, out: Bytes) -> None:
    """Write each byte as two lower-case hexadecimal digits."""
    for k in range(len(digests)):
        out[2 * k] = HEX[digests[k] >> 4]
        out[2 * k + 1] = HEX[digests[k] & 15]


@numba.njit(nogil=True, cache=True)
def fingerprints(data: Bytes, offsets: Offsets, out: Words) -> None:
    """Write a 64-bit fingerprint of each cell: FNV-1a, then the finalizer of splitmix64.

    For counting only: whoever wants equal fingerprints can make them.
    """
    for row in range(len(out)):
        word = np.uint64(0xCBF29CE484222325)
        at, end = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        while at < end:
            word = (word ^ np.uint64(data[at])) * np.uint64(0x100000001B3)
            at += ONE
        out[row] = _finish(word)


@numba.njit(nogil=True, cache=True)
def blend(words: Words, values: Ints, out: Words) -> None:
    """Write a fingerprint of each pair of a fingerprint and a number."""
    for row in range(len(out)):
        out[row] = _finish(words[row] ^ _finish(np.uint64(values[row]) + np.uint64(0x9E3779B97F4A7C15)))


@numba.njit(nogil=True)
def _finish(word: np.uint64) -> np.uint64:
    word ^= word >> np.uint64(30)
    word *= np.uint64(0xBF58476D1CE4E5B9)
    word ^= word >> np.uint64(27)
    word *= np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))
