"""Tests of customers written as the expression that is read back as the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.segments import Compare, Missing
from trodden.methods.journeys.segments_did import Deviated, Did, Paused, Times
from trodden.model.durations import format_duration, parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from trodden.methods.journeys.segments import Leaf
    from trodden.methods.journeys.segments_did import Behaviour, When

_BARE: Final = re.compile(r'[^\s"()=<>!,@][^\s"()=<>!,]*')
_KEYWORDS: Final = frozenset({"and", "or", "not", "in", "is", "did", "paused", "deviated", "last"})
_IN_PARENTHESES: Final = re.compile(r'(?:"[^"]*"|[^"()])+')


def write_word(text: str) -> str:
    """Write a name or value, in quotes where it needs them.

    Examples
    --------
    >>> [write_word(text) for text in ("north", "big plan", "In", 'a"b')]
    ['north', '"big plan"', '"In"', '"a""b"']
    """
    is_bare = _BARE.fullmatch(text) and text.lower() not in _KEYWORDS
    return text if is_bare else '"' + text.replace('"', '""') + '"'


def write_leaf(leaf: Leaf) -> str:
    """Write a test of a property, or what customers did.

    Examples
    --------
    >>> from trodden.methods.journeys.segments import parse_segment
    >>> write_leaf(parse_segment("did  (x -> y) within 2h in last 30d"))
    'did (x -> y) within 2h in last 30d'
    """
    if isinstance(leaf, Missing):
        return f"{write_word(leaf.property)} is null"
    return _compare(leaf) if isinstance(leaf, Compare) else _behaviour(leaf)


def _compare(condition: Compare) -> str:
    name, values = write_word(condition.property), [write_word(one) for one in condition.values]
    if len(values) == 1:
        return f"{name} {condition.operator} {values[0]}"
    return f"{name} {'in' if condition.operator == '=' else 'not in'} ({', '.join(values)})"


def _behaviour(found: Behaviour) -> str:
    parts = [*_did(found)] if isinstance(found, Did) else [*_other(found)]
    if found.times != Times():
        parts.append(f"{found.times.operator} {found.times.count} times")
    return " ".join([*parts, *_when(found.when)])


def _did(found: Did) -> Iterator[str]:
    text = write_word(found.steps)
    if text.startswith('"') and "->" in found.steps and _IN_PARENTHESES.fullmatch(found.steps):
        text = f"({found.steps})"
    yield f"did {text}"
    if found.within is not None:
        yield f"within {write_length(found.within)}"


def _other(found: Paused | Deviated) -> Iterator[str]:
    if isinstance(found, Paused):
        yield f"paused over {write_length(found.over)}"
        named = (("after", found.after), ("before", found.before))
    else:
        yield f"deviated from {write_word(found.map)}"
        named = (("by", found.kind), ("at", found.at))
    yield from (f"{word} {write_word(text)}" for word, text in named if text)


def _when(when: When) -> list[str]:
    if when.period:
        return [f"in {when.period.start or ''}..{when.period.end or ''}"]
    return [f"in last {write_length(when.last)}"] if when.last else []


def write_length(length: timedelta) -> str:
    """Write a length of time so that it is read back as the same.

    Examples
    --------
    >>> from datetime import timedelta
    >>> [write_length(timedelta(hours=n)) for n in (2, 24 * 14, 2.51)]
    ['2h', '14d', '9036s']
    """
    short = format_duration(length.total_seconds()).replace(" ", "")
    if parse_duration(short) == length:
        return short
    return f"{length.total_seconds():.6f}".rstrip("0").rstrip(".") + "s"
