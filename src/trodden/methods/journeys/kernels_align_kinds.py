"""Kernels: what kind of deviation each unmatched move is, and what is remarkable about matched ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.journeys.automaton_tables import Places
    from trodden.methods.journeys.kernels_align_structs import Found

NONE, DEPARTED, OUT_OF_ORDER, MISSING, WRONG_BRANCH, REPEATED, AD_HOC = range(7)
FAILING, PAUSED, FORCED_SWITCH = 1, 2, 4
OPEN, REACHED = 0, 1
SKIPPABLE = 0
FAILING_OUTCOMES = (1 << 2) | (1 << 3) | (1 << 4) | (1 << 5)
"""Bits of failed, declined, abandoned and unresolved by outcome code."""
PAIR_COST = 2
"""A walk-only and a map-only move in one row."""
NOWHERE = 1 << 62
ON_RUN, SKIPPED, NOT_TAKEN, NOT_YET = range(4)
"""Where a step stands to a run: on it, in a part it skipped, on another branch, or beyond its end."""


class Steps(NamedTuple):
    """The events of the units: ``offsets`` (units + 1,), ``state`` (units,), and columns of (steps,)."""

    offsets: NDArray[np.int64]
    state: NDArray[np.uint8]
    occurred_at: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    channel_outcome: NDArray[np.uint8]


class Kinds(NamedTuple):
    """Filled in by :func:`classify`; see `trodden.methods.journeys.deviations.Deviations`."""

    event_kind: NDArray[np.uint8]
    event_cost: NDArray[np.uint8]
    event_about: NDArray[np.int16]
    event_flags: NDArray[np.uint8]
    run_kind: NDArray[np.uint8]
    run_cost: NDArray[np.int32]


class Stands(NamedTuple):
    """What is known of each step in one unit: all (steps,).

    A step is on the unit's run, matched, or paired with an event where the number there is the unit's.
    ``missing`` is the first place of the run where it is missing and not paired yet, -1 for none.
    """

    on_run: NDArray[np.int64]
    matched: NDArray[np.int64]
    paired: NDArray[np.int64]
    missing: NDArray[np.int64]


@njit(nogil=True, cache=True)
def classify(places: Places, steps: Steps, found: Found, kinds: Kinds) -> None:
    """Give every unmatched move its kind and every matched event its flags."""
    _flag(places.longest_wait, steps, found.event_step, kinds.event_flags)
    many = len(places.longest_wait)
    stands = Stands(np.full(many, -1), np.full(many, -1), np.full(many, -1), np.full(many, -1))
    offsets, state = steps.offsets, steps.state
    for unit in range(len(state)):
        if found.cost[unit] > 0:
            is_lost = state[unit] != OPEN and state[unit] != REACHED
            is_missing = _classify_run(found, kinds, stands, unit, is_lost)
            span = (offsets[unit], offsets[unit + 1], unit)
            if is_missing:
                _pair(places, steps.touchpoint, found, kinds, stands, span)
            _classify_events(places, steps.touchpoint, found.event_step, kinds, stands, (*span, state[unit]))


@njit(nogil=True, cache=True)
def _flag(
    longest_wait: NDArray[np.int64],
    steps: Steps,
    event_step: NDArray[np.int16],
    event_flags: NDArray[np.uint8],
) -> None:
    """Flag matched events; the first of a unit has nothing before it."""
    offsets, occurred_at, channel_outcome = steps.offsets, steps.occurred_at, steps.channel_outcome
    for unit in range(len(offsets) - 1):
        previous = -1
        for event in range(offsets[unit], offsets[unit + 1]):
            step = event_step[event]
            if step < 0:
                continue
            flags = FAILING if _is_failing(channel_outcome[event]) else 0
            wait = longest_wait[step]
            if previous >= 0 and wait >= 0 and occurred_at[event] - occurred_at[previous] > wait:
                flags |= PAUSED
            if event > offsets[unit] and _is_forced(channel_outcome[event - 1], channel_outcome[event]):
                flags |= FORCED_SWITCH
            event_flags[event] = flags
            previous = event


@njit(nogil=True, cache=True)
def _is_failing(channel_outcome: int) -> bool:
    return (FAILING_OUTCOMES >> (channel_outcome >> 4)) & 1 == 1


@njit(nogil=True, cache=True)
def _is_forced(before: int, now: int) -> bool:
    """Tell whether the channel changed right after the one before did not serve."""
    return (before & 15) != (now & 15) and _is_failing(before)


@njit(nogil=True, cache=True, inline="always")
def _classify_run(found: Found, kinds: Kinds, stands: Stands, unit: int, is_lost: bool) -> bool:  # noqa: FBT001 - Numba takes it by place
    """Take down where steps stand, from the run's end on; return whether any is missing.

    What a unit closed without its goal left out at its end is one row: departed.
    """
    departed = 0
    is_missing = False
    run_offsets, run_step, run_event = found.run_offsets, found.run_step, found.run_event
    for place in range(run_offsets[unit + 1] - 1, run_offsets[unit] - 1, -1):
        step = run_step[place]
        if stands.on_run[step] != unit:
            stands.on_run[step] = unit
            stands.missing[step] = -1
        if run_event[place] >= 0:
            stands.matched[step] = unit
            is_lost = False
        elif is_lost:
            departed += 1
        else:
            kinds.run_kind[place] = MISSING
            kinds.run_cost[place] = 1
            stands.missing[step] = place
            is_missing = True
    if departed > 0:
        kinds.run_kind[run_offsets[unit + 1] - departed] = DEPARTED
        kinds.run_cost[run_offsets[unit + 1] - departed] = departed
    return is_missing


@njit(nogil=True, cache=True, inline="always")
def _pair(
    places: Places,
    touchpoint: NDArray[np.uint16],
    found: Found,
    kinds: Kinds,
    stands: Stands,
    at: tuple[int, int, int],
) -> None:
    """Let each walk-only event, in order, take the earliest missing step its touchpoint stands for."""
    first, last, unit = at
    at_from, at_step, run_step, run_kind = places.at_from, places.at_step, found.run_step, kinds.run_kind
    event_step, on_run, missing = found.event_step, stands.on_run, stands.missing
    for event in range(first, last):
        code = touchpoint[event]
        if event_step[event] >= 0 or code + 1 >= len(at_from):
            continue
        place = NOWHERE
        for could_be in range(at_from[code], at_from[code + 1]):
            step = at_step[could_be]
            if on_run[step] == unit and missing[step] >= 0:
                place = min(place, missing[step])
        if place < NOWHERE:
            step = run_step[place]
            run_kind[place] = NONE
            kinds.run_cost[place] = 0
            kinds.event_kind[event] = OUT_OF_ORDER
            kinds.event_about[event] = step
            kinds.event_cost[event] = PAIR_COST
            stands.paired[step] = unit
            stands.missing[step] = _next_missing(run_step, run_kind, place + 1, found.run_offsets[unit + 1])


@njit(nogil=True, cache=True)
def _next_missing(run_step: NDArray[np.int16], run_kind: NDArray[np.uint8], first: int, last: int) -> int:
    """Return the next place where the step before ``first`` is missing again, or -1."""
    for place in range(first, last):
        if run_step[place] == run_step[first - 1] and run_kind[place] == MISSING:
            return place
    return -1


@njit(nogil=True, cache=True, inline="always")
def _classify_events(
    places: Places,
    touchpoint: NDArray[np.uint16],
    event_step: NDArray[np.int16],
    kinds: Kinds,
    stands: Stands,
    at: tuple[int, int, int, int],
) -> None:
    """Give every walk-only event that was not paired its kind."""
    first, last, unit, state = at
    at_from, at_step, matched = places.at_from, places.at_step, stands.matched
    event_kind, event_about, event_cost = kinds.event_kind, kinds.event_about, kinds.event_cost
    for event in range(first, last):
        if event_step[event] >= 0 or event_kind[event] != NONE:
            continue
        event_cost[event] = 1
        code = touchpoint[event]
        many = at_from[code + 1] - at_from[code] if code + 1 < len(at_from) else 0
        if many == 0:
            event_kind[event] = AD_HOC
        elif many == 1 and matched[at_step[at_from[code]]] == unit:
            event_kind[event] = REPEATED
            event_about[event] = at_step[at_from[code]]
        else:
            could_be = (at_from[code], at_from[code + 1])
            kind, about = _kind_of(places, stands, could_be, unit, state == OPEN)
            event_kind[event] = kind
            event_about[event] = about


@njit(nogil=True, cache=True)
def _kind_of(
    places: Places,
    stands: Stands,
    span: tuple[int, int],
    unit: int,
    is_open: bool,  # noqa: FBT001 - as above
) -> tuple[int, int]:
    """Return the kind of a walk-only move that could be some steps, and the step it is about."""
    matched = paired = on_run = -1
    all_on_other_branches = True
    for could_be in range(span[0], span[1]):
        step = places.at_step[could_be]
        where = ON_RUN
        if stands.on_run[step] != unit:
            where = _stand(places.gate_from, places.gate, stands.on_run, (step, unit), is_open)
        if where == SKIPPED:
            return OUT_OF_ORDER, step
        all_on_other_branches &= where == NOT_TAKEN
        matched = step if matched < 0 and stands.matched[step] == unit else matched
        paired = step if paired < 0 and stands.paired[step] == unit else paired
        on_run = step if on_run < 0 and where == ON_RUN else on_run
    if all_on_other_branches:
        return WRONG_BRANCH, places.at_step[span[0]]
    if matched >= 0 or paired >= 0:
        return REPEATED, matched if matched >= 0 else paired
    return OUT_OF_ORDER, on_run if on_run >= 0 else places.at_step[span[0]]


@njit(nogil=True, cache=True)
def _stand(
    gate_from: NDArray[np.int32],
    gates: NDArray[np.int32],
    on_run: NDArray[np.int64],
    at: tuple[int, int],
    is_open: bool,  # noqa: FBT001 - as above
) -> int:
    """Say where a step that is not on the run stands to it: the outermost part never entered decides."""
    step, unit = at
    for number in range(gate_from[step], gate_from[step + 1]):
        kind, first, last, choice_first, choice_last = gates[number]
        if _is_entered(on_run, first, last, unit):
            continue
        if kind == SKIPPABLE:
            return SKIPPED
        is_decided = not is_open or _is_entered(on_run, choice_first, choice_last, unit)
        return NOT_TAKEN if is_decided else NOT_YET
    return NOT_YET


@njit(nogil=True, cache=True)
def _is_entered(on_run: NDArray[np.int64], first: int, last: int, unit: int) -> bool:
    """Tell whether the run has any of the steps from first to before last."""
    for step in range(first, last):  # noqa: SIM110 - Numba has no any
        if on_run[step] == unit:
            return True
    return False
