"""What every reader yields: rows of a file in columns, and the rows that cannot be had."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import msgspec
import numpy as np

from trodden.collect.importers.arrow import BOOL, DOUBLE, STRING, Column, ints, mask_of, pa, pc, text_column
from trodden.methods.rows.columns import NumberColumn, TextColumn

if TYPE_CHECKING:
    from trodden.methods.rows.arrays import Ints, Mask

ROWS: Final = 65_536
"""Most rows of a chunk."""
_EXACT: Final = 2.0**53
_LONGEST_REJECT: Final = 2_000


class Reject(msgspec.Struct, frozen=True):
    """A row that is not imported: its number from 1, why, and its text (cut after 2,000 characters)."""

    row: int
    reason: str
    text: str = ""


def reject(row: int, reason: str, text: str | bytes = "") -> Reject:
    """Make a reject; bytes that are not UTF-8 are shown as replacement characters."""
    if isinstance(text, bytes):
        text = text[: 4 * _LONGEST_REJECT].decode("utf-8", "replace")
    shown = text[:_LONGEST_REJECT].encode("utf-8", "replace").decode("utf-8")
    return Reject(int(row), reason, shown)


@dataclass(frozen=True)
class Cells:
    """One column of a chunk.

    ``values`` is an Arrow array of strings, int64, float64, booleans or times (microseconds, with or
    without UTC). ``is_literal``: (rows,) where a string is JSON already, such as a number; None for nowhere.
    """

    values: Column
    is_literal: Mask | None = None

    @cached_property
    def text(self) -> Column:
        """Return the cells as people write them: whole numbers in plain digits, times in ISO 8601."""
        if self.values.type == STRING:
            return self.values
        if self.values.type == DOUBLE:
            return _float_texts(self.values)
        return pc.cast(self.values, STRING)

    @cached_property
    def texts(self) -> TextColumn:
        """Return the text as bytes."""
        return text_column(self.text)

    @property
    def is_time(self) -> bool:
        """Say whether the file itself keeps the column as times."""
        return pa.types.is_timestamp(self.values.type)

    @property
    def is_json(self) -> Mask | bool | None:
        """Say which cells are JSON as they stand; None for none, True for all."""
        if self.values.type == STRING:
            return self.is_literal
        return None if self.is_time else True

    def hashed(self) -> TextColumn | NumberColumn:
        """Return what stands for the cells in a row's digest: a number's or time's 64 bits, else the text."""
        kind = self.values.type
        if kind in {STRING, BOOL}:
            return self.texts
        use = mask_of(self.values)
        if kind == DOUBLE:
            values = pc.fill_null(self.values, 0.0).to_numpy(zero_copy_only=False)
            return NumberColumn(values.view(np.int64), use)
        return NumberColumn(ints(self.values), use)

    def take(self, keep: Mask) -> Cells:
        """Return the cells of the kept rows."""
        literal = None if self.is_literal is None else self.is_literal[keep]
        return Cells(self.values.filter(pa.array(keep)), literal)


def _float_texts(values: Column) -> Column:
    """Write floats: whole ones as plain digits up to 2**53, none for what is no finite number."""
    finite = pc.if_else(pc.is_finite(values), values, pa.scalar(None, DOUBLE))
    is_whole = pc.and_(pc.equal(finite, pc.trunc(finite)), pc.less_equal(pc.abs(finite), _EXACT))
    digits = pc.if_else(is_whole, finite, 0.0).cast(pa.int64()).cast(STRING)
    return pc.if_else(is_whole, digits, finite.cast(STRING))


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file.

    ``cells[k]`` is the column ``names[k]``; columns keep their place over all chunks of a file, later ones
    may have more. ``rows``: (rows,) int64 their numbers in the file, from 1, ascending; a rejected row has a
    number too. ``last`` is the highest number given so far.
    """

    names: Sequence[str]
    cells: Sequence[Cells]
    rows: Ints
    rejects: tuple[Reject, ...] = ()
    last: int = 0
    originals: Callable[[int], str | bytes] | None = field(default=None, compare=False)

    def __getitem__(self, name: str) -> Cells | None:
        """Return a column by its name, or None where this chunk does not have it."""
        return self.cells[self.names.index(name)] if name in self.names else None

    def original(self, place: int) -> str | bytes:
        """Return the text of the row at a place of this chunk, for the list of rejects."""
        if self.originals is not None:
            return self.originals(place)
        row = {name: cell.text[place].as_py() for name, cell in zip(self.names, self.cells, strict=True)}
        return msgspec.json.encode({name: text for name, text in row.items() if text is not None})

    def take(self, keep: Mask) -> Chunk:
        """Return the kept rows; their originals are no longer known by place."""
        return replace(
            self, cells=[cells.take(keep) for cells in self.cells], rows=self.rows[keep], originals=None
        )


Task: TypeAlias = Callable[[], Chunk]
"""Work that makes a chunk, in any thread."""


class Reader(Protocol):
    """A file opened for reading; what it yields is to be worked on in any order, and used in this one."""

    def tasks(self) -> Iterator[Task]:
        """Yield the work of each chunk, in the order of the file."""
        ...

    def position(self) -> int:
        """Return how many bytes of the file have been read."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
