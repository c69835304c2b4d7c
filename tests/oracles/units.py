"""Units cut out of one walk with plain loops. A walk is a list of (touchpoint, time, channel), in order."""

from __future__ import annotations

from dataclasses import dataclass

Walk = list[tuple[str, int, int]]
Unit = tuple[list[int], str, int]
"""The places of its steps, how it stands, and when it was closed (meaningless while open)."""


@dataclass(frozen=True)
class Bounds:
    """What events mean: touchpoints by name.

    ``again`` may start the next journey although they ended one; ``alone`` are a whole journey.
    """

    scope: frozenset[str]
    start: frozenset[str]
    reached: frozenset[str]
    abandoned: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()


def customers(walk: Walk, scope: frozenset[str], silence: int, as_of: int) -> list[Unit]:
    """Return the customer's steps as one unit, or none."""
    steps = [i for i, (name, at, _) in enumerate(walk) if name in scope and at <= as_of]
    return [(steps, *_standing(walk, steps, silence, as_of))] if steps else []


def sessions(walk: Walk, scope: frozenset[str], gap: int, as_of: int) -> list[Unit]:
    """Return the sessions, ordered by their first steps."""
    found: list[list[int]] = []
    for i, (name, at, channel) in enumerate(walk):
        if name not in scope or at > as_of:
            continue
        mine = [unit for unit in found if walk[unit[0]][2] == channel]
        if mine and at - walk[mine[-1][-1]][1] <= gap:
            mine[-1].append(i)
        else:
            found.append([i])
    return [(unit, *_standing(walk, unit, gap, as_of)) for unit in found]


def journeys(walk: Walk, bounds: Bounds, silence: int, as_of: int) -> list[Unit]:
    """Return the journeys, ordered by their first steps."""
    steps = [i for i, (name, at, _) in enumerate(walk) if name in bounds.scope and at <= as_of]
    found: list[Unit] = []
    while steps:
        if walk[steps[0]][0] in bounds.start:
            unit, steps = _one_journey(walk, steps, bounds, (silence, as_of))
            found.append(unit)
        else:
            steps = steps[1:]
    return found


def _one_journey(
    walk: Walk, steps: list[int], bounds: Bounds, limits: tuple[int, int]
) -> tuple[Unit, list[int]]:
    """Return the journey that begins with the first step, and the steps the next may begin with."""
    silence, as_of = limits
    if walk[steps[0]][0] in bounds.alone:
        return (steps[:1], "reached", walk[steps[0]][1]), steps[1:]
    for k in range(1, len(steps)):
        name, at, _ = walk[steps[k]]
        if at - walk[steps[k - 1]][1] > silence:
            return (steps[:k], "silent", walk[steps[k - 1]][1] + silence), steps[k:]
        if name in bounds.reached | bounds.abandoned:
            shared = name in bounds.again and name not in bounds.alone
            state = "reached" if name in bounds.reached else "abandoned"
            return (steps[: k + 1], state, at), steps[k if shared else k + 1 :]
    return (steps, *_standing(walk, steps, silence, as_of)), []


def _standing(walk: Walk, steps: list[int], limit: int, as_of: int) -> tuple[str, int]:
    last = walk[steps[-1]][1]
    return ("silent" if as_of - last > limit else "open"), last + limit
