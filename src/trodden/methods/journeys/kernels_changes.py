"""Kernel: where customers change their mind, whether they could, and how long it lasted.

See `trodden.methods.journeys.changes` for the definitions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from trodden.methods.journeys.changes_known import ANOTHER_CHANNEL, DONE, NO_WAY, NOT_TOLD, REFUSED
from trodden.methods.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

REACHED, ABANDONED = 1, 2

NO_CHANGE, EDIT, CANCEL, RETURN, OTHER_BRANCH, BACK = range(6)
"""What kind of change; the names stand in `trodden.methods.journeys.changes`."""


UNKNOWN = 0
FAILING = (1 << 2) | (1 << 3) | (1 << 4) | (1 << 5)
"""Bits of failed, declined, abandoned and unresolved by outcome code."""
REFUSING = (1 << 2) | (1 << 3)
"""Those of failed and declined."""
PERSONAL = (1 << 3) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 8)
"""Bits of store, phone, chat, ticket and social by channel code."""


class Steps(NamedTuple):
    """Units by step: ``offsets`` (units + 1,), ``state`` (units,), the rest (steps,).

    ``matched``: the step of the map an event matches, ``stage`` the rank of its stage; -1 for none.
    """

    offsets: NDArray[np.int64]
    state: NDArray[np.uint8]
    occurred_at: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    channel_outcome: NDArray[np.uint8]
    matched: NDArray[np.int16]
    stage: NDArray[np.int32]


class Knows(NamedTuple):
    """What is known of touchpoints: ``kind`` (touchpoints,) EDIT, CANCEL, RETURN or 0; whether ``on_map``.

    ``branch``: (touchpoints, choices) the branch of each choice it stands on, -1 for none or several.
    """

    kind: NDArray[np.uint8]
    on_map: NDArray[np.bool_]
    branch: NDArray[np.int32]


class Changes(NamedTuple):
    """Filled in by :func:`find_changes`, one row for each change; (steps,) long.

    ``first`` and ``last``: the events it begins and ends with. ``progress``: the furthest step of the map
    matched before it, -1 for none.
    """

    unit: NDArray[np.int64]
    kind: NDArray[np.uint8]
    could: NDArray[np.uint8]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    progress: NDArray[np.int64]


class Room(NamedTuple):
    """Room for one unit at a time; entries count where ``seen_in`` holds the unit.

    ``visit``: (touchpoints,) the last event there. ``taken``: (choices,) the branch last walked.
    """

    visit: NDArray[np.int64]
    seen_in: NDArray[np.int64]
    taken: NDArray[np.int64]
    is_told: NDArray[np.bool_]


@kernel
def find_changes(steps: Steps, knows: Knows, within: int, changes: Changes) -> int:
    """Find the changes of every unit, in order; return how many there are."""
    touchpoints = len(knows.kind)
    room = Room(
        np.zeros(touchpoints, dtype=np.int64),
        np.full(touchpoints, -1, dtype=np.int64),
        np.full(knows.branch.shape[1], -1, dtype=np.int64),
        np.zeros(len(steps.touchpoint), dtype=np.bool_),
    )
    found = 0
    for unit in range(len(steps.state)):
        room.taken[:] = -1
        found = _walk(steps, knows, within, changes, room, (unit, found))
    return found


@kernel
def _walk(steps: Steps, knows: Knows, within: int, changes: Changes, room: Room, at: tuple[int, int]) -> int:
    """Go through one unit; ``at`` is the unit and the changes found so far."""
    unit, found = at
    progress, furthest_stage, designed = -1, -1, -1
    is_back = False
    for event in range(steps.offsets[unit], steps.offsets[unit + 1]):
        code = steps.touchpoint[event]
        stage, on_map = steps.stage[event], knows.on_map[code]
        is_back = is_back and steps.matched[event] < 0
        other_branch = _branches(knows, room, code)
        goes_back = on_map and steps.matched[event] < 0 and not is_back
        goes_back = goes_back and (
            0 <= stage < furthest_stage or _returns(steps, room, (unit, event, designed))
        )
        kind = knows.kind[code]
        if kind == NO_CHANGE and other_branch:
            kind = OTHER_BRANCH
        if kind == NO_CHANGE and goes_back:
            kind = BACK
        is_back = is_back or goes_back
        if kind != NO_CHANGE and not room.is_told[event]:
            could, last = _follow(steps, knows, room, within, (unit, event, kind))
            changes.unit[found] = unit
            changes.kind[found] = kind
            changes.could[found] = could
            changes.first[found] = event
            changes.last[found] = last
            changes.progress[found] = progress
            found += 1
        room.visit[code] = event
        room.seen_in[code] = unit
        designed = event if on_map else designed
        progress = max(progress, steps.matched[event])
        furthest_stage = max(furthest_stage, stage)
    return found


@kernel
def _branches(knows: Knows, room: Room, code: int) -> bool:
    """Take down the branches an event is on; return whether one is another than before."""
    is_other = False
    for choice in range(len(room.taken)):
        branch = knows.branch[code, choice]
        if branch >= 0:
            is_other |= room.taken[choice] >= 0 and room.taken[choice] != branch
            room.taken[choice] = branch
    return is_other


@kernel
def _returns(steps: Steps, room: Room, at: tuple[int, int, int]) -> bool:
    """Tell whether an event comes back to where it went well before, after something else of the map."""
    unit, event, designed = at
    code = steps.touchpoint[event]
    if room.seen_in[code] != unit:
        return False
    return not _is_failing(steps.channel_outcome[room.visit[code]]) and designed > room.visit[code]


@kernel
def _is_failing(channel_outcome: int) -> bool:
    return (FAILING >> (channel_outcome >> 4)) & 1 == 1


@kernel
def _follow(steps: Steps, knows: Knows, room: Room, within: int, at: tuple[int, int, int]) -> tuple[int, int]:
    """Follow a change from its first event; return whether they could, and its last event."""
    unit, first, kind = at
    end = steps.offsets[unit + 1]
    horizon = first
    while horizon < end and steps.occurred_at[horizon] - steps.occurred_at[first] <= within:
        horizon += 1
    could, last = _settle(steps, knows, room, (unit, first, horizon, kind))
    detour = first + 1
    while kind == BACK and detour < horizon and steps.matched[detour] < 0:
        last = max(last, detour)
        detour += 1
    return could, last


@kernel
def _settle(steps: Steps, knows: Knows, room: Room, at: tuple[int, int, int, int]) -> tuple[int, int]:
    """Find the first event that decides whether they could; without one, the last attempt does."""
    unit, first, horizon, kind = at
    channel, attempt = steps.channel_outcome[first] & 15, first
    ending = steps.offsets[unit + 1] - 1
    if steps.state[unit] != REACHED and steps.state[unit] != ABANDONED:
        ending += 1
    for event in range(first, horizon):
        now = steps.channel_outcome[event]
        if _is_attempt(steps, knows, first, event, kind):
            room.is_told[event] = True
            attempt = event
            if not _is_failing(now):
                is_told = now >> 4 != UNKNOWN or kind >= OTHER_BRANCH
                moved = ANOTHER_CHANNEL if now & 15 != channel else DONE
                return moved if is_told else NOT_TOLD, event
        elif event < ending and now & 15 != channel and _is_contact(knows, steps.touchpoint[event], now):
            return ANOTHER_CHANNEL, event
    refused = (REFUSING >> (steps.channel_outcome[attempt] >> 4)) & 1 == 1
    return REFUSED if refused else NO_WAY, attempt


@kernel
def _is_attempt(steps: Steps, knows: Knows, first: int, event: int, kind: int) -> bool:
    """Tell whether an event tries the same again: of the same kind, or at the same touchpoint."""
    if kind < OTHER_BRANCH:
        return knows.kind[steps.touchpoint[event]] == kind
    return steps.touchpoint[event] == steps.touchpoint[first]


@kernel
def _is_contact(knows: Knows, code: int, channel_outcome: int) -> bool:
    """Tell whether an event is a contact with a person that the map does not ask for."""
    return (PERSONAL >> int(channel_outcome & 15)) & 1 == 1 and not knows.on_map[code]


@kernel
def count_contacts(
    steps: Steps, knows: Knows, first: NDArray[np.int64], last: NDArray[np.int64], contacts: NDArray[np.int64]
) -> None:
    """Count the contacts among the events of each change: (changes,)."""
    for change in range(len(first)):
        for event in range(first[change], last[change] + 1):
            code = steps.touchpoint[event]
            contacts[change] += _is_contact(knows, code, steps.channel_outcome[event])


@kernel
def mark_backtracks(offsets: NDArray[np.int64], stage: NDArray[np.int32], found: NDArray[np.bool_]) -> None:
    """Mark the steps whose stage lies before the furthest stage their unit had reached: (steps,)."""
    for unit in range(len(offsets) - 1):
        furthest = -1
        for step in range(offsets[unit], offsets[unit + 1]):
            found[step] = 0 <= stage[step] < furthest
            furthest = max(furthest, stage[step])
