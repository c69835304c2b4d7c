"""Touchpoint rules compiled, and applied to many events at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from trodden.model.event import CHANNEL_ALIASES
from trodden.store._re2 import Pattern

if TYPE_CHECKING:
    from trodden.model.touchpoints import TouchpointRule, TouchpointRules

UNNAMED: Final = "(unnamed)"
"""Touchpoint of an event that no rule matches and that has neither name nor URL nor kind."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What rules look at in one event; ``where`` holds property texts, "" where there is none."""

    channel: str
    kind: str
    name: str
    url: str
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Where one event was: the touchpoint's name (None: dropped), and which rule said so (-1: none)."""

    touchpoint: str | None
    rule: int


class Matcher:
    """Apply rules to one event at a time; first match wins.

    ``properties`` are the names ``where`` tests look at, in the order `Seen.where` gives their texts.

    Raises
    ------
    RulesError
        If a pattern is not one RE2 takes.
    """

    def __init__(self, rules: TouchpointRules) -> None:
        self.rules = rules
        self.properties = tuple(dict.fromkeys(name for rule in rules.rules for name in rule.where))
        self.reads_urls = any(rule.url_pattern for rule in rules.rules)
        self._tests = [_Test(rule, number, self.properties) for number, rule in enumerate(rules.rules)]

    def find(self, seen: Seen) -> Found:
        """Say at which touchpoint an event was."""
        for test in self._tests:
            if test.holds(seen):
                return Found(None if test.rule.drop else test.rule.touchpoint or own_name(seen), test.number)
        return Found(None if self.rules.otherwise == "drop" else own_name(seen), -1)

    def matching(self, seen: Seen) -> list[int]:
        """Return the numbers of all rules that hold for an event, not only the first."""
        return [test.number for test in self._tests if test.holds(seen)]


def own_name(seen: Seen) -> str:
    """Return the event's name, else the path of its URL, else its kind."""
    return seen.name or path_of(seen.url) or seen.kind or UNNAMED


def path_of(url: str) -> str:
    """Return the path of a URL without query and fragment: ``/`` where it is empty, "" for no URL."""
    if not url:
        return ""
    try:
        return urlsplit(url).path or "/"
    except ValueError:
        return url


class _Test:
    """One rule with its patterns compiled."""

    def __init__(self, rule: TouchpointRule, number: int, properties: tuple[str, ...]) -> None:
        self.rule = rule
        self.number = number
        self._channels = frozenset(CHANNEL_ALIASES.get(one, one) for one in rule.channel)
        self._kinds = frozenset(rule.kind)
        self._names = frozenset(rule.name)
        self._name = _compiled(rule.name_pattern)
        self._url = _compiled(rule.url_pattern)
        self._where = [(properties.index(name), frozenset(texts)) for name, texts in rule.where.items()]

    def holds(self, seen: Seen) -> bool:
        """Tell whether every given test holds."""
        return (
            (not self._channels or seen.channel in self._channels)
            and (not self._kinds or seen.kind in self._kinds)
            and (not self._names or seen.name in self._names)
            and (self._name is None or self._name.found_in(seen.name))
            and (self._url is None or self._url.found_in(seen.url))
            and all(seen.where[place] in texts for place, texts in self._where)
        )


def _compiled(pattern: str | None) -> Pattern | None:
    return None if pattern is None else Pattern(pattern)
