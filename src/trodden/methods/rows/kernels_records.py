"""Kernel: where the records of delimited text end, quotes respected.

A table says what each byte means in each state. A quote opens a quoted cell at the start of the cell only;
inside, two quotes are one; after the closing quote the cell goes on as plain text. So reads Arrow, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.rows.arrays import Bytes, Ints

HAS_NUL = 1
"""A byte of the record is zero."""
TOO_WIDE = 2
"""A cell of the record is longer than allowed."""
UNCLOSED = 4
"""The record ends inside quotes."""
BLANK = 8
"""The record holds nothing at all."""

NOTHING, CELL, RECORD, BROKEN, SWALLOW, ZERO = 0, 1, 2, 3, 4, 5
"""What a byte does: nothing, end a cell, end a record, end it inside quotes, belong to the newline before it,
be zero."""

LINE_FEED = 0x0A
ONE = np.uint64(1)
QUOTED = 2
"""The state inside quotes; the others are named in `trodden.methods.rows.records`."""


@numba.njit(nogil=True, cache=True)
def scan_records(
    data: Bytes, table: NDArray[np.int16], start: int, widest: int, whole: int, spots: Ints
) -> tuple[int, int]:
    """Find records from ``start`` on; return how many were found and where the next one begins.

    ``data``: (bytes,) uint8. ``table``: (states, 256) int16, eight times the next state plus what the byte
    does. ``widest``: most bytes of a cell. ``whole``: 1 where ``data`` ends the file. ``spots``:
    (records, 4) int64, written: first byte, one past the last, cells, faults. A record that does not
    end in ``data`` is left for later.
    """
    found, at, state, cell, faults, cells = 0, start, 0, start, 0, 1
    begin = start
    while at < len(data) and found < len(spots):
        step = table[state, data[np.uint64(at)]]
        state = step >> 3
        at += 1
        does = step & 7
        if does == NOTHING:
            at = _skip(data, table[state], step, at)
            continue
        if does == ZERO:
            faults |= HAS_NUL
            continue
        if does == CELL:
            cells += 1
        elif does != SWALLOW:
            _note(spots, found, begin, at - 1, cells, _faults(faults, at - 1 - cell > widest, does))
            found += 1
        faults = (faults | TOO_WIDE * (at - 1 - cell > widest)) if does == CELL else 0
        cells = cells if does == CELL else 1
        begin = begin if does == CELL else at
        cell = at
    if not whole or begin >= len(data) or found == len(spots):
        return found, begin
    _note(spots, found, begin, at, cells, _faults(faults, at - cell > widest, BROKEN * (state == QUOTED)))
    return found + 1, at


@numba.njit(nogil=True)
def _skip(data: Bytes, row: NDArray[np.int16], step: int, at: int) -> int:
    """Return where the first byte stands that does anything else than the one before."""
    place, end = np.uint64(at), np.uint64(len(data))
    while place < end and row[data[place]] == step:
        place += ONE
    return np.int64(place)


@numba.njit(nogil=True)
def _faults(faults: int, is_wide: int, does: int) -> int:
    return faults | TOO_WIDE * is_wide | UNCLOSED * (does == BROKEN)


@numba.njit(nogil=True)
def _note(spots: Ints, number: int, begin: int, stop: int, cells: int, faults: int) -> None:
    spots[number, 0] = begin
    spots[number, 1] = stop
    spots[number, 2] = cells
    spots[number, 3] = faults | BLANK * (stop == begin)


@numba.njit(nogil=True, cache=True)
def copy_records(data: Bytes, spots: Ints, cells: int, delimiter: int, out: Bytes) -> int:
    """Copy records one after another, each filled up to ``cells`` cells and ended by a line feed.

    Returns how many bytes were written.
    """
    to = np.uint64(0)
    for record in range(len(spots)):
        at, stop = np.uint64(spots[record, 0]), np.uint64(spots[record, 1])
        while at < stop:
            out[to] = data[at]
            to += ONE
            at += ONE
        for _ in range(spots[record, 2], cells):
            out[to] = delimiter
            to += ONE
        out[to] = LINE_FEED
        to += ONE
    return np.int64(to)
