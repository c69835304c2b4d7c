"""Patterns over the steps of a unit, as filters, anchors and segments use them everywhere.

``search->buy``
    buy is the next step after search, within the unit.
``search->.*->buy``
    buy comes later, with any steps or none between.
``[search|compare]``, ``[^help]``, ``.``
    one step at one of these touchpoints; at any other; at any at all.
``[^help]*``
    any number of such steps, none included; ``+`` at least one, ``?`` at most one.
``^search``, ``buy$``
    search is the first step of the unit, buy its last. Without ``^`` and ``$`` a pattern may stand anywhere.
``"Take in charge ticket"``, ``"/price?plan=b"``
    a name with one of ``[ ] | ^ $ * + ? ( ) "`` or ``->`` in it, or called ``.``, stands in double quotes,
    a quote inside it twice; any name may. Blanks around a name mean nothing, blanks inside it count.

A match is a run of successive steps, at least one. Of several, the one that begins first is taken, and of
those the shortest (leftmost-shortest); *every* match is found by going on behind the last step of the one
before.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from trodden.model.errors import QuestionError

LONGEST: Final = 10_000
MOST_PLACES: Final = 200


class Place(msgspec.Struct, frozen=True):
    """One element of a pattern: a step at one of ``names``, or at any other where ``other``.

    ``repeat`` is empty for exactly one step, else ``?``, ``*`` or ``+``. ``at`` is its position in the
    pattern, from 1, and ``text`` how it is written there.
    """

    names: tuple[str, ...]
    other: bool = False
    repeat: str = ""
    at: int = 1
    text: str = ""


class Pattern(msgspec.Struct, frozen=True):
    """Elements in order; ``at_start`` and ``at_end`` bind the match to the unit's first and last step."""

    text: str
    places: tuple[Place, ...]
    at_start: bool = False
    at_end: bool = False


_BLANK: Final = re.compile(r"\s*")
_ARROW: Final = re.compile(r"\s*->\s*")
_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"')
_BARE: Final = re.compile(r'(?:(?!->)[^\[\]|^$*+?()"])+')
_HINT: Final = 'Such as: search->buy, search->.*->buy, ^[search|compare]->[^help]*->"Pay now"$.'


def parse_pattern(text: str, field: str = "where") -> Pattern:
    """Read a pattern; ``field`` names where it was given.

    Raises
    ------
    QuestionError
        The text does not follow the grammar; the message names the position and what was expected there.
    """
    return _Parser(text, field).pattern()


def parse_place(text: str, field: str) -> Place:
    """Read a single element without a repeat, such as a step of a funnel: ``a``, ``[a|b]``, ``[^a]``, ``.``.

    Raises
    ------
    QuestionError
        The text is not one element; ``field`` names where it was given.
    """
    return _Parser(text, field).single()


class _Parser:
    """Reads one pattern from left to right; each method reads one rule of the grammar."""

    def __init__(self, text: str, field: str) -> None:
        self._text = text
        self._field = field
        self._at = 0
        if len(text) > LONGEST:
            raise QuestionError(f"{field}: the pattern has {len(text)} characters; {LONGEST} are the most.")

    def pattern(self) -> Pattern:
        at_start = self._skip("^")
        self._blanks()
        places = [self._place()]
        while self._matched(_ARROW):
            places.append(self._place())
        at_end = self._skip("$")
        self._end("`->`, `*`, `+`, `?`, `$` or the end")
        if len(places) > MOST_PLACES:
            raise QuestionError(f"{self._field}: the pattern has more than {MOST_PLACES} elements.")
        return Pattern(self._text, tuple(places), at_start, at_end)

    def single(self) -> Place:
        self._blanks()
        place = self._element()
        self._end("the end of a single step")
        return place

    def _place(self) -> Place:
        place = self._element()
        self._blanks()
        repeat = self._text[self._at : self._at + 1]
        if not repeat or repeat not in "*+?":
            return place
        self._at += 1
        return msgspec.structs.replace(place, repeat=repeat, text=place.text + repeat)

    def _element(self) -> Place:
        start = self._at
        names, other = self._class() if self._skip("[") else self._single_name()
        return Place(names, other, "", start + 1, self._text[start : self._at].strip())

    def _class(self) -> tuple[tuple[str, ...], bool]:
        other = self._skip("^")
        names = [self._name()]
        while self._skip("|"):
            names.append(self._name())
        if not self._skip("]"):
            raise self._expected("`|` or `]`")
        return tuple(names), other

    def _single_name(self) -> tuple[tuple[str, ...], bool]:
        bare = _BARE.match(self._text, self._at)
        if bare and bare[0].strip() == ".":
            self._at = bare.end()
            return (), True
        return (self._name(),), False

    def _name(self) -> str:
        self._blanks()
        quoted = _QUOTED.match(self._text, self._at)
        if quoted and quoted[1]:
            self._at = quoted.end()
            return quoted[1].replace('""', '"')
        bare = _BARE.match(self._text, self._at)
        if bare is None or not bare[0].strip():
            raise self._expected("a touchpoint")
        self._at = bare.end()
        return bare[0].strip()

    def _blanks(self) -> None:
        self._matched(_BLANK)

    def _matched(self, regex: re.Pattern[str]) -> bool:
        found = regex.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found is not None

    def _skip(self, mark: str) -> bool:
        self._blanks()
        is_there = self._text.startswith(mark, self._at)
        self._at += len(mark) * is_there
        return is_there

    def _end(self, what: str) -> None:
        self._blanks()
        if self._at < len(self._text):
            raise self._expected(what)

    def _expected(self, what: str) -> QuestionError:
        rest = self._text[self._at :]
        found = repr(rest[:20]) if rest else "the end"
        return QuestionError(
            f"{self._field}: expected {what} at position {self._at + 1} of {self._text!r}, found {found}.",
            hint=_HINT,
        )
