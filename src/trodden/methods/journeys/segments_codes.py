"""Segments resolved: which codes of which property make a condition hold."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trodden.methods.journeys.periods import parse_moment
from trodden.methods.journeys.segments import Compare, Condition, Every, Leaf, Missing, Not, Saved, Some
from trodden.methods.journeys.segments_did import Behaviour, Times, refuse
from trodden.model.errors import QuestionError, UnknownNameError
from trodden.model.walks import Dictionaries, PropertyDictionary
from trodden.model.words import keep

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import numpy as np
    from numpy.typing import NDArray

Value = str | float | bool | int

NEVER_SEEN: Final = ""
"""Type of a property in a workspace nothing has been walked in."""

COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class CodeTest(msgspec.Struct, frozen=True, tag=True):
    """Holds where the byte of ``holds`` at the property's code is 1; byte 0 is the missing value."""

    property: str
    holds: bytes


class NotTest(msgspec.Struct, frozen=True, tag=True):
    """Holds where ``test`` does not."""

    test: SegmentTest


class EveryTest(msgspec.Struct, frozen=True, tag=True):
    """Holds where all tests hold."""

    tests: tuple[SegmentTest, ...]


class SomeTest(msgspec.Struct, frozen=True, tag=True):
    """Holds where some test holds."""

    tests: tuple[SegmentTest, ...]


class Moments(msgspec.Struct, frozen=True):
    """When: in ``[start, end)``, and no longer ago than ``last``; microseconds, None where not bounded."""

    start: int | None = None
    end: int | None = None
    last: int | None = None


class BehaviourTest(msgspec.Struct, frozen=True, kw_only=True):
    """Holds by how often customers did something, and when: see `segments_told` for what."""

    times: Times
    moments: Moments


LeafTest = CodeTest | BehaviourTest
SegmentTest = LeafTest | NotTest | EveryTest | SomeTest


def _refused(behaviour: Behaviour) -> BehaviourTest:
    raise refuse(behaviour)


def resolve_segment(
    condition: Condition,
    dictionaries: Dictionaries,
    zone: ZoneInfo,
    resolve_behaviour: Callable[[Behaviour], BehaviourTest] = _refused,
) -> SegmentTest:
    """Turn values into codes, by the type each property was promoted with.

    Where nothing has been walked yet (no touchpoints at all) every property is missing everywhere. What
    customers did is left to ``resolve_behaviour``, and refused without it.

    Raises
    ------
    UnknownNameError
        A property that is not promoted; the hint says how it becomes so.
    QuestionError
        A value that is not of the property's type, or an order asked of what has none.
    """

    def leaf(found: Leaf) -> LeafTest:
        if isinstance(found, Compare | Missing):
            return _by_code(found, dictionaries, zone)
        return resolve_behaviour(found)

    return _resolved(condition, leaf)


def _resolved(condition: Condition, leaf: Callable[[Leaf], LeafTest]) -> SegmentTest:
    if isinstance(condition, Not):
        return NotTest(_resolved(condition.condition, leaf))
    if isinstance(condition, Saved):
        return _resolved(condition.condition, leaf)
    if isinstance(condition, Every | Some):
        parts = tuple(_resolved(part, leaf) for part in condition.conditions)
        return EveryTest(parts) if isinstance(condition, Every) else SomeTest(parts)
    return leaf(condition)


def _by_code(condition: Compare | Missing, dictionaries: Dictionaries, zone: ZoneInfo) -> CodeTest:
    found = find_property(dictionaries, condition.property)
    if isinstance(condition, Missing):
        return CodeTest(found.name, b"\1" + bytes(len(found.values)))
    return CodeTest(found.name, b"\0" + bytes(_holding(condition, found, zone)))


def find_property(dictionaries: Dictionaries, name: str) -> PropertyDictionary:
    """Return the values a promoted property has taken.

    Raises
    ------
    UnknownNameError
        It is not promoted.
    """
    for found in dictionaries.properties:
        if found.name == name:
            return found
    if not dictionaries.touchpoints:
        return PropertyDictionary(name, NEVER_SEEN)
    names = [found.name for found in dictionaries.properties]
    near = get_close_matches(name, names, n=3)
    known = f"Did you mean {', '.join(near)}? " if near else f"Promoted: {', '.join(names) or 'none'}. "
    raise UnknownNameError(
        f"There is no promoted property called {name!r}.",
        hint=f"{known}To promote it, list it under `promote` in touchpoints.yaml and rebuild the walks.",
    )


def _holding(condition: Compare, found: PropertyDictionary, zone: ZoneInfo) -> Iterator[bool]:
    """Say for each value of the property whether the comparison holds."""
    if found.type == NEVER_SEEN:
        return iter(())
    _refuse_order(condition, found)
    wanted = [_read(text, found, zone) for text in condition.values]
    compare = COMPARE[condition.operator]
    together = all if condition.operator == "!=" else any
    return (together(compare(value, want) for want in wanted) for value in found.values)


def _refuse_order(condition: Compare, found: PropertyDictionary) -> None:
    if condition.operator not in ("=", "!=") and found.type in ("string", "boolean"):
        raise QuestionError(
            f"segment: {found.name} is a {found.type}, which has no order for {condition.operator!r}.",
            hint="Use = or in, or promote it as a number or a time.",
        )


def _read(text: str, found: PropertyDictionary, zone: ZoneInfo) -> Value:
    """Read a written value as the property's type."""
    if found.type == "time":
        return parse_moment(text, zone)
    if found.type == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return {"number": float, "string": str}[found.type](text)
    except (ValueError, KeyError) as error:
        raise QuestionError(
            f"segment: {found.name} is a {found.type}, {text!r} is not.",
            hint="A boolean is true or false." if found.type == "boolean" else "",
        ) from error


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    """Yield every test of a property and everything customers did, from left to right."""
    if isinstance(condition, Not | Saved):
        yield from leaves_of(condition.condition)
    elif isinstance(condition, Every | Some):
        for part in condition.conditions:
            yield from leaves_of(part)
    else:
        yield condition


def unseen_values(condition: Condition, dictionaries: Dictionaries) -> Iterator[str]:
    """Name each ``property = value`` that no event has ever had, as a sentence for a reader."""
    for leaf in leaves_of(condition):
        if isinstance(leaf, Compare):
            yield from _unseen_strings(leaf, dictionaries)


def _unseen_strings(condition: Compare, dictionaries: Dictionaries) -> Iterator[str]:
    found = find_property(dictionaries, condition.property)
    if found.type == "string":
        known = set(found.values)
        yield from (
            keep("No event has {name} = {value}.", name=found.name, value=value)
            for value in condition.values
            if value not in known
        )


def by_code(test: CodeTest, codes: Mapping[str, NDArray[np.uint16]], units: int) -> NDArray[np.bool_]:
    """Say for each unit whether the test of a property holds.

    ``codes``: (units,) by property; a property is absent where it is missing for all.
    """
    import numpy as np

    table = np.frombuffer(test.holds, dtype=np.bool_)
    return table[codes[test.property]] if test.property in codes else np.full(units, table[0])


def holds(test: SegmentTest, leaf: Callable[[LeafTest], NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Say for each unit whether the test holds; ``leaf`` says it of a test that has no parts; (units,)."""
    import numpy as np

    if isinstance(test, NotTest):
        return ~holds(test.test, leaf)
    if isinstance(test, EveryTest | SomeTest):
        together = np.logical_and if isinstance(test, EveryTest) else np.logical_or
        return reduce(together, (holds(part, leaf) for part in test.tests))
    return leaf(test)
