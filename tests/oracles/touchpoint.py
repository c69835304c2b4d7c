"""One touchpoint counted with plain loops: customers are the units, nothing is filtered."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.model.event import Event

FAILED = ("failed", "declined", "abandoned", "unresolved")


def count(log: Sequence[Event], touchpoint: str) -> dict[str, Any]:
    """Count what happened at one touchpoint."""
    walks: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        walks[event.ids[0].value].append(event)
    days: Counter[str] = Counter()
    found: dict[str, Any] = {"events": 0, "units": 0, "first": 0, "last": 0, "before": [], "after": []}
    outcomes: Counter[str] = Counter()
    groups: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for walk in walks.values():
        places = [place for place, event in enumerate(walk) if event.name == touchpoint]
        found["units"] += bool(places)
        days.update({walk[place].occurred_at.date().isoformat() for place in places})
        for place in places:
            found["events"] += 1
            outcomes[walk[place].outcome] += 1
            _waits(found, walk, place)
            _groups(groups, walk[place])
    return {**found, "days": dict(days), "outcomes": dict(outcomes), "groups": dict(groups)}


def _waits(found: dict[str, Any], walk: Sequence[Event], place: int) -> None:
    if place:
        found["before"].append((walk[place].occurred_at - walk[place - 1].occurred_at).total_seconds())
    else:
        found["first"] += 1
    if place + 1 < len(walk):
        found["after"].append((walk[place + 1].occurred_at - walk[place].occurred_at).total_seconds())
    else:
        found["last"] += 1


def _groups(groups: dict[tuple[str, str], list[int]], event: Event) -> None:
    if event.outcome != "unknown":
        for name, value in msgspec.json.decode(event.properties).items():
            groups[name, value][0] += event.outcome in FAILED
            groups[name, value][1] += 1
