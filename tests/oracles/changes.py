"""Changes of mind by plain loops over the events of one unit."""

from __future__ import annotations

from dataclasses import dataclass

FAILING = ("failed", "declined", "abandoned", "unresolved")
PEOPLE = ("store", "phone", "chat", "ticket", "social")


@dataclass(frozen=True)
class Seen:
    """One event; ``matched``: number of the step of the map it matches, ``stage``: rank of its stage."""

    at: int
    touchpoint: str
    channel: str = "web"
    outcome: str = "ok"
    matched: int | None = None
    stage: int | None = None


@dataclass(frozen=True)
class World:
    """``aims``: edit, cancel or return by touchpoint. ``branches``: a branch of each choice by touchpoint."""

    aims: dict[str, str]
    on_map: frozenset[str]
    branches: tuple[dict[str, int], ...] = ()
    within: int = 10


@dataclass(frozen=True)
class Change:
    """One change: its first and last event by place in the unit."""

    kind: str
    could: str
    first: int
    last: int
    progress: int | None
    contacts: int


def changes_of(events: list[Seen], state: str, world: World) -> list[Change]:
    """Return the changes of a unit that stands ``open``, ``reached``, ``abandoned`` or ``silent``."""
    found: list[Change] = []
    told: set[int] = set()
    for i in range(len(events)):
        kind = kind_of(events, i, world)
        if kind and i not in told:
            could, last, attempts = follow(events, i, kind, state, world)
            told |= attempts
            before = [one.matched for one in events[:i] if one.matched is not None]
            contacts = sum(is_contact(one, world) for one in events[i : last + 1])
            found.append(Change(kind, could, i, last, max(before, default=None), contacts))
    return found


def kind_of(events: list[Seen], i: int, world: World) -> str:
    """Return what kind of change an event begins, empty for none."""
    event = events[i]
    if event.touchpoint in world.aims:
        return world.aims[event.touchpoint]
    for choice in world.branches:
        before = [choice[one.touchpoint] for one in events[:i] if one.touchpoint in choice]
        if event.touchpoint in choice and before and before[-1] != choice[event.touchpoint]:
            return "other branch"
    return "back" if goes_back(events, i, world) and not is_on_the_way_back(events, i, world) else ""


def goes_back(events: list[Seen], i: int, world: World) -> bool:
    """Tell whether an event the map does not lead to is at an earlier stage, or where they had been well."""
    event = events[i]
    if event.touchpoint not in world.on_map or event.matched is not None:
        return False
    stages = [one.stage for one in events[:i] if one.stage is not None]
    if event.stage is not None and any(event.stage < stage for stage in stages):
        return True
    visits = [k for k in range(i) if events[k].touchpoint == event.touchpoint]
    if not visits or events[visits[-1]].outcome in FAILING:
        return False
    return any(one.touchpoint in world.on_map for one in events[visits[-1] + 1 : i])


def is_on_the_way_back(events: list[Seen], i: int, world: World) -> bool:
    """Tell whether the unit went back earlier and nothing has matched since."""
    k = i - 1
    while k >= 0 and events[k].matched is None:
        if goes_back(events, k, world):
            return True
        k -= 1
    return False


def follow(events: list[Seen], i: int, kind: str, state: str, world: World) -> tuple[str, int, set[int]]:
    """Return whether they could, the last event of the change, and the attempts that belong to it."""
    seen = [k for k in range(i, len(events)) if events[k].at - events[i].at <= world.within]
    could, last, attempts = settle(events, seen, kind, state, world)
    if kind == "back":
        for k in seen[1:]:
            if events[k].matched is not None:
                break
            last = max(last, k)
    return could, last, attempts


def settle(
    events: list[Seen], seen: list[int], kind: str, state: str, world: World
) -> tuple[str, int, set[int]]:
    """Go through the events followed until one decides."""
    first = events[seen[0]]
    attempts: list[int] = []
    for k in seen:
        event = events[k]
        same_aim = kind in ("edit", "cancel", "return") and world.aims.get(event.touchpoint) == kind
        same_place = kind in ("back", "other branch") and event.touchpoint == first.touchpoint
        if same_aim or same_place:
            attempts.append(k)
            if event.outcome in FAILING:
                continue
            if event.outcome == "unknown" and kind in ("edit", "cancel", "return"):
                return "not told", k, set(attempts)
            moved = event.channel != first.channel
            return ("sent to another channel" if moved else "done"), k, set(attempts)
        ends_it = k == len(events) - 1 and state in ("reached", "abandoned")
        if event.channel != first.channel and is_contact(event, world) and not ends_it:
            return "sent to another channel", k, set(attempts)
    refused = events[attempts[-1]].outcome in ("failed", "declined")
    return ("refused by an error" if refused else "no way offered"), attempts[-1], set(attempts)


def is_contact(event: Seen, world: World) -> bool:
    """Tell whether an event is a contact with people that the map does not ask for."""
    return event.channel in PEOPLE and event.touchpoint not in world.on_map


def backtracks(events: list[Seen]) -> list[int]:
    """Return the places whose stage lies before one reached earlier."""
    return [
        i
        for i, event in enumerate(events)
        if event.stage is not None
        and any(one.stage is not None and one.stage > event.stage for one in events[:i])
    ]


def ping_pongs(names: list[str]) -> list[tuple[str, str]]:
    """Return a and b of every a, b, a."""
    return [
        (names[i], names[i + 1])
        for i in range(len(names) - 2)
        if names[i] == names[i + 2] and names[i] != names[i + 1]
    ]


def reworks(names: list[str]) -> dict[str, int]:
    """Return how often the touchpoints visited twice or more were."""
    return {name: names.count(name) for name in names if names.count(name) > 1}
