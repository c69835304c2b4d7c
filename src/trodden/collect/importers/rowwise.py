"""Rows that come one at a time, gathered into chunks of columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple

import numpy as np

from trodden.collect.importers.arrow import STRING, pa
from trodden.collect.importers.chunks import Cells, Chunk, Reject, Task

ROWS: Final = 8_192
"""Rows gathered before they are passed on."""
_CELLS: Final = 2_000_000
"""Cells, missing ones too, gathered before they are passed on."""


class Literal(str):
    """A cell that is JSON as it stands: a number, true, false, an object or a list."""

    __slots__ = ()


class RowRefused(Exception):  # noqa: N818 -- it refuses one row, it is no error of ours
    """A row that is not imported; the message is the reason."""


class Gathered(NamedTuple):
    """Columns gathered so far: text and where it is literal, by column in order of first appearance."""

    texts: list[list[str | None]]
    literals: list[list[int]]


class Gatherer:
    """Turns rows into chunks; a column keeps its place from its first appearance in the file on."""

    def __init__(self, most_columns: int) -> None:
        self._most = most_columns
        self._places: dict[str, int] = {}
        self._last = 0
        self._start()

    def _start(self) -> None:
        self._gathered = Gathered([[] for _ in self._places], [[] for _ in self._places])
        self._rows: list[int] = []
        self._originals: list[bytes] = []
        self._rejects: list[Reject] = []

    @property
    def last(self) -> int:
        """Return the number of the last row."""
        return self._last

    def next_row(self) -> int:
        """Give the next row its number."""
        self._last += 1
        return self._last

    def add(self, row: Mapping[str, str], original: bytes | None = None) -> None:
        """Add the cells of the row numbered last, and its text where the file has one.

        Raises
        ------
        RowRefused
            If the file would have too many columns.
        """
        for name in row:
            if name not in self._places:
                self._open_column(name)
        count = len(self._rows)
        for name, cell in row.items():
            self._put(self._places[name], count, cell)
        self._rows.append(self._last)
        if original is not None:
            self._originals.append(original)

    def refuse(self, reject: Reject) -> None:
        """Note a row that is not imported."""
        self._rejects.append(reject)

    def is_full(self) -> bool:
        """Say whether it is time to pass on what was gathered."""
        count = len(self._rows)
        return count + len(self._rejects) >= ROWS or count * len(self._places) >= _CELLS

    def task(self) -> Task:
        """Return the work of making a chunk of what was gathered, and start anew."""
        made = partial(
            _chunk,
            tuple(self._places),
            self._gathered,
            self._rows,
            self._originals,
            self._rejects,
            self._last,
        )
        self._start()
        return made

    def rest(self) -> Iterator[Task]:
        """Yield the work of the last chunk, if anything is left."""
        if self._rows or self._rejects:
            yield self.task()

    def _open_column(self, name: str) -> None:
        if len(self._places) >= self._most:
            raise RowRefused("too-many-columns")
        self._places[name] = len(self._places)
        self._gathered.texts.append([])
        self._gathered.literals.append([])

    def _put(self, place: int, row: int, cell: str) -> None:
        column = self._gathered.texts[place]
        if len(column) < row:
            column.extend([None] * (row - len(column)))
        column.append(cell)
        if type(cell) is Literal:
            self._gathered.literals[place].append(row)


def _chunk(
    names: tuple[str, ...],
    gathered: Gathered,
    rows: list[int],
    originals: list[bytes],
    rejects: list[Reject],
    last: int,
) -> Chunk:
    cells = [
        _cells(column, literal, len(rows))
        for column, literal in zip(gathered.texts, gathered.literals, strict=True)
    ]
    return Chunk(
        names,
        cells,
        np.array(rows, np.int64),
        tuple(rejects),
        last,
        originals.__getitem__ if originals else None,
    )


def _cells(column: list[str | None], literals: list[int], rows: int) -> Cells:
    column.extend([None] * (rows - len(column)))
    if not literals:
        return Cells(pa.array(column, STRING))
    is_literal = np.zeros(rows, np.bool_)
    is_literal[literals] = True
    return Cells(pa.array(column, STRING), is_literal)
