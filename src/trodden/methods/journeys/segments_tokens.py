"""Segment expressions as pieces: names, signs, words that mean something, patterns in parentheses."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import msgspec

from trodden.model.durations import parse_duration
from trodden.model.errors import QuestionError

LONGEST: Final = 10_000
OPERATORS: Final = ("=", "!=", "<", "<=", ">", ">=")
HINT: Final = (
    'Such as: region = north and plan in (basic, "big plan") and age >= 30 and not vip is null,'
    " or: did Order >= 2 times in last 90d and not paused over 14d."
)

_TOKEN: Final = re.compile(
    r"""\s*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<mark><=|>=|!=|=|<|>|\(|\)|,)|(?P<word>[^\s"()=<>!,]+))"""
)
# A doubled quote is the end of one text in quotes and the begin of the next: one way to read each text.
_PATTERN: Final = re.compile(r"""\s*\((?P<pattern>(?:"[^"]*"|[^"()])*)\)""")
_BEFORE_PATTERN: Final = ("did",)


class Token(msgspec.Struct, frozen=True):
    """A piece of the text: ``kind`` is word, quoted, mark, pattern or end; ``at`` its position from 1."""

    kind: str
    text: str
    at: int

    def is_keyword(self, *words: str) -> bool:
        """Say whether it is one of these words, in any case and not in quotes."""
        return self.kind == "word" and self.text.lower() in words

    def is_mark(self, *marks: str) -> bool:
        """Say whether it is one of these signs."""
        return self.kind == "mark" and self.text in marks

    @property
    def is_reference(self) -> bool:
        """Say whether it names a saved segment."""
        return self.kind == "word" and self.text.startswith("@")

    @property
    def is_name(self) -> bool:
        """Say whether it can name something."""
        return self.kind == "quoted" or (
            self.kind == "word" and not self.is_keyword("and", "or", "not", "in", "is")
        )


def tokens_of(text: str) -> list[Token]:
    """Cut a text into pieces; the last one is its end.

    What stands in parentheses behind ``did`` is one piece, a pattern.

    Raises
    ------
    QuestionError
        It is too long, or a sign has no meaning where it stands.
    """
    if len(text) > LONGEST:
        raise QuestionError(f"segment: the expression has {len(text)} characters; {LONGEST} are the most.")
    found: list[Token] = []
    place = 0
    while text[place:].strip():
        match = _match(text, place, found)
        if match is None:
            at = place + len(text[place:]) - len(text[place:].lstrip()) + 1
            raise QuestionError(f"segment: {text[at - 1]!r} at position {at} has no meaning here.", hint=HINT)
        found.append(_token(match))
        place = match.end()
    return [*found, Token("end", "", len(text) + 1)]


def _match(text: str, place: int, before: list[Token]) -> re.Match[str] | None:
    pattern = _PATTERN.match(text, place) if before and before[-1].is_keyword(*_BEFORE_PATTERN) else None
    return pattern or _TOKEN.match(text, place)


def _token(match: re.Match[str]) -> Token:
    kind = str(match.lastgroup)
    value = match[kind].replace('""', '"') if kind == "quoted" else match[kind]
    return Token(kind, value, match.start(kind) + 1)


class Reader:
    """Walks over the ``tokens`` of one text."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens_of(text)
        self._place = 0

    @property
    def next(self) -> Token:
        """Return the piece that is read next."""
        return self.tokens[self._place]

    @property
    def after_next(self) -> Token:
        """Return the piece behind it."""
        return self.tokens[min(self._place + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Return the next piece and go on behind it."""
        token = self.next
        self._place += token.kind != "end"
        return token

    def expected(self, what: str) -> QuestionError:
        """Return the error that says what should stand here."""
        token = self.next
        found = "the end" if token.kind == "end" else repr(token.text)
        return QuestionError(f"segment: expected {what} at position {token.at}, found {found}.", hint=HINT)

    def mark(self, mark: str) -> None:
        """Go on behind a sign that must stand here."""
        if not self.next.is_mark(mark):
            raise self.expected(f"`{mark}`")
        self.take()

    def has_keyword(self, *words: str) -> bool:
        """Go on behind one of these words, where one stands here."""
        is_there = self.next.is_keyword(*words)
        self._place += is_there
        return is_there

    def keyword(self, *words: str) -> None:
        """Go on behind a word that must stand here."""
        if not self.has_keyword(*words):
            raise self.expected(f"`{words[0]}`")

    def name(self, what: str) -> str:
        """Return the name that must stand here."""
        if not self.next.is_name:
            raise self.expected(what)
        return self.take().text

    def duration(self) -> timedelta:
        """Return the length of time that must stand here, above nothing."""
        error = self.expected("a length of time such as 14d")
        try:
            found = parse_duration(self.name("a length of time such as 14d"))
        except (ValueError, OverflowError):
            raise error from None
        if found <= timedelta(0):
            raise error
        return found
