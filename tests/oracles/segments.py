"""Segments evaluated on plain values; a condition is a nested tuple."""

from __future__ import annotations

import itertools
import operator
from typing import Any, Final

from tests.oracles.patterns import expression_of

Values = dict[str, Any]

_COMPARE: Final = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(condition: tuple[Any, ...], values: Values) -> bool:
    """Say whether a condition holds for a customer with these values; a missing one is absent."""
    kind, *rest = condition
    if kind == "and":
        return all(holds(part, values) for part in rest)
    if kind == "or":
        return any(holds(part, values) for part in rest)
    if kind == "not":
        return not holds(rest[0], values)
    if kind == "is null":
        return rest[0] not in values
    return rest[0] in values and _compares(kind, values[rest[0]], rest[1])


def _compares(kind: str, value: object, wanted: list[Any]) -> bool:
    if kind == "!=":
        return value not in wanted
    return any(_COMPARE[kind](value, one) for one in wanted)


def last_value(walk: list[tuple[int, Values]], name: str, up_to: int) -> object | None:
    """Return the last value of a property at or before a place of the walk, None where there is none."""
    told = [values[name] for _, values in walk[: up_to + 1] if name in values]
    return told[-1] if told else None


Walk = list[tuple[str, int]]
"""(one-letter touchpoint, time), in order."""


def times_did(walk: Walk, pattern: str, within: int | None = None) -> int:
    """Count the matches that last no longer than ``within``, each beginning behind the one before."""
    expression, at_start, at_end = expression_of(pattern)
    letters = "".join(name for name, _ in walk)
    found, free = 0, 0
    for first in range(len(walk)):
        if first < free or (at_start and first > 0):
            continue
        ends = [
            last
            for last in range(first, len(walk))
            if (last == len(walk) - 1 or not at_end) and expression.fullmatch(letters[first : last + 1])
        ]
        if ends and (within is None or walk[ends[0]][1] - walk[first][1] <= within):
            found, free = found + 1, ends[0] + 1
    return found


def times_paused(walk: Walk, over: int, after: str = "", before: str = "") -> int:
    """Count the gaps longer than ``over`` between successive steps at these touchpoints; empty for any."""
    return sum(
        there - at > over and after in ("", name) and before in ("", other)
        for (name, at), (other, there) in itertools.pairwise(walk)
    )


def part(walk: Walk, since: int | None, until: int | None) -> Walk:
    """Return the steps of a walk in ``[since, until)``."""
    return [
        (name, at) for name, at in walk if (since is None or at >= since) and (until is None or at < until)
    ]
