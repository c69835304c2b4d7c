"""What a comparison subtracts, with plain loops: which figures of two logs belong together, and their counts.

A side is a list of events; customers are the units. Each function returns, by the name of a figure, its
(count, of) on both sides; a figure of which one side knows nothing is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracles import transitions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from trodden.model.event import Event

Counts = tuple[int, int]
Pairs = dict[str, tuple[Counts, Counts]]


def touchpoint_shares(sides: Sequence[list[Event]], as_of: datetime, top: int) -> Pairs:
    """Return customers at each touchpoint, of all of the side; told are the first ``top`` of either side."""
    walks = [_walks(side, as_of) for side in sides]
    told: set[str] = set()
    for side in walks:
        events: dict[str, int] = {}
        for walk in side.values():
            for event in walk:
                events[event.name] = events.get(event.name, 0) + 1
        told.update(sorted(events, key=lambda name: (-events[name], name))[:top])
    pairs: Pairs = {}
    for name in told:
        one, other = (
            (sum(any(event.name == name for event in walk) for walk in side.values()), len(side))
            for side in walks
        )
        pairs[f"{name}, units"] = (one, other)
    return {name: pair for name, pair in pairs.items() if pair[0][1] and pair[1][1]}


def move_shares(sides: Sequence[list[Event]], as_of: datetime, limit: int, silence: float) -> Pairs:
    """Return moves of all out of their source; told are the ``limit`` most frequent of either side."""
    counted = [transitions.count(_units(side, as_of, silence)) for side in sides]
    told = {pair for moves in counted for pair in _most(moves)[:limit]}
    pairs: Pairs = {}
    for source, target in told:
        made: list[Counts] = []
        for moves in counted:
            out_of = sum(move.count for pair, move in moves.items() if pair[0] == source)
            move = moves.get((source, target))
            made.append((move.count if move else 0, out_of))
        if made[0][1] and made[1][1]:
            pairs[f"{source}, {target}, share"] = (made[0], made[1])
    return pairs


def move_gaps(
    sides: Sequence[list[Event]], as_of: datetime, limit: int, silence: float
) -> dict[str, tuple[list[int], list[int]]]:
    """Return the gaps of the same moves in whole seconds, where both sides have one."""
    counted = [transitions.count(_units(side, as_of, silence)) for side in sides]
    told = {pair for moves in counted for pair in _most(moves)[:limit]}
    gaps = {
        pair: tuple(moves[pair].gaps if pair in moves else [] for moves in counted) for pair in sorted(told)
    }
    return {", ".join(pair): (one, other) for pair, (one, other) in gaps.items() if one and other}


def _most(moves: dict[tuple[str, str], transitions.Move]) -> list[tuple[str, str]]:
    return sorted(moves, key=lambda pair: (-moves[pair].count, *pair))


def _walks(side: Iterable[Event], as_of: datetime) -> dict[str, list[Event]]:
    walks: dict[str, list[Event]] = {}
    for event in sorted(side, key=lambda one: (one.occurred_at, one.seq)):
        if event.occurred_at <= as_of:
            walks.setdefault(event.ids[0].value, []).append(event)
    return walks


def _units(side: Iterable[Event], as_of: datetime, silence: float) -> list[transitions.Unit]:
    return [
        (
            who,
            [(one.name, round(one.occurred_at.timestamp() * 1_000_000)) for one in walk],
            (as_of - walk[-1].occurred_at).total_seconds() <= silence,
        )
        for who, walk in _walks(side, as_of).items()
    ]
