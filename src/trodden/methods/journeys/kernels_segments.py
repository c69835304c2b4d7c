"""Kernels: how often customers did something, in the part of their walks that is looked at."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trodden.methods.journeys.kernels_patterns import DEAD, START, Machine, mark_beginnings
from trodden.methods.kernels import kernel

NOWHERE = -1


class Steps(NamedTuple):
    """The columns of a bucket that are read; (rows,)."""

    occurred_at: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]


class Parts(NamedTuple):
    """What is looked at: rows ``first[u]:end[u]`` whose times lie in ``[since[u], until[u])``; (units,)."""

    first: NDArray[np.int64]
    end: NDArray[np.int64]
    since: NDArray[np.int64]
    until: NDArray[np.int64]


class Ended(NamedTuple):
    """Journeys, by customer: where and when they began, their last rows, and when they were over.

    ``last``: the row that ended it, or -1 where silence did, from ``over_at`` on.
    """

    customer: NDArray[np.int64]
    first: NDArray[np.int64]
    begun_at: NDArray[np.int64]
    last: NDArray[np.int64]
    over_at: NDArray[np.int64]


@kernel
def inside(steps: Steps, parts: Parts, unit: int) -> tuple[int, int]:
    """Return the first row of a unit's part and the one behind its last."""
    first, end = parts.first[unit], parts.end[unit]
    while first < end and steps.occurred_at[first] < parts.since[unit]:
        first += 1
    while end > first and steps.occurred_at[end - 1] >= parts.until[unit]:
        end -= 1
    return first, end


@kernel
def match_from(forward: Machine, steps: Steps, first: int, end: int, within: int) -> int:
    """Return the last row of the shortest match that begins with ``first``, NOWHERE if it takes too long.

    ``within``: microseconds from its first to its last row, negative for any.
    """
    state = START
    for row in range(first, end):
        if within >= 0 and steps.occurred_at[row] - steps.occurred_at[first] > within:
            return NOWHERE
        state = forward.table[state, forward.symbols[steps.touchpoint[row]]]
        if state == DEAD:
            return NOWHERE
        if forward.accepts[state] and (row == end - 1 or not forward.at_end):
            return row
    return NOWHERE


@kernel
def matches_in(
    machines: tuple[Machine, Machine],
    steps: Steps,
    part: tuple[int, int],
    within: int,
    begins: NDArray[np.bool_],
) -> int:
    """Count the matches in some rows, which do not overlap; ``machines`` read backward and forward."""
    backward, forward = machines
    first, end = part
    mark_beginnings(backward, steps.touchpoint, first, end, begins)
    found, row = 0, first
    while row < end:
        last = match_from(forward, steps, row, end, within) if begins[row - first] else NOWHERE
        if last == NOWHERE:
            row += 1
        else:
            found += 1
            row = last + 1
    return found


@kernel
def count_matches(
    backward: Machine, forward: Machine, steps: Steps, parts: Parts, within: int
) -> NDArray[np.int64]:
    """Count the matches of a pattern in each unit's part; (units,)."""
    found = np.zeros(len(parts.first), np.int64)
    begins = np.zeros(np.max(parts.end - parts.first) if len(found) else 0, np.bool_)
    for unit in range(len(found)):
        part = inside(steps, parts, unit)
        found[unit] = matches_in((backward, forward), steps, part, within, begins)
    return found


@kernel
def count_pauses(
    steps: Steps, parts: Parts, over: int, after: NDArray[np.bool_], before: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Count the gaps longer than ``over`` microseconds in each unit's part; (units,).

    ``after``, ``before``: (touchpoints,) whether a gap may begin or end there.
    """
    found = np.zeros(len(parts.first), np.int64)
    for unit in range(len(found)):
        first, end = inside(steps, parts, unit)
        for row in range(first + 1, end):
            is_long = steps.occurred_at[row] - steps.occurred_at[row - 1] > over
            is_there = after[steps.touchpoint[row - 1]] and before[steps.touchpoint[row]]
            found[unit] += is_long and is_there
    return found


@kernel
def count_ended(
    ended: Ended, customer: NDArray[np.int64], moment: NDArray[np.int64], parts: Parts
) -> NDArray[np.int64]:
    """Count the journeys of each unit's customer that began in its part and were over by then; (units,).

    ``customer``, ``moment``: (units,), customers ascending, as in ``ended``.
    """
    found = np.zeros(len(customer), np.int64)
    start = 0
    for unit in range(len(customer)):
        while start < len(ended.customer) and ended.customer[start] < customer[unit]:
            start += 1
        place = start
        while place < len(ended.customer) and ended.customer[place] == customer[unit]:
            is_inside = ended.first[place] >= parts.first[unit]
            begun = ended.begun_at[place]
            in_time = parts.since[unit] <= begun < parts.until[unit]
            by_row = ended.last[place] >= 0 and ended.last[place] < parts.end[unit]
            by_silence = ended.last[place] < 0 and ended.over_at[place] < moment[unit]
            found[unit] += is_inside and in_time and (by_row or by_silence)
            place += 1
    return found
