"""Splitting delimited text into records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.methods.rows import kernels_records as kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

AT_START, PLAIN, QUOTED, AFTER_QUOTE, AFTER_RETURN = range(5)
_STATES: Final = 5
HAS_NUL: Final = kernels.HAS_NUL
TOO_WIDE: Final = kernels.TOO_WIDE
UNCLOSED: Final = kernels.UNCLOSED
BLANK: Final = kernels.BLANK


@dataclass(frozen=True, slots=True)
class Dialect:
    """How text is cut into cells: the byte between them, the byte around them, newlines in quotes or not."""

    delimiter: str = ","
    quote: str = '"'
    multiline: bool = True

    def table(self) -> NDArray[np.int16]:
        """Return (states, 256) int16: eight times the next state plus what the byte does."""
        table = np.empty((_STATES, 256), np.int16)
        for state in range(_STATES):
            self._fill(table, state)
        return table

    def _fill(self, table: NDArray[np.int16], state: int) -> None:
        is_quoted = state == QUOTED
        table[state, :] = _step(QUOTED if is_quoted else PLAIN, kernels.NOTHING)
        table[state, 0] = _step(QUOTED if is_quoted else PLAIN, kernels.ZERO)
        if not is_quoted:
            table[state, ord(self.delimiter)] = _step(AT_START, kernels.CELL)
        if not is_quoted or not self.multiline:
            ends = kernels.BROKEN if is_quoted else kernels.RECORD
            table[state, ord("\n")] = _step(AT_START, ends)
            table[state, ord("\r")] = _step(AFTER_RETURN, ends)
        if state == AFTER_RETURN:
            table[state, ord("\n")] = _step(AT_START, kernels.SWALLOW)
        if self.quote:
            after = {QUOTED: AFTER_QUOTE, PLAIN: PLAIN}.get(state, QUOTED)
            table[state, ord(self.quote)] = _step(after, kernels.NOTHING)


def _step(state: int, does: int) -> int:
    return 8 * state + does


@dataclass(frozen=True, slots=True)
class Records:
    """Records of a piece of text.

    ``data``: (bytes,) uint8. ``spots``: (records, 4) int64: first byte, one past the last, cells, faults
    (a sum of HAS_NUL, TOO_WIDE, UNCLOSED, BLANK). ``end``: where the next record begins.
    """

    data: NDArray[np.uint8]
    spots: NDArray[np.int64]
    end: int

    def text(self, record: int) -> bytes:
        """Return the bytes of one record without its newline."""
        return self.data[self.spots[record, 0] : self.spots[record, 1]].tobytes()

    def clean(self, keep: NDArray[np.bool_], cells: int, delimiter: str) -> memoryview:
        """Return the kept records as text in which each has ``cells`` cells and ends with a line feed.

        No record kept may have more. Nothing is copied where every record is kept and full.
        """
        if keep.all() and (self.spots[:, 2] == cells).all():
            first = int(self.spots[0, 0]) if len(self.spots) else 0
            return self.data[first : self.end].data
        spots = self.spots[keep]
        room = int((spots[:, 1] - spots[:, 0] + np.maximum(cells - spots[:, 2], 0) + 1).sum())
        out = np.empty(room, np.uint8)
        used = kernels.copy_records(self.data, spots, cells, ord(delimiter), out)
        return out[:used].data


def split_records(
    data: bytes | bytearray | memoryview,
    dialect: Dialect,
    *,
    start: int = 0,
    most: int,
    widest: int,
    whole: bool,
) -> Records:
    r"""Find up to ``most`` records from byte ``start`` on.

    A newline is ``\n``, ``\r\n`` or ``\r``. A record that does not end in ``data`` is left out, unless
    ``whole`` says that the text ends there. ``widest``: most bytes of a cell before it is marked.
    """
    view = np.frombuffer(data, np.uint8)
    spots = np.empty((most, 4), np.int64)
    found, end = kernels.scan_records(view, dialect.table(), start, widest, whole, spots)
    return Records(view, spots[:found], int(end))
