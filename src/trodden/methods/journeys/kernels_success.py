"""Kernel: at every step of every unit, what came before it and whether the goal comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from trodden.methods.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_WINDOW = -1
NOWHERE = -1
FAILURE, SUCCESS = 0, 1


class Walked(NamedTuple):
    """Units and where their goal lies.

    ``goal``: (units,) the step of the goal, the unit's end where it was not reached. ``is_open``: (units,)
    the unit may go on.
    """

    offsets: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    occurred_at: NDArray[np.int64]
    goal: NDArray[np.int64]
    is_open: NDArray[np.bool_]


class Exposed(NamedTuple):
    """Filled in by :func:`expose`; the last axis is `FAILURE`, `SUCCESS`.

    ``at_risk``: (exposures, 2) units by all steps taken and whether the goal came next. ``having``:
    (touchpoints, exposures, 2) those that have a step, by other steps taken. ``apart``: likewise what is to
    be taken off ``at_risk`` to leave those that do not have it. ``ever``: (touchpoints, 2) and ``units``:
    (2,) units by how they ended.
    """

    at_risk: NDArray[np.int64]
    having: NDArray[np.int64]
    apart: NDArray[np.int64]
    ever: NDArray[np.int64]
    units: NDArray[np.int64]


class Seen(NamedTuple):
    """What a unit came by, (touchpoints,): which ``unit`` did last, when, how often; ``codes`` in order."""

    unit: NDArray[np.int64]
    at: NDArray[np.int64]
    times: NDArray[np.int64]
    codes: NDArray[np.int64]


@kernel
def expose(walked: Walked, window: int, found: Exposed) -> None:
    """Count every unit after every step it took before its goal; ``window``: microseconds."""
    touchpoints = len(found.ever)
    seen = Seen(
        np.full(touchpoints, -1, np.int64),
        np.zeros(touchpoints, np.int64),
        np.zeros(touchpoints, np.int64),
        np.empty(touchpoints, np.int64),
    )
    for unit in range(len(walked.goal)):
        first, end, goal = walked.offsets[unit], walked.offsets[unit + 1], walked.goal[unit]
        many = 0
        for step in range(first, goal):
            many = see(walked, seen, unit, step, many)
            if step + 1 < end or not walked.is_open[unit]:
                count(walked, window, found, seen, (unit, step, goal, end, step + 1 - first, many))


@kernel
def see(walked: Walked, seen: Seen, unit: int, step: int, many: int) -> int:
    """Note a step and return how many different ones the unit has come by."""
    code = walked.touchpoint[step]
    if seen.unit[code] != unit:
        seen.unit[code], seen.times[code] = unit, 0
        seen.codes[many] = code
        many += 1
    seen.at[code] = walked.occurred_at[step]
    seen.times[code] += 1
    return many


@kernel
def count(
    walked: Walked, window: int, found: Exposed, seen: Seen, at: tuple[int, int, int, int, int, int]
) -> None:
    """Count one unit after one step; where the goal or the end comes next, also how it ended."""
    unit, step, goal, end, taken, many = at
    is_over = step + 1 == goal
    told = SUCCESS if is_over and goal < end else FAILURE
    most = len(found.at_risk) - 1
    now = walked.occurred_at[step + 1] if step + 1 < end else walked.occurred_at[step]
    following = NOWHERE if is_over else walked.touchpoint[step + 1]
    exposure = min(taken, most)
    found.at_risk[exposure, told] += 1
    found.units[told] += is_over
    if following != NOWHERE and seen.unit[following] != unit:
        found.apart[following, exposure, told] += 1
    for place in range(many):
        code = seen.codes[place]
        found.apart[code, exposure, told] += 1
        has = window == NO_WINDOW or now - seen.at[code] <= window
        found.ever[code, told] += is_over and has
        if code == following:
            continue
        others = min(taken - seen.times[code], most)
        if has:
            found.having[code, others, told] += 1
        else:
            found.apart[code, others, told] -= 1
