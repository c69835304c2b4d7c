"""Kernels: which journeys stood at a fork, who went which way there, and how far they can be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from trodden.methods.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPEN = 0
MISSING, FIRST_FLAG = 3, 7
"""Codes of kinds: those from ``FIRST_FLAG`` on are flags on matched events."""

NEITHER, DESIGNED, DEVIATED = -1, 0, 1
"""Which way a journey went at a fork."""

LEFT = -1
"""Stands for the event of a next step as designed where there was none."""

ANY = -1


class Aligned(NamedTuple):
    """Journeys laid over a map: their events, the run of each, and what each deviation is.

    See `trodden.methods.journeys.align.Alignments` and `trodden.methods.journeys.deviations.Deviations`.
    """

    offsets: NDArray[np.int64]
    state: NDArray[np.uint8]
    touchpoint: NDArray[np.uint16]
    run_offsets: NDArray[np.int64]
    run_step: NDArray[np.int16]
    run_event: NDArray[np.int32]
    run_kind: NDArray[np.uint8]
    event_kind: NDArray[np.uint8]
    event_about: NDArray[np.int16]
    event_flags: NDArray[np.uint8]


class Ways(NamedTuple):
    """The routes that are judged, by the step they leave: those of ``source`` are ``offsets[source:]`` on.

    ``offsets``: (steps + 2,), the last place is the start of a journey. ``kind``, ``step``, ``touchpoint``,
    ``target``: (routes,), `ANY` where it does not matter. ``designed``: (steps + 1, steps) whether the map
    lets a step follow directly. ``inside``: (routes, steps) the parallel part in which it is open whether a
    step is skipped.
    """

    offsets: NDArray[np.int64]
    kind: NDArray[np.int64]
    step: NDArray[np.int64]
    touchpoint: NDArray[np.int64]
    target: NDArray[np.int64]
    designed: NDArray[np.bool_]
    inside: NDArray[np.bool_]


class Passed(NamedTuple):
    """Journeys at forks, filled in by :func:`pass_forks`; (rows,) each.

    ``fork``: the event that matches the step the ways part from, the first event at a journey's start.
    ``join``: the event both sides have come to, `LEFT` where there is none. ``done``: steps matched up to
    the fork; ``strayed``: events and steps unmatched before it.
    """

    unit: NDArray[np.int64]
    way: NDArray[np.int64]
    arm: NDArray[np.int64]
    fork: NDArray[np.int64]
    join: NDArray[np.int64]
    done: NDArray[np.int64]
    strayed: NDArray[np.int64]


class Fork(NamedTuple):
    """One passage: places in the run and events, of the matched step and of the next, or of the ends."""

    place: int
    next_place: int
    run_end: int
    event: int
    next_event: int
    end: int


@kernel
def pass_forks(aligned: Aligned, ways: Ways, passed: Passed) -> int:
    """Note for every closed journey and every way from a step the first time it stands there; count them.

    The first passage alone is looked at: what a journey does when it comes by again is a consequence.
    """
    seen = np.full(len(ways.offsets) - 1, -1, np.int64)
    used = 0
    for unit in range(len(aligned.state)):
        if aligned.state[unit] != OPEN:
            used = pass_unit(aligned, ways, passed, seen, unit, used)
    return used


@kernel
def pass_unit(
    aligned: Aligned, ways: Ways, passed: Passed, seen: NDArray[np.int64], unit: int, used: int
) -> int:
    """Walk along the run of one journey, from its start to its last matched step."""
    first, end = aligned.offsets[unit], aligned.offsets[unit + 1]
    run_end = aligned.run_offsets[unit + 1]
    place, event = aligned.run_offsets[unit] - 1, first - 1
    source, done, missed = len(seen) - 1, 0, 0
    while True:
        next_place = next_matched(aligned, place + 1, run_end)
        next_event = end if next_place == run_end else aligned.run_event[next_place]
        if seen[source] != unit:
            seen[source] = unit
            fork = Fork(place, next_place, run_end, event, next_event, end)
            strayed = missed + (event - first + 1 - done)
            used = pass_fork(aligned, ways, passed, fork, (unit, source, done, strayed, first), used)
        if next_place == run_end:
            return used
        for between in range(place + 1, next_place):
            missed += aligned.run_kind[between] == MISSING
        source, done = aligned.run_step[next_place], done + 1
        place, event = next_place, next_event


@kernel
def next_matched(aligned: Aligned, place: int, run_end: int) -> int:
    """Return the first place of the run from here on that an event matches, or its end."""
    while place < run_end and aligned.run_event[place] < 0:
        place += 1
    return place


@kernel
def pass_fork(
    aligned: Aligned, ways: Ways, passed: Passed, fork: Fork, who: tuple[int, int, int, int, int], used: int
) -> int:
    """Note which way one journey went at one fork, for every way from there."""
    unit, source, done, strayed, first = who
    for way in range(ways.offsets[source], ways.offsets[source + 1]):
        arm, join = arm_of(aligned, ways, fork, source, way)
        if arm == NEITHER:
            continue
        passed.unit[used], passed.way[used], passed.arm[used] = unit, way, arm
        passed.fork[used], passed.join[used] = max(fork.event, first), join
        passed.done[used], passed.strayed[used] = done, strayed
        used += 1
    return used


@kernel
def arm_of(aligned: Aligned, ways: Ways, fork: Fork, source: int, way: int) -> tuple[int, int]:
    """Return which way a journey went and the event it came to."""
    kind = ways.kind[way]
    if kind == MISSING:
        return arm_of_skip(aligned, ways, fork, way)
    if kind >= FIRST_FLAG:
        return arm_of_flag(aligned, ways, fork, way)
    is_end = fork.next_event == fork.end
    follows = not is_end and ways.designed[source, aligned.run_step[fork.next_place]]
    for event in range(fork.event + 1, fork.next_event):
        if is_on(aligned, ways, event, way):
            return DEVIATED, fork.next_event if follows else LEFT
    if fork.next_event != fork.event + 1:
        return NEITHER, LEFT
    if is_end:
        return DESIGNED, LEFT
    return DESIGNED if follows else NEITHER, fork.next_event


@kernel
def is_on(aligned: Aligned, ways: Ways, event: int, way: int) -> bool:
    """Say whether an unmatched event is the deviation of a way."""
    if aligned.event_kind[event] != ways.kind[way] or aligned.event_about[event] != ways.step[way]:
        return False
    return ways.touchpoint[way] == ANY or aligned.touchpoint[event] == ways.touchpoint[way]


@kernel
def arm_of_skip(aligned: Aligned, ways: Ways, fork: Fork, way: int) -> tuple[int, int]:
    """Compare who came to the target without the step with who took it next and then came there too.

    Where the step may still come, as one in any order with the target, both have come beyond that.
    """
    if fork.next_place == fork.run_end:
        return NEITHER, LEFT
    following = aligned.run_step[fork.next_place]
    if following == ways.target[way]:
        for place in range(fork.place + 1, fork.next_place):
            if aligned.run_kind[place] == MISSING and aligned.run_step[place] == ways.step[way]:
                return came(aligned, ways, way, DEVIATED, fork.next_place, fork.run_end)
    if following != ways.step[way] or fork.next_event != fork.event + 1:
        return NEITHER, LEFT
    for place in range(fork.next_place + 1, fork.run_end):
        if aligned.run_event[place] >= 0 and aligned.run_step[place] == ways.target[way]:
            return came(aligned, ways, way, DESIGNED, place, fork.run_end)
    return NEITHER, LEFT


@kernel
def came(aligned: Aligned, ways: Ways, way: int, arm: int, place: int, run_end: int) -> tuple[int, int]:
    """Return the side, and the event at which it is settled who skipped: the first beyond what is open."""
    while place < run_end and ways.inside[way, aligned.run_step[place]]:
        place = next_matched(aligned, place + 1, run_end)
    if place == run_end:
        return NEITHER, LEFT
    return arm, aligned.run_event[place]


@kernel
def arm_of_flag(aligned: Aligned, ways: Ways, fork: Fork, way: int) -> tuple[int, int]:
    """Compare who came to the step with the flag with who came there directly and without it."""
    if fork.next_place == fork.run_end or aligned.run_step[fork.next_place] != ways.step[way]:
        return NEITHER, LEFT
    if aligned.event_flags[fork.next_event] & (1 << (ways.kind[way] - FIRST_FLAG)):
        return DEVIATED, fork.next_event
    return DESIGNED if fork.next_event == fork.event + 1 else NEITHER, fork.next_event


@kernel
def rows_until(
    row: NDArray[np.int64],
    ends: NDArray[np.int64],
    until: NDArray[np.int64],
    occurred_at: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the first row after ``row`` that is later than ``until``, or the customer's end; all (rows,)."""
    found = np.empty(len(row), np.int64)
    for one in range(len(row)):
        low, high = row[one] + 1, ends[one]
        while low < high:
            middle = (low + high) // 2
            if occurred_at[middle] <= until[one]:
                low = middle + 1
            else:
                high = middle
        found[one] = low
    return found
