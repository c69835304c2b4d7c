"""Segments: which customers, said in an expression over promoted properties and over what they did.

``region = north and plan in (basic, "big plan") and age >= 30 and not vip is null and did Order``

- ``=  !=  <  <=  >  >=``, ``in (...)``, ``not in (...)``, ``is null``, ``is not null``; ``and``, ``or``,
  ``not`` and parentheses, ``not`` before ``and`` before ``or``; keywords in any case, names and values not.
- A name or value with a space, a comma, a quote, a parenthesis or an operator in it stands in double quotes,
  a quote inside it twice.
- ``@name`` stands for the saved segment of that name.
- A property has one type. Only numbers and times are ordered; times are written as in a period.
- No comparison holds for a missing value, ``!=`` and ``not in`` included; ``not`` turns around whatever
  stands behind it, so a segment and its ``not`` share out all customers between them.
- ``did``, ``paused over`` and ``deviated from`` tell what customers did: see `segments_did`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import msgspec

from trodden.methods.journeys.segments_did import (
    Behaviour,
    Operator,
    is_behaviour,
    read_behaviour,
)
from trodden.methods.journeys.segments_tokens import OPERATORS, Reader, Token
from trodden.model.errors import QuestionError, UnknownNameError

DEEPEST: Final = 50


class Compare(msgspec.Struct, frozen=True, tag=True):
    """The property's value stands in this relation to one of ``values``; a missing one never does."""

    property: str
    operator: Operator
    values: tuple[str, ...]


class Missing(msgspec.Struct, frozen=True, tag=True):
    """The property has no value."""

    property: str


class Not(msgspec.Struct, frozen=True, tag=True):
    """The condition does not hold."""

    condition: Condition


class Every(msgspec.Struct, frozen=True, tag=True):
    """All conditions hold."""

    conditions: tuple[Condition, ...]


class Some(msgspec.Struct, frozen=True, tag=True):
    """At least one condition holds."""

    conditions: tuple[Condition, ...]


class Saved(msgspec.Struct, frozen=True, tag=True):
    """The condition that is saved under a name holds."""

    name: str
    condition: Condition


Leaf = Compare | Missing | Behaviour
Condition = Leaf | Not | Every | Some | Saved


def parse_segment(text: str, saved: Mapping[str, str] | None = None) -> Condition:
    """Read a segment expression; ``saved`` are the expressions ``@name`` stands for.

    Raises
    ------
    QuestionError
        The text does not follow the grammar; the message names the position.
    UnknownNameError
        ``@name`` is not saved.
    """
    return _Parser(text, saved or {}, ()).parse()


def names_in(text: str) -> frozenset[str]:
    """Return the names of the saved segments an expression refers to itself; none where it cannot be read."""
    return frozenset(token.text[1:] for token in _references(text))


def named_otherwise(text: str, before: str, after: str) -> str:
    """Return an expression in which every ``@before`` is ``@after``, and all else as it was written."""
    for token in reversed(_references(text)):
        if token.text == f"@{before}":
            text = f"{text[: token.at]}{after}{text[token.at + len(before) :]}"
    return text


def _references(text: str) -> list[Token]:
    try:
        return [token for token in Reader(text).tokens if token.is_reference]
    except QuestionError:
        return []


class _Parser:
    """Reads one expression from left to right; each method reads one rule of the grammar."""

    def __init__(self, text: str, saved: Mapping[str, str], inside: tuple[str, ...]) -> None:
        self._reader = Reader(text)
        self._depth = 0
        self._saved = saved
        self._inside = inside

    def parse(self) -> Condition:
        condition = self._some()
        if self._reader.next.kind != "end":
            raise self._reader.expected("`and`, `or` or the end")
        return condition

    def _some(self) -> Condition:
        parts = [self._every()]
        while self._reader.has_keyword("or"):
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _every(self) -> Condition:
        parts = [self._negated()]
        while self._reader.has_keyword("and"):
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _negated(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise QuestionError(f"segment: nested deeper than {DEEPEST} levels.")
        condition = Not(self._negated()) if self._reader.has_keyword("not") else self._atom()
        self._depth -= 1
        return condition

    def _atom(self) -> Condition:
        if self._reader.next.is_mark("("):
            self._reader.take()
            condition = self._some()
            self._reader.mark(")")
            return condition
        if self._reader.next.is_reference:
            return self._saved_segment(self._reader.take().text[1:])
        if is_behaviour(self._reader):
            return read_behaviour(self._reader)
        return self._test(self._reader.name("a property"))

    def _test(self, name: str) -> Condition:
        if self._reader.has_keyword("is"):
            return self._null_test(name)
        if self._reader.has_keyword("not"):
            self._reader.keyword("in")
            return Compare(name, "!=", self._list())
        if self._reader.has_keyword("in"):
            return Compare(name, "=", self._list())
        if not self._reader.next.is_mark(*OPERATORS):
            raise self._reader.expected("=, !=, <, <=, >, >=, in or is")
        operator = cast("Operator", self._reader.take().text)
        return Compare(name, operator, (self._reader.name("a value"),))

    def _null_test(self, name: str) -> Condition:
        negated = self._reader.has_keyword("not")
        self._reader.keyword("null")
        return Not(Missing(name)) if negated else Missing(name)

    def _list(self) -> tuple[str, ...]:
        self._reader.mark("(")
        values = [self._reader.name("a value")]
        while self._reader.next.is_mark(","):
            self._reader.take()
            values.append(self._reader.name("a value"))
        self._reader.mark(")")
        return tuple(values)

    def _saved_segment(self, name: str) -> Saved:
        if name not in self._saved:
            known = ", ".join(sorted(self._saved)) or "none yet"
            raise UnknownNameError(f"There is no saved segment called {name!r}.", hint=f"Saved: {known}.")
        if name in self._inside:
            chain = " -> ".join((*self._inside, name))
            raise QuestionError(f"segment: @{name} refers to itself ({chain}).")
        return Saved(name, _Parser(self._saved[name], self._saved, (*self._inside, name)).parse())
