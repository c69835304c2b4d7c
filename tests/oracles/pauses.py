"""Pauses by plain loops over lists: units are dicts, places any values, times whole numbers."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from trodden.model.event import Event

OPEN, REACHED, CLOSED = 0, 1, 3
DESIGNED, BRANCH, UNPLANNED, EARLIER, CHANNEL, NOTHING, NOT_YET, WITHIN = range(8)

Unit = dict[str, Any]
"""``steps``: a list of dicts with ``at``, ``place``, ``touchpoint``, ``channel``, ``allowed`` (a set of
places the design allows next, None without a map); ``state``: 0 open, 1 reached, else closed."""


def gaps_of(unit: Unit, as_of: int, silence: int) -> list[tuple[int, int | None, int]]:
    """Return (place in the unit, target or None, length) of every gap."""
    steps, found = unit["steps"], []
    for here in range(len(steps)):
        if here + 1 < len(steps):
            found.append((here, steps[here + 1]["place"], steps[here + 1]["at"] - steps[here]["at"]))
        elif unit["state"] != REACHED:
            found.append((here, None, min(as_of - steps[here]["at"], silence)))
    return found


def limit_of(source: Any, target: Any, learned: dict[str, Any], stated: int | None) -> tuple[int, str, int]:  # noqa: ANN401 - any place
    """Return the limit, where it comes from, and the gaps it rests on."""
    if stated is not None:
        wait, origin, gaps = stated, "map", 0
    elif target is not None and (source, target) in learned["moves"]:
        (wait, gaps), origin = learned["moves"][source, target], "move"
    elif source in learned["steps"]:
        (wait, gaps), origin = learned["steps"][source], "step"
    elif learned["all"] is not None:
        (wait, gaps), origin = learned["all"], "all"
    else:
        return learned["floor"], "floor", 0
    return (learned["floor"], "floor", 0) if wait < learned["floor"] else (wait, origin, gaps)


def what_next(
    unit: Unit, here: int, stage: dict[Any, int] | None, on_map: set[Any], *, is_pause: bool
) -> int:
    """Name what came after the gap that begins at step ``here``; ``stage`` is None without a map."""
    steps = unit["steps"]
    if here + 1 == len(steps):
        return NOTHING if unit["state"] != OPEN else NOT_YET if is_pause else WITHIN
    step, after, before = steps[here], steps[here + 1], steps[: here + 1]
    other = CHANNEL if step["channel"] != after["channel"] else None
    if stage is None:
        return other or DESIGNED
    furthest = max(stage[one["place"]] for one in before)
    is_new = after["touchpoint"] not in [one["touchpoint"] for one in before]
    reasons = {
        DESIGNED: after["place"] in step["allowed"],
        EARLIER: stage[after["place"]] >= 0 and stage[after["place"]] < furthest,
        BRANCH: is_new and after["touchpoint"] in on_map,
    }
    return next((kind for kind, holds in reasons.items() if holds), other or UNPLANNED)


def ends_by_pause(units: list[Unit], paused: list[list[bool]]) -> Counter[tuple[Any, bool, bool]]:
    """Count closed units by (place, some gap that ended there was a pause, goal reached)."""
    found: Counter[tuple[Any, bool, bool]] = Counter()
    for unit, is_pause in zip(units, paused, strict=True):
        if unit["state"] == OPEN:
            continue
        ended = list(zip(unit["steps"], is_pause, strict=False))[:-1]
        for place in {step["place"] for step, _ in ended}:
            some = any(pause for step, pause in ended if step["place"] == place)
            found[place, some, unit["state"] == REACHED] += 1
    return found


def learn(
    units: list[Unit],
    floor: int,
    seconds_of: Callable[[int], float],
    fewest: int = 30,
) -> dict[str, Any]:
    """Learn limits from the gaps that ended: moves, steps they leave, all; at the 0.9 quantile.

    ``seconds_of`` rounds a length in microseconds to the seconds it is told as.
    """
    lengths: dict[Any, list[float]] = {}
    for unit in units:
        for step, after in zip(unit["steps"], unit["steps"][1:], strict=False):
            told = seconds_of(after["at"] - step["at"])
            for key in ((step["place"], after["place"]), (step["place"],), ()):
                lengths.setdefault(key, []).append(told)
    enough = {key: (limit(found), len(found)) for key, found in lengths.items() if len(found) >= fewest}
    return {
        "floor": floor,
        "moves": {key: found for key, found in enough.items() if len(key) == 2},
        "steps": {key[0]: found for key, found in enough.items() if len(key) == 1},
        "all": (limit(lengths[()]), len(lengths[()])) if () in lengths else None,
    }


def limit(seconds: list[float]) -> int:
    """Return the 0.9 quantile in microseconds: the smallest value nine tenths do not exceed."""
    for value in sorted(seconds):
        if Fraction(sum(1 for one in seconds if one <= value), len(seconds)) >= Fraction(9, 10):
            return round(value * 1_000_000)
    return 0


def units_of(log: list[Event], as_of: datetime, unit: str) -> list[Unit]:
    """Cut customers (closed by 30 days of silence) or sessions (by half an hour) out of a log."""
    silence = timedelta(minutes=30) if unit == "session" else timedelta(days=30)
    walks: dict[Any, list[Event]] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        key = event.ids[0].value, event.channel if unit == "session" else ""
        last = walks[key][-1].occurred_at if key in walks else None
        if unit == "session" and last is not None and event.occurred_at - last > silence:
            walks[*key, event.occurred_at, event.seq] = walks.pop(key)
        walks.setdefault(key, []).append(event)
    return [
        {
            "state": OPEN if as_of - walk[-1].occurred_at <= silence else CLOSED,
            "steps": [
                {
                    "at": round(event.occurred_at.timestamp() * 1_000_000),
                    "place": event.name,
                    "touchpoint": event.name,
                    "channel": event.channel,
                    "event": event,
                }
                for event in walk
            ],
        }
        for walk in walks.values()
    ]


def nothing_counted() -> dict[str, Any]:
    """Return a place nobody has left yet."""
    lists = {name: list[int]() for name in ("ended", "cut", "pauses")}
    return {"next": Counter(), "limits": {}, "beyond": 0, "open_beyond": 0, **lists}


def count(units: list[Unit], as_of: int, silence: int, learned: dict[str, Any]) -> dict[str, Any]:
    """Count the gaps of units without a map: next kinds, moves and limits by place, lengths, time beyond."""
    found: dict[str, Any] = {}
    for at, unit in enumerate(units):
        for here, target, length in gaps_of(unit, as_of, silence):
            source = unit["steps"][here]["place"]
            limit, origin, gaps = limit_of(source, target, learned, None)
            paused = length > limit
            kind = what_next(unit, here, None, set(), is_pause=paused)
            place = found.setdefault(source, nothing_counted())
            place["cut" if target is None else "ended"].append(length)
            place["next"][paused, kind] += 1
            known = place["limits"].setdefault(target or "", [limit, origin, gaps, 0, 0, set()])
            known[3], known[4] = known[3] + 1, known[4] + paused
            known[5] |= {at} if paused else set()
            if paused and target is not None:
                place["pauses"].append(length)
                place["beyond"] += (length - limit) // 1_000
            if kind == NOT_YET:
                place["open_beyond"] += (length - limit) // 1_000
    return found
