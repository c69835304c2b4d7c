"""Kernel: what a map predicts, counted over the journeys that began in each period."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from trodden.methods.journeys.predictions import BEGUN, GOAL, STILL_OPEN
from trodden.methods.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPEN = 0
REACHED = 1


class Walked(NamedTuple):
    """Aligned units: ``offsets`` (units + 1,), ``state`` and ``period`` (units,), -1 for no period.

    ``occurred_at`` and ``event_step``: (steps,), the step an event matches, -1 for none.
    """

    offsets: NDArray[np.int64]
    state: NDArray[np.uint8]
    period: NDArray[np.int64]
    occurred_at: NDArray[np.int64]
    event_step: NDArray[np.int16]


class Said(NamedTuple):
    """What is predicted. ``branches``: (b, 4) first and last step of a branch, and of its choice.

    ``wait_from``: (steps + 1,) where the waits said for a step begin in ``wait_us``: (w,) microseconds.
    """

    branches: NDArray[np.int32]
    wait_from: NDArray[np.int32]
    wait_us: NDArray[np.int64]


@kernel
def count_said(
    walked: Walked,
    said: Said,
    journeys: NDArray[np.int64],
    branch: NDArray[np.int64],
    wait: NDArray[np.int64],
) -> None:
    """Add up closed units by period.

    ``journeys``: (periods, 3), see BEGUN. ``branch``: (periods, b, 2) units with a match on a branch, and
    with one on its choice. ``wait``: (periods, w, 2) waits no longer than said, and all waits.
    """
    is_on = np.zeros((len(said.branches), 2), dtype=np.bool_)
    for unit in range(len(walked.state)):
        period = walked.period[unit]
        if period < 0:
            continue
        journeys[period, BEGUN] += 1
        if walked.state[unit] == OPEN:
            journeys[period, STILL_OPEN] += 1
            continue
        if walked.state[unit] == REACHED:
            journeys[period, GOAL] += 1
        is_on[:] = False
        _walk(walked, said, unit, is_on, wait[period])
        branch[period] += is_on


@kernel
def _walk(walked: Walked, said: Said, unit: int, is_on: NDArray[np.bool_], wait: NDArray[np.int64]) -> None:
    """Go through the matched events of one unit; a wait runs from the matched event before."""
    previous = -1
    for event in range(walked.offsets[unit], walked.offsets[unit + 1]):
        step = walked.event_step[event]
        if step < 0:
            continue
        for number in range(len(said.branches)):
            first, last, choice_first, choice_last = said.branches[number]
            is_on[number, 0] |= first <= step < last
            is_on[number, 1] |= choice_first <= step < choice_last
        if previous >= 0:
            waited = walked.occurred_at[event] - walked.occurred_at[previous]
            for number in range(said.wait_from[step], said.wait_from[step + 1]):
                wait[number, 0] += waited <= said.wait_us[number]
                wait[number, 1] += 1
        previous = event
