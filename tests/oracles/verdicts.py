"""Which way journeys went at a fork, whom they are like and how it ended: plain loops over lists."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.oracles.alignment import described, flow_steps, parts, places, stands_for, ways
from trodden.model.journey_map import Parallel, StepRef

if TYPE_CHECKING:
    from tests.oracles.alignment import Aligned, Seen
    from trodden.model.journey_map import JourneyMap

FLAGS = ("failing", "paused", "forced switch")
CONTACTS = ("phone", "chat", "ticket", "email", "store")


@dataclass(frozen=True)
class Way:
    """A way off the map by names; an empty source is the start, an empty touchpoint any."""

    source: str
    kind: str
    step: str = ""
    touchpoint: str = ""
    target: str = ""


@dataclass(frozen=True)
class Passage:
    """``fork`` and ``join`` are places in the walk; a ``join`` of None has left."""

    did: bool
    fork: int
    join: int | None
    done: int
    strayed: int


def designed_pairs(journey_map: JourneyMap) -> set[tuple[str, str]]:
    """List what may directly follow what; an empty name is the start."""
    found = {("", step) for step, _ in ways(journey_map.flow)}
    for place in places(journey_map.flow):
        for step, rest in ways(place):
            found |= {(step, following) for following, _ in ways(rest)}
    return found


def missing_places(journey_map: JourneyMap, walk: list[Seen], found: Aligned, *, reached: bool) -> list[int]:
    """List the places of the run that are missing: unmatched, not departed, not paired with an event."""
    steps = described(journey_map)
    last = max((at for at, event in enumerate(found.events) if event is not None), default=-1)
    left = [at for at, event in enumerate(found.events) if event is None and (reached or at < last)]
    for event, seen in enumerate(walk):
        if event in found.events:
            continue
        same = [at for at in left if stands_for(steps[found.run[at]], seen.touchpoint)]
        if same:
            left.remove(same[0])
    return left


def passage(
    journey_map: JourneyMap, walk: list[Seen], found: Aligned, way: Way, *, reached: bool
) -> Passage | None:
    """Say which way a closed journey went the first time it stood at the fork, None for neither."""
    matched = [(at, event) for at, event in enumerate(found.events) if event is not None]
    at_source = [number for number, (at, _) in enumerate(matched) if found.run[at] == way.source]
    if way.source and not at_source:
        return None
    number = at_source[0] if way.source else -1
    place, event = matched[number] if number >= 0 else (-1, -1)
    rest = matched[number + 1 :]
    next_place, next_event = rest[0] if rest else (len(found.run), len(walk))
    missing = missing_places(journey_map, walk, found, reached=reached)
    unmatched = [at for at in range(len(walk)) if at not in found.events]
    strayed = sum(at < event for at in unmatched) + sum(at < place for at in missing)
    fork = Fork(
        source=way.source,
        following=[(found.run[at], at_event) for at, at_event in rest],
        skipped={found.run[at] for at in missing if place < at < next_place},
        extra=[row for row in found.rows if row[3] in unmatched and event < row[3] < next_event],
        flags=[flag for at, flag in found.flags if at == next_event],
        is_direct=next_event == event + 1,
        inside=open_part(journey_map.flow, way),
    )
    went = which_way(way, fork, walk, designed_pairs(journey_map))
    if went is None:
        return None
    return Passage(went[0], max(event, 0), went[1], number + 1, strayed)


@dataclass(frozen=True)
class Fork:
    """What followed: the steps matched later with their events, and what lay before the first of them."""

    source: str
    following: list[tuple[str, int]]
    skipped: set[str]
    extra: list[Any]
    flags: list[str]
    is_direct: bool
    inside: set[str]


def which_way(
    way: Way, fork: Fork, walk: list[Seen], pairs: set[tuple[str, str]]
) -> tuple[bool, int | None] | None:
    if way.kind == "missing":
        return skipping(way, fork)
    step, event = fork.following[0] if fork.following else ("", None)
    if way.kind in FLAGS:
        if step != way.step:
            return None
        return (True, event) if way.kind in fork.flags else (False, event) if fork.is_direct else None
    for kind, name, _, at in fork.extra:
        is_it = walk[at].touchpoint == way.touchpoint if way.touchpoint else name == way.step
        if kind == way.kind and is_it:
            return True, event if (way.source, step) in pairs else None
    is_designed = not fork.following or (way.source, step) in pairs
    return (False, event) if fork.is_direct and is_designed else None


def skipping(way: Way, fork: Fork) -> tuple[bool, int | None] | None:
    if not fork.following:
        return None
    step = fork.following[0][0]
    if step == way.target and way.step in fork.skipped:
        beyond = [at for name, at in fork.following if name not in fork.inside]
        return (True, beyond[0]) if beyond else None
    later = [at for name, at in fork.following[1:] if name == way.target]
    if step != way.step or not fork.is_direct or not later:
        return None
    beyond = [at for name, at in fork.following if at >= later[0] and name not in fork.inside]
    return (False, beyond[0]) if beyond else None


def open_part(flow: Any, way: Way) -> set[str]:  # noqa: ANN401 - a flow
    """Return the steps among which the skipped one may still come: any of the outermost parallel part."""
    if way.kind != "missing":
        return set()
    both = {way.step, way.target}
    around = [one for one in parallels(flow) if both <= set(flow_steps((one,)))]
    apart = [one for one in around if not any(both <= set(flow_steps(branch)) for branch in one.branches)]
    return set(flow_steps((around[0],))) if apart and len(both) > 1 else set()


def parallels(flow: Any) -> list[Parallel]:  # noqa: ANN401 - a flow
    """List the parallel parts, each before those within it."""
    found = []
    for item in flow:
        found += [item] if isinstance(item, Parallel) else []
        for _kind, part in [] if isinstance(item, StepRef) else parts(item):
            found += parallels(part)
    return found


def told_seconds(us: int) -> float:
    """Return the middle of the bin a duration is counted in."""
    seconds, width = (us // 1_000 + 500) // 1_000, 1
    while seconds // width >= 256:
        width *= 2
    return seconds // width * width + (width - 1) / 2


def outcomes(
    customer: list[dict[str, Any]], unit: list[int], at: Passage, *, met: bool, horizon: int, as_of: int
) -> list[int]:
    """Return the sixteen sums one journey adds; ``unit``: places of its steps among its customer's events.

    Events have ``at`` in microseconds, ``channel``, whether they are ``matched``, ``n``, ``score`` or None.
    """
    fork, last = unit[at.fork], unit[-1]
    came = at.join is not None
    join = unit[at.join] if at.join is not None else fork
    until = customer[join]["at"] + horizon
    followed = came and until <= as_of
    later = [event for event in customer[join + 1 :] if event["at"] <= min(until, as_of)]
    contacts = (
        sum(event["channel"] in CONTACTS and not event["matched"] for event in later) if followed else 0
    )
    time = effort = 0
    if came and met:
        took = customer[last]["at"] - customer[fork]["at"]
        time = round(1_000 * math.log(max(told_seconds(took), 1.0)))
        effort = len(unit) - 1 - at.fork
    price = sum(round(100 * (event["n"] or 0)) for event in customer[fork + 1 : last + 1]) if came else 0
    known = [event for event in customer[fork + 1 :] if event["at"] <= min(until, as_of)]
    scores = [event["score"] for event in known if event["score"] is not None]
    score = round(1_000 * scores[-1]) if scores and followed else 0
    scored = bool(scores) and followed
    sums = [came, came and met, True, met, followed]
    for amount in (contacts, time, effort, price):
        sums += [amount, amount**2]
    return [int(value) for value in (*sums, scored, score, score**2)]


def likeness(
    customer: list[dict[str, Any]], unit: list[int], at: Passage, properties: list[tuple[str, list[str]]]
) -> tuple[int, ...]:
    """Return the levels of a journey at its fork: each property's place among its values, then progress."""
    fork = unit[at.fork]
    ranks = []
    for name, values in properties:
        known = [event[name] for event in customer[: fork + 1] if event[name] is not None]
        ranks.append(sorted(values).index(known[-1]) + 1 if known else 0)
    first = customer[unit[0]]
    elapsed = (customer[fork]["at"] - first["at"]) // 1_000_000
    hour, day = 3_600, 86_400
    edges = (60, 600, hour, 6 * hour, day, 3 * day, 7 * day, 30 * day)
    month = (first["year"] - 1970) * 12 + first["month"]
    return (*ranks, month, min(at.done, 15), sum(edge <= elapsed for edge in edges), min(at.strayed, 2))
