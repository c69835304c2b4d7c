"""Departures by plain loops: a customer's events in order, and the units cut out of them."""

from __future__ import annotations

from typing import Any

OPEN, REACHED = 0, 1
GONE, ELSEWHERE, AGAIN, PENDING, STAYED = range(5)

Event = dict[str, Any]
"""``at`` (a whole number), ``touchpoint``, ``in_scope``."""


def what_became(
    events: list[Event], last: int, state: int, as_of: int, silence: int, *, is_journey: bool
) -> tuple[int, int | None]:
    """Return what became of a unit whose last step is ``events[last]``, and which event came next."""
    if state == REACHED:
        return STAYED, None
    if state == OPEN:
        return PENDING, None
    here = events[last]["at"]
    later = [
        place
        for place, event in enumerate(events)
        if place > last and event["at"] <= as_of and event["at"] - here <= silence
    ]
    if later:
        first = later[0]
        return (AGAIN if is_journey and events[first]["in_scope"] else ELSEWHERE), first
    return (PENDING if as_of - here <= silence else GONE), None


def came_by(units: list[tuple[list[Any], int]]) -> dict[Any, int]:
    """Count units that are not pending by each touchpoint they have a step at; (touchpoints, kind) each."""
    found: dict[Any, int] = {}
    for touchpoints, kind in units:
        for touchpoint in set(touchpoints):
            found[touchpoint] = found.get(touchpoint, 0) + (kind != PENDING)
    return {touchpoint: count for touchpoint, count in found.items() if count}
