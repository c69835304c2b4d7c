"""Segments: which customers, said in an expression over promoted properties.

``region = north and plan in (basic, "big plan") and age >= 30 and not vip is null``

- ``=  !=  <  <=  >  >=``, ``in (...)``, ``not in (...)``, ``is null``, ``is not null``; ``and``, ``or``,
  ``not`` and parentheses, ``not`` before ``and`` before ``or``; keywords in any case, names and values not.
- A name or value with a space, a comma, a quote, a parenthesis or an operator in it stands in double quotes,
  a quote inside it twice.
- ``@name`` stands for the saved segment of that name.
- A property has one type. Only numbers and times are ordered; times are written as in a period.
- No comparison holds for a missing value, ``!=`` and ``not in`` included; ``not`` turns around whatever
  stands behind it, so a segment and its ``not`` share out all customers between them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, cast

import msgspec

from trodden.model.errors import QuestionError, UnknownNameError

Operator = Literal["=", "!=", "<", "<=", ">", ">="]
LONGEST: Final = 10_000
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


Condition = Compare | Missing | Not | Every | Some

_TOKEN: Final = re.compile(
    r"""\s*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<mark><=|>=|!=|=|<|>|\(|\)|,)|(?P<word>[^\s"()=<>!,]+))"""
)
_OPERATORS: Final = ("=", "!=", "<", "<=", ">", ">=")
_HINT: Final = 'Such as: region = north and plan in (basic, "big plan") and age >= 30 and not vip is null.'


class _Token(msgspec.Struct, frozen=True):
    """A piece of the text: ``kind`` is word, quoted, mark or end; ``at`` its position from 1."""

    kind: str
    text: str
    at: int

    def is_keyword(self, *words: str) -> bool:
        return self.kind == "word" and self.text.lower() in words

    def is_mark(self, *marks: str) -> bool:
        return self.kind == "mark" and self.text in marks


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


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            at = place + len(text[place:]) - len(text[place:].lstrip()) + 1
            raise QuestionError(
                f"segment: {text[at - 1]!r} at position {at} has no meaning here.", hint=_HINT
            )
        kind = cast("str", match.lastgroup)
        value = match[kind].replace('""', '"') if kind == "quoted" else match[kind]
        found.append(_Token(kind, value, match.start(kind) + 1))
        place = match.end()
    return [*found, _Token("end", "", len(text) + 1)]


class _Parser:
    """Reads one expression from left to right; each method reads one rule of the grammar."""

    def __init__(self, text: str, saved: Mapping[str, str], inside: tuple[str, ...]) -> None:
        if len(text) > LONGEST:
            raise QuestionError(
                f"segment: the expression has {len(text)} characters; {LONGEST} are the most."
            )
        self._tokens = _tokens(text)
        self._place = 0
        self._depth = 0
        self._saved = saved
        self._inside = inside

    def parse(self) -> Condition:
        condition = self._some()
        if self._next.kind != "end":
            raise self._expected("`and`, `or` or the end")
        return condition

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self._next
        self._place += token.kind != "end"
        return token

    def _expected(self, what: str) -> QuestionError:
        token = self._next
        found = "the end" if token.kind == "end" else repr(token.text)
        return QuestionError(f"segment: expected {what} at position {token.at}, found {found}.", hint=_HINT)

    def _some(self) -> Condition:
        parts = [self._every()]
        while self._next.is_keyword("or"):
            self._take()
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _every(self) -> Condition:
        parts = [self._negated()]
        while self._next.is_keyword("and"):
            self._take()
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _negated(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise QuestionError(f"segment: nested deeper than {DEEPEST} levels.")
        condition = self._not() if self._next.is_keyword("not") else self._atom()
        self._depth -= 1
        return condition

    def _not(self) -> Condition:
        self._take()
        return Not(self._negated())

    def _atom(self) -> Condition:
        if self._next.is_mark("("):
            self._take()
            condition = self._some()
            self._mark(")")
            return condition
        if self._next.kind == "word" and self._next.text.startswith("@"):
            return self._saved_segment(self._take().text[1:])
        return self._test(self._name("a property"))

    def _mark(self, mark: str) -> None:
        if not self._next.is_mark(mark):
            raise self._expected(f"`{mark}`")
        self._take()

    def _name(self, what: str) -> str:
        if self._next.kind not in ("word", "quoted") or self._next.is_keyword("and", "or", "not", "in", "is"):
            raise self._expected(what)
        return self._take().text

    def _test(self, name: str) -> Condition:
        if self._next.is_keyword("is"):
            return self._null_test(name)
        if self._next.is_keyword("not"):
            self._take()
            if not self._next.is_keyword("in"):
                raise self._expected("`in`")
            return Compare(name, "!=", self._list())
        if self._next.is_keyword("in"):
            return Compare(name, "=", self._list())
        if not self._next.is_mark(*_OPERATORS):
            raise self._expected("=, !=, <, <=, >, >=, in or is")
        operator = cast("Operator", self._take().text)
        return Compare(name, operator, (self._name("a value"),))

    def _null_test(self, name: str) -> Condition:
        self._take()
        negated = self._next.is_keyword("not")
        self._place += negated
        if not self._next.is_keyword("null"):
            raise self._expected("`null`")
        self._take()
        return Not(Missing(name)) if negated else Missing(name)

    def _list(self) -> tuple[str, ...]:
        self._take()
        self._mark("(")
        values = [self._name("a value")]
        while self._next.is_mark(","):
            self._take()
            values.append(self._name("a value"))
        self._mark(")")
        return tuple(values)

    def _saved_segment(self, name: str) -> Condition:
        if name not in self._saved:
            known = ", ".join(sorted(self._saved)) or "none yet"
            raise UnknownNameError(f"There is no saved segment called {name!r}.", hint=f"Saved: {known}.")
        if name in self._inside:
            chain = " -> ".join((*self._inside, name))
            raise QuestionError(f"segment: @{name} refers to itself ({chain}).")
        return _Parser(self._saved[name], self._saved, (*self._inside, name)).parse()
