"""Kernels: the funnel most people ask: steps in order, nothing excluded, no limits between steps.

The first event of a step behind the first of the step before only moves on from one start to the next, so
each start goes on from where the one before it stood, and every step reads the unit once. What is asked
otherwise is counted by `kernels_funnel`, and this agrees with it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trodden.methods.journeys.kernels_transitions import bin_of_gap
from trodden.methods.kernels import kernel


class Fitting(NamedTuple):
    """The events of one unit that fit a step: which (a bit each), and when.

    ``place``: (steps,) where each step stands for the start under way. ``kept``: (steps,) when each was
    reached from the start that counts.
    """

    steps: NDArray[np.uint32]
    at: NDArray[np.int64]
    place: NDArray[np.int64]
    kept: NDArray[np.int64]


class SimpleRules(NamedTuple):
    """Longest time from first step to last, ``as_of``, and whether only the first start is tried."""

    within: int
    as_of: int
    first_only: int


class SimpleCounts(NamedTuple):
    """Units by depth, those still pending, and the time each step took by bin."""

    reached: NDArray[np.int64]
    pending: NDArray[np.int64]
    times: NDArray[np.int64]


@kernel
def reach(fitting: Fitting, start: int, used: int, within: int) -> int:
    """Move each step on to its first event behind the step before; return the depth of the start."""
    fitting.place[0] = start
    for step in range(1, len(fitting.place)):
        place = max(fitting.place[step], fitting.place[step - 1] + 1)
        bit = np.uint32(1 << step)
        while place < used and not fitting.steps[place] & bit:
            place += 1
        fitting.place[step] = place
        if place == used or fitting.at[place] - fitting.at[start] > within:
            return step
    return len(fitting.place)


@kernel
def deepest(fitting: Fitting, used: int, rules: SimpleRules) -> int:
    """Try the starts of a unit; keep the times of the earliest of greatest depth, and return it."""
    depth = 0
    fitting.place[:] = 0
    for start in range(used):
        if not fitting.steps[start] & 1:
            continue
        found = reach(fitting, start, used, rules.within)
        if found > depth:
            depth = found
            for step in range(depth):
                fitting.kept[step] = fitting.at[fitting.place[step]]
        if depth == len(fitting.place) or rules.first_only:
            break
    return depth


@kernel
def is_pending(fitting: Fitting, used: int, rules: SimpleRules) -> bool:
    """Say whether the window of the last start that is tried has not passed."""
    start = 0
    for place in range(used):
        if fitting.steps[place] & 1:
            start = place
            if rules.first_only:
                break
    return rules.as_of - fitting.at[start] <= rules.within


@kernel
def count_times(fitting: Fitting, depth: int, times: NDArray[np.int64]) -> None:
    """Count how long each step took from the start."""
    for step in range(depth):
        times[step, bin_of_gap(fitting.kept[step] - fitting.kept[0])] += 1


@kernel
def count_simple(
    offsets: NDArray[np.int64],
    events: tuple[NDArray[np.uint16], NDArray[np.int64], NDArray[np.uint8]],
    fits: NDArray[np.uint32],
    rules: SimpleRules,
    counts: SimpleCounts,
) -> int:
    """Count every unit; return how many have a start.

    ``events`` are touchpoints and times of all steps, and of each unit whether it can grow.
    """
    touchpoint, occurred_at, grows = events
    longest = np.max(offsets[1:] - offsets[:-1]) if len(offsets) > 1 else 0
    depths = len(counts.times)
    fitting = Fitting(
        np.empty(longest + 1, np.uint32),
        np.empty(longest + 1, np.int64),
        np.empty(depths, np.int64),
        np.empty(depths, np.int64),
    )
    entered = 0
    for unit in range(len(offsets) - 1):
        used, seen = 0, np.uint32(0)
        for step in range(offsets[unit], offsets[unit + 1]):
            fit = fits[touchpoint[step]]
            fitting.steps[used], fitting.at[used] = fit, occurred_at[step]
            seen |= fit
            used += fit != 0
        if seen & 1:
            depth = deepest(fitting, used, rules)
            entered += 1
            counts.reached[depth] += 1
            if depth < depths and grows[unit]:
                counts.pending[depth] += is_pending(fitting, used, rules)
            count_times(fitting, depth, counts.times)
    return entered
