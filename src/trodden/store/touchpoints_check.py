"""What rules do to events: how many each takes, what none takes, and which never come to be asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from trodden.store.touchpoints_classify import Classifier, tables_of
from trodden.store.touchpoints_match import Seen, own_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.model.touchpoints import TouchpointRules
    from trodden.store._arrow import Table

MOST_EXAMPLES: Final = 3
MOST_UNMATCHED: Final = 50


class RuleUse(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule does.

    ``events`` are at its touchpoint because of it; it ``holds`` for so many, earlier rules taking the rest.
    ``shadowed_by`` are the numbers of the rules that take all it holds for, where it takes none itself.
    """

    number: int
    touchpoint: str
    events: int = 0
    holds: int = 0
    shadowed_by: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def is_idle(self) -> bool:
        """Tell whether the rule takes no event."""
        return self.events == 0


class Unmatched(msgspec.Struct, frozen=True):
    """Events no rule takes that share a name of their own."""

    name: str
    events: int
    examples: tuple[str, ...]


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What rules do to some events; rules are numbered from 1, as in messages.

    ``unmatched`` lists names by events, at most fifty of ``unmatched_names``.
    """

    events: int
    matched: int
    dropped: int
    rules: tuple[RuleUse, ...]
    unmatched: tuple[Unmatched, ...]
    unmatched_names: int


def check(events: Table | Iterable[Table], rules: TouchpointRules) -> Coverage:
    """Count what rules do to events.

    Parameters
    ----------
    events
        Rows of the event schema, in one table or several.

    Raises
    ------
    RulesError
        If a pattern is not one RE2 takes.
    """
    classifier = Classifier(rules)
    counts: Counter[Seen] = Counter()
    for table in tables_of(events):
        distinct = classifier.distinct(table)
        rows = np.bincount(distinct.number, minlength=len(distinct.seen))
        for seen, count in zip(distinct.seen, rows.tolist(), strict=True):
            counts[seen] += count
    return _Tally(classifier, rules, counts).coverage()


class _Tally:
    """Counts by rule and by unmatched name."""

    def __init__(self, classifier: Classifier, rules: TouchpointRules, counts: Counter[Seen]) -> None:
        self._rules = rules
        self._counts = counts
        self._taken: Counter[int] = Counter()
        self._holds: Counter[int] = Counter()
        self._takers: defaultdict[int, set[int]] = defaultdict(set)
        self._examples: defaultdict[int | str, list[str]] = defaultdict(list)
        self._unmatched: Counter[str] = Counter()
        self._dropped = 0
        for seen, count in sorted(counts.items(), key=lambda item: (-item[1], _said(item[0]))):
            self._add(classifier, seen, count)

    def _add(self, classifier: Classifier, seen: Seen, count: int) -> None:
        found = classifier.find(seen)
        self._taken[found.rule] += count
        self._dropped += count if found.touchpoint is None else 0
        for number in classifier.matcher.matching(seen):
            self._holds[number] += count
            self._takers[number].add(found.rule)
        if found.rule < 0:
            self._unmatched[own_name(seen)] += count
        examples = self._examples[found.rule if found.rule >= 0 else own_name(seen)]
        if len(examples) < MOST_EXAMPLES:
            examples.append(_said(seen))

    def coverage(self) -> Coverage:
        total = sum(self._counts.values())
        commonest = sorted(self._unmatched.items(), key=lambda item: (-item[1], item[0]))[:MOST_UNMATCHED]
        return Coverage(
            events=total,
            matched=total - self._taken[-1],
            dropped=self._dropped,
            rules=tuple(self._use(number) for number in range(len(self._rules.rules))),
            unmatched=tuple(Unmatched(name, count, tuple(self._examples[name])) for name, count in commonest),
            unmatched_names=len(self._unmatched),
        )

    def _use(self, number: int) -> RuleUse:
        rule = self._rules.rules[number]
        is_shadowed = self._holds[number] and not self._taken[number]
        return RuleUse(
            number=number + 1,
            touchpoint="(dropped)" if rule.drop else rule.touchpoint,
            events=self._taken[number],
            holds=self._holds[number],
            shadowed_by=tuple(one + 1 for one in sorted(self._takers[number])) if is_shadowed else (),
            examples=tuple(self._examples[number]),
        )


def _said(seen: Seen) -> str:
    return " ".join(part for part in (seen.channel, seen.kind, seen.name, seen.url) if part)
