"""Every share and estimate an answer holds, by a key that both sides of a comparison give it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from trodden.methods.stats.compare import Figure, as_estimate
from trodden.model.question import BESIDE, NOUGHT_OF, About, Estimate, Rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trodden.model.question import Answer

Key = tuple[object, ...]

_SKIPPED: Final = ("difference", "other")
"""What an answer compares itself, and the rest of a list, which is another one on every side."""


@dataclass(frozen=True, slots=True)
class Found:
    """A figure, what to call it, the list it stands in, and under what key its denominator is."""

    name: str
    figure: Figure
    rows: Key
    of: Key | None


@dataclass(slots=True)
class Read:
    """An answer taken apart.

    ``figures`` by key, in the order of its fields. ``shared``: the denominators that rows share, by key.
    ``whole``: the lists from which nothing was left out.
    """

    answer: Answer
    figures: dict[Key, Found] = field(default_factory=dict[Key, Found])
    shared: dict[Key, int] = field(default_factory=dict[Key, int])
    whole: set[Key] = field(default_factory=set[Key])

    def denominator(self, key: Key) -> int | None:
        """Return how many a row that is not there has 0 of; None where nothing tells."""
        path, *of_rows = key
        if of_rows:
            return self.shared.get(key)
        value: Any = self.answer
        for name in str(path).split("."):
            value = getattr(value, name)
        return int(value)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: its key and name, and the list and row that hold it."""

    key: Key = ()
    name: tuple[str, ...] = ()
    rows: Key = ()
    row: object = None

    def at(self, field_name: str) -> _Place:
        """Return the place of a field of the struct that stands here."""
        name = (*self.name, field_name.replace("_", " "))
        return _Place((*self.key, field_name), name, self.rows, self.row)

    def of_row(self, row: msgspec.Struct, number: int, seen: Counter[Key]) -> _Place:
        """Return the place of a row of the list that stands here; ``number`` counts rows from 1."""
        known = tuple(_known_by(row)) or (number,)
        seen[known] += 1
        name = (*self.name[:-1], *_named(known, seen[known]))
        return _Place((*self.key, *known, seen[known]), name, self.key, row)


def read(answer: Answer) -> Read:
    """Take an answer apart, depth first in field order.

    A row of a list is known by the texts (and lists of texts), dates and truths that stand before its first
    figure, by its place where there are none; equal rows are numbered. A list is whole where its struct
    leaves nothing ``hidden`` and tells of no ``other``.
    """
    found = Read(answer)
    _Reader(found).read_struct(answer, _Place())
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Walks through an answer and notes what it finds."""

    found: Read

    def read_struct(self, value: msgspec.Struct, place: _Place) -> None:
        """Read every field."""
        is_whole = not getattr(value, "hidden", 0) and getattr(value, "other", None) is None
        for name in value.__struct_fields__:
            item = getattr(value, name)
            if name in _SKIPPED or name in _beside(type(value)) or isinstance(item, About):
                continue
            if isinstance(item, Rate | Estimate):
                self._add(item, place.at(name), _noughts(type(value)).get(name))
            elif isinstance(item, msgspec.Struct):
                self.read_struct(item, place.at(name))
            elif isinstance(item, tuple | list):
                self.found.whole.update([place.at(name).key] if is_whole else ())
                self._read_rows(cast("Sequence[object]", item), place.at(name))

    def _read_rows(self, rows: Sequence[object], place: _Place) -> None:
        seen: Counter[Key] = Counter()
        for number, row in enumerate(rows, 1):
            if isinstance(row, msgspec.Struct):
                self.read_struct(row, place.of_row(row, number, seen))

    def _add(self, figure: Figure, place: _Place, nought: str | None) -> None:
        of = None if nought is None else _of_key(nought, place)
        self.found.figures[place.key] = Found(", ".join(place.name), figure, place.rows, of)
        if of is not None and len(of) > 1:
            self.found.shared[of] = as_estimate(figure).n


def _known_by(row: msgspec.Struct) -> Iterator[object]:
    """Yield what a row is known by."""
    for name in row.__struct_fields__:
        value = getattr(row, name)
        if isinstance(value, msgspec.Struct):
            return
        if isinstance(value, str | date | bool):
            yield value
        elif (
            isinstance(value, tuple)
            and value
            and all(isinstance(one, str) for one in cast("Sequence[object]", value))
        ):
            yield " > ".join(cast("Sequence[str]", value))


def _named(known: Key, times: int) -> Iterator[str]:
    texts = [one for one in known if isinstance(one, str) and one]
    yield from texts or (str(one) for one in known if one != "" and not isinstance(one, bool))
    if times > 1:
        yield f"({times})"


def _of_key(nought: str, place: _Place) -> Key:
    """Return the key of a denominator: the path of a number, or list, field and what its rows share."""
    kind, _, shared = nought.partition(":")
    if kind != "rows":
        return (nought,)
    return (*place.rows, place.key[-1], getattr(place.row, shared) if shared else "")


@cache
def _noughts(struct: type[msgspec.Struct]) -> dict[str, str]:
    """Return what the figures of a row that is not there are 0 of, by field; see `nought_of`."""
    found = {one.name: _extra(one.type) for one in fields_of(struct)}
    return {name: extra[NOUGHT_OF] for name, extra in found.items() if NOUGHT_OF in extra}


@cache
def _beside(struct: type[msgspec.Struct]) -> frozenset[str]:
    """Return the figures that are told and not compared; see `TOLD_BESIDE`."""
    return frozenset(one.name for one in fields_of(struct) if BESIDE in _extra(one.type))


def fields_of(struct: type[msgspec.Struct]) -> tuple[msgspec.inspect.Field, ...]:
    """Return the fields of a struct with their types and what these declare."""
    found = msgspec.inspect.type_info(struct)
    return found.fields if isinstance(found, msgspec.inspect.StructType) else ()


def _extra(found: msgspec.inspect.Type) -> dict[str, str]:
    declared: dict[str, str] | None = getattr(found, "extra", None)
    return declared or {}
