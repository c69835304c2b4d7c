"""The overview counted with plain loops: customers are the units, nothing is filtered."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from datetime import datetime

    from trodden.model.event import Event


def count(log: Sequence[Event], as_of: datetime) -> dict[str, Any]:
    """Count what was recorded up to ``as_of``."""
    walks: dict[str, list[Event]] = defaultdict(list)
    for event in log:
        if event.occurred_at <= as_of:
            walks[event.ids[0].value].append(event)
    touchpoints: dict[str, list[int]] = {}
    for walk in walks.values():
        for name in {event.name for event in walk}:
            here = sum(event.name == name for event in walk)
            events, customers = touchpoints.get(name, [0, 0])
            touchpoints[name] = [events + here, customers + 1]
    steps = sorted(len(walk) for walk in walks.values())
    return {
        "customers": len(walks),
        "events": sum(steps),
        "ties": sum(_ties(walk) for walk in walks.values()),
        "touchpoints": touchpoints,
        "outcomes": _tally(event.outcome for walk in walks.values() for event in walk),
        "channels": _tally(event.channel for walk in walks.values() for event in walk),
        "days": _tally(min(event.occurred_at for event in walk).date() for walk in walks.values()),
        "steps_mean": sum(steps) / len(steps) if steps else None,
    }


def _tally(values: Iterable[Hashable]) -> dict[Hashable, int]:
    counts: dict[Hashable, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts


def _ties(walk: list[Event]) -> int:
    ordered = sorted(walk, key=lambda event: (event.occurred_at, event.seq))
    found = 0
    for before, after in pairwise(ordered):
        same_time = before.occurred_at == after.occurred_at
        if same_time and (before.seq == after.seq or before.source != after.source):
            found += 1
    return found
