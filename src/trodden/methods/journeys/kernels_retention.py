"""Kernels: in which periods units come back, how long they stay active, and how they come and go."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trodden.methods.kernels import kernel

LAPSED, ACTIVE = 1, 2
NEW, RETURNING, RESURRECTED = 0, 1, 2
KINDS = 3


class Walked(NamedTuple):
    """Units as the kernels of this module take them.

    ``offsets``: (units + 1,). ``occurred_at``: (steps,) microseconds. ``number``: (steps,) the period each
    step lies in. ``counts``: (steps,) bool, whether the step is one that is counted. ``start``: (units,) the
    step a unit is followed from, -1 where it has none.
    """

    offsets: NDArray[np.int64]
    occurred_at: NDArray[np.int64]
    number: NDArray[np.int64]
    counts: NDArray[np.bool_]
    start: NDArray[np.int64]


@kernel
def codes_that_fit(touchpoint: NDArray[np.uint16], fits: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say of each step whether its touchpoint is one of those that fit; (steps,)."""
    found = np.empty(len(touchpoint), np.bool_)
    for step in range(len(touchpoint)):
        found[step] = fits[touchpoint[step]]
    return found


@kernel
def first_marked(offsets: NDArray[np.int64], marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the first marked step of each unit, -1 where there is none."""
    found = np.full(len(offsets) - 1, -1, np.int64)
    for unit in range(len(found)):
        for step in range(offsets[unit], offsets[unit + 1]):
            if marked[step]:
                found[unit] = step
                break
    return found


@kernel
def period_after(walked: Walked, start: int, step: int, rolling: int) -> int:
    """Return how many periods after its start a step lies."""
    if rolling > 0:
        return (walked.occurred_at[step] - walked.occurred_at[start]) // rolling
    return walked.number[step] - walked.number[start]


@kernel
def returns_of(walked: Walked, unit: int, rolling: int, most: int, keys: NDArray[np.int64]) -> int:
    """Write the keys a unit counts for to ``keys``; return how many: see `returns`."""
    start, latest, used = walked.start[unit], np.int64(-1), 0
    cohort = walked.number[start] * (2 * most + 3)
    for step in range(start + 1, walked.offsets[unit + 1]):
        if not walked.counts[step]:
            continue
        period = period_after(walked, start, step, rolling)
        if period != latest and period <= most:
            keys[used] = cohort + period
            used += 1
        latest = period
    if latest >= 0:
        keys[used] = cohort + most + 1 + min(latest, most)
        used += 1
    keys[used] = cohort + 2 * most + 2
    return used + 1


@kernel
def returns(walked: Walked, rolling: int, most: int) -> NDArray[np.int64]:
    """Return ``cohort * (2 * most + 3) + slot`` for everything units count for; (counted,).

    The cohort is the period of the start. Slot k, up to ``most``, is *returned in period k*;
    ``most + 1 + k`` is *last returned in period k*, ``most`` standing for any later one too; the last slot is
    the unit itself. ``rolling``: microseconds, 0 for periods by ``number``.
    """
    found = np.empty(len(walked.counts) + 2 * len(walked.start), np.int64)
    used = 0
    for unit in range(len(walked.start)):
        if walked.start[unit] < 0:
            continue
        used += returns_of(walked, unit, rolling, most, found[used:])
    return found[:used].copy()


@kernel
def last_before_silence(walked: Walked, unit: int, silence: int) -> tuple[int, bool]:
    """Return the last counted step before the first silence longer than the limit, and whether one came."""
    last = walked.start[unit]
    for step in range(last + 1, walked.offsets[unit + 1]):
        if not walked.counts[step]:
            continue
        if walked.occurred_at[step] - walked.occurred_at[last] > silence:
            return last, True
        last = step
    return last, False


@kernel
def active_span(walked: Walked, unit: int, silence: int, as_of: int) -> tuple[int, int]:
    """Return how long a unit was active, in microseconds, and how that ended: see `active_spans`."""
    began = walked.occurred_at[walked.start[unit]]
    followed = as_of - silence - began
    if followed < 0:
        return np.int64(0), 0
    last, lapsed = last_before_silence(walked, unit, silence)
    if lapsed or as_of - walked.occurred_at[last] > silence:
        return walked.occurred_at[last] - began, LAPSED
    return followed, ACTIVE


@kernel
def active_spans(walked: Walked, silence: int, as_of: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return for each unit how long it was active, in microseconds, and how that ended; both (units,).

    LAPSED: it fell silent for longer than the limit. ACTIVE: followed only so far. 0: not followed at all.
    """
    spans = np.zeros(len(walked.start), np.int64)
    kinds = np.zeros(len(walked.start), np.uint8)
    for unit in range(len(spans)):
        if walked.start[unit] >= 0:
            spans[unit], kinds[unit] = active_span(walked, unit, silence, as_of)
    return spans, kinds


@kernel
def comings(walked: Walked) -> NDArray[np.int64]:
    """Return ``period * KINDS + kind`` for each period each unit is active in; (counted,)."""
    found = np.empty(len(walked.counts), np.int64)
    used = 0
    for unit in range(len(walked.offsets) - 1):
        latest, is_first = 0, True
        for step in range(walked.offsets[unit], walked.offsets[unit + 1]):
            period = walked.number[step]
            if not walked.counts[step] or (not is_first and period == latest):
                continue
            kind = NEW if is_first else RETURNING if period == latest + 1 else RESURRECTED
            found[used] = period * KINDS + kind
            used += 1
            latest, is_first = period, False
    return found[:used].copy()
