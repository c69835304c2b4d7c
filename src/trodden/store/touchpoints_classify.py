"""Touchpoints of many events: rules are tried once for every distinct thing they can look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trodden.model.event import CHANNEL_ALIASES
from trodden.store._arrow import Column, Table, pa
from trodden.store.coding import coded, combined
from trodden.store.property_reader import PropertyReader
from trodden.store.touchpoints_match import Found, Matcher, Seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from trodden.model.touchpoints import TouchpointRules

_MOST_REMEMBERED: Final = 200_000

Coded = tuple["NDArray[np.int64]", list[str]]


@dataclass(frozen=True, slots=True)
class Distinct:
    """The distinct things rules look at in some events; ``number[e]`` says which is event ``e``'s."""

    number: NDArray[np.int64]
    seen: Sequence[Seen]


class Classifier:
    """Apply rules to tables of events, table after table.

    Raises
    ------
    RulesError
        If a pattern is not one RE2 takes.
    """

    def __init__(self, rules: TouchpointRules) -> None:
        self.matcher = Matcher(rules)
        self._reader = PropertyReader((), _listed(rules))
        self._memory: dict[Seen, Found] = {}

    def find(self, seen: Seen) -> Found:
        """Say at which touchpoint an event was, and which rule said so."""
        found = self._memory.get(seen)
        if found is None:
            if len(self._memory) >= _MOST_REMEMBERED:
                self._memory.clear()
            found = self._memory[seen] = self.matcher.find(seen)
        return found

    def distinct(self, events: Table) -> Distinct:
        """Return the distinct things rules look at in these events, in order of first appearance.

        URLs are looked at only where a rule does, or an event has no name.
        """
        if not events.num_rows:
            return Distinct(np.zeros(0, np.int64), [])
        tests = [coded(events.column(name)) for name in ("channel", "kind", "name")]
        tests.append(self._urls(events, tests[2][1]))
        tests += self._wheres(events)
        number, first = combined([codes for codes, _ in tests], [len(texts) for _, texts in tests])
        return Distinct(number, [_seen([texts[codes[row]] for codes, texts in tests]) for row in first])

    def _urls(self, events: Table, names: list[str]) -> Coded:
        if self.matcher.reads_urls or "" in names:
            return coded(events.column("url"))
        return np.zeros(events.num_rows, np.int64), [""]

    def _wheres(self, events: Table) -> list[Coded]:
        if not self.matcher.properties:
            return []
        codes = self._reader.read(events.column("properties"))
        columns = self._reader.columns
        return [
            (codes[columns[name]].astype(np.int64), self._texts(name)) for name in self.matcher.properties
        ]

    def _texts(self, name: str) -> list[str]:
        return ["", *("" if text is None else text for text in self._reader.texts(name))]


def classify(events: Table, rules: TouchpointRules) -> Column:
    """Return (events,) the touchpoint of each event, null where a rule keeps it out of walks.

    Raises
    ------
    RulesError
        If a pattern is not one RE2 takes.
    """
    classifier = Classifier(rules)
    distinct = classifier.distinct(events)
    names = pa.array([classifier.find(seen).touchpoint for seen in distinct.seen], pa.string())
    return names.take(pa.array(distinct.number))


def tables_of(events: Table | Iterable[Table]) -> Iterable[Any]:
    """Return one table, or several, as several."""
    return [events] if isinstance(events, Table) else events


def _seen(texts: list[str]) -> Seen:
    channel = CHANNEL_ALIASES.get(texts[0], texts[0])
    return Seen(channel, texts[1], texts[2], texts[3], tuple(texts[4:]))


def _listed(rules: TouchpointRules) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in rules.rules:
        for name, texts in rule.where.items():
            found.setdefault(name, set()).update(texts)
    return found
