"""Kernel: how long the gap after every step is, and from which length on it would be a pause."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trodden.methods.kernels import kernel

NOWHERE = -1


class Walked(NamedTuple):
    """Units by step; see `trodden.methods.journeys.units.Units` and `kernels_pauses.Steps`."""

    offsets: NDArray[np.int64]
    occurred_at: NDArray[np.int64]
    place: NDArray[np.int32]
    after: NDArray[np.int32]


class Waits(NamedTuple):
    """The limits of `trodden.methods.journeys.pauses_limits.Limits`; microseconds, -1 for none.

    ``longest_next``: (states,) the longest wait stated for a step that may come next.
    """

    floor: int
    move_keys: NDArray[np.int64]
    moves: NDArray[np.int64]
    steps: NDArray[np.int64]
    everywhere: int
    longest: NDArray[np.int64]
    longest_next: NDArray[np.int64]


class Measured(NamedTuple):
    """The gap after every step, (steps,) each: the place it led to, or NOWHERE; microseconds."""

    target: NDArray[np.int32]
    length: NDArray[np.int64]
    limit: NDArray[np.int64]


@kernel
def measure(walked: Walked, waits: Waits, as_of: int, silence: int) -> Measured:
    """Measure every gap; that after a last step has not ended and is ``min(as_of - step, silence)`` long."""
    steps = len(walked.place)
    found = Measured(np.empty(steps, np.int32), np.empty(steps, np.int64), np.empty(steps, np.int64))
    offsets, occurred_at, place = walked.offsets, walked.occurred_at, walked.place
    for unit in range(len(offsets) - 1):
        last = offsets[unit + 1] - 1
        for step in range(offsets[unit], last):
            found.target[step] = place[step + 1]
            found.length[step] = occurred_at[step + 1] - occurred_at[step]
            wait = waits.longest[place[step + 1]]
            if wait < 0:
                wait = learned_of_move(waits, place[step], place[step + 1])
            found.limit[step] = max(wait, waits.floor)
        found.target[last] = NOWHERE
        found.length[last] = min(as_of - occurred_at[last], silence)
        wait = waits.longest_next[walked.after[last]]
        found.limit[last] = max(wait if wait >= 0 else learned_of_step(waits, place[last]), waits.floor)
    return found


@kernel
def learned_of_move(waits: Waits, source: int, target: int) -> int:
    """Return what the reference says of a move, else of its source."""
    key = np.int64(source) * len(waits.steps) + target
    at = np.searchsorted(waits.move_keys, key)
    if at < len(waits.move_keys) and waits.move_keys[at] == key:
        return waits.moves[at]
    return learned_of_step(waits, source)


@kernel
def learned_of_step(waits: Waits, source: int) -> int:
    """Return what the reference says of all moves from a place, else of all moves."""
    return waits.steps[source] if waits.steps[source] >= 0 else waits.everywhere
