"""Segments evaluated on plain values; a condition is a nested tuple."""

from __future__ import annotations

import operator
from typing import Any, Final

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
