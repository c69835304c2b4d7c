"""Figures of two sides laid beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trodden.analyses.compare.figures import Found, Key, Read, read
from trodden.methods.stats.rates import wilson
from trodden.model.question import Rate

if TYPE_CHECKING:
    from trodden.methods.stats.compare import Figure
    from trodden.model.question import Answer


@dataclass(frozen=True, slots=True)
class Pair:
    """One figure on both sides."""

    name: str
    first: Figure
    second: Figure


@dataclass(frozen=True, slots=True)
class _Side:
    """What a side answers as it was asked, and when it tells as much as it can."""

    asked: Read
    widest: Read

    def figure(self, key: Key) -> Found | None:
        return self.asked.figures.get(key) or self.widest.figures.get(key)

    def like(self, found: Found) -> Figure | None:
        """Return what a figure of the other side is here, where its row is not: 0, or None if unknown."""
        of = None if found.of is None else self.widest.denominator(found.of)
        if not isinstance(found.figure, Rate) or of is None or found.rows not in self.widest.whole:
            return None
        return wilson(0, of)


def pairs_of(first: tuple[Answer, Answer], second: tuple[Answer, Answer]) -> tuple[tuple[Pair, ...], int]:
    """Return the figures of both sides in the order of the first, and how many stand on one side only.

    Each side is its answer as asked, and the same with as much of every list as can be told. Told are the
    figures of either answer as asked; one that stands on one side only is looked up in the other's longer
    lists. Where it is not there either, it is 0 of as many as the answer declares (`nought_of`), provided
    nothing was left out of that list; else it is unknown, and left out.
    """
    one, other = (_Side(read(asked), read(widest)) for asked, widest in (first, second))
    found: list[Pair] = []
    keys = tuple(dict.fromkeys((*one.asked.figures, *other.asked.figures)))
    for key in keys:
        pair = _pair(key, one, other)
        if pair is not None:
            found.append(pair)
    return tuple(found), len(keys) - len(found)


def _pair(key: Key, one: _Side, other: _Side) -> Pair | None:
    ours, theirs = one.figure(key), other.figure(key)
    told = ours or theirs
    if told is None:
        return None
    first = ours.figure if ours else one.like(told)
    second = theirs.figure if theirs else other.like(told)
    return None if first is None or second is None else Pair(told.name, first, second)
