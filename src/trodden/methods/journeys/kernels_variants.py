"""Kernels: which sequence of steps each unit walked, as a key, and what the units of each amount to."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trodden.methods.journeys.kernels_transitions import BINS, bin_of_gap
from trodden.methods.kernels import kernel

OPEN_UNIT = 0
FIRST_LANE, SECOND_LANE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
"""Odd, so that a step of a lane loses nothing."""
FOLD, LENGTH_AT, LONGEST = np.uint64(29), np.uint64(48), 0xFFFF


class Walked(NamedTuple):
    """Units as their variants need them."""

    offsets: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    occurred_at: NDArray[np.int64]
    customer: NDArray[np.int64]
    state: NDArray[np.uint8]


class Found(NamedTuple):
    """What the units of each group amount to.

    ``units``: (groups, 2), those that are over and those still open. ``customers``: (groups,) with one that
    is over. ``example``: (groups,) some unit of it, -1 where there is none. ``times``: ``group * BINS + bin``
    of the time from first step to last, of each unit that is over.
    """

    units: NDArray[np.int64]
    customers: NDArray[np.int64]
    example: NDArray[np.int64]
    times: NDArray[np.int64]


@kernel
def mix(lane: np.uint64, salt: np.uint64, factor: np.uint64) -> np.uint64:
    """Take one more touchpoint into a lane."""
    mixed = (lane ^ salt) * factor
    return mixed ^ (mixed >> FOLD)


@kernel
def keys_of(walked: Walked, salts: NDArray[np.uint64], collapse: int) -> NDArray[np.uint64]:
    """Return the key of each unit's sequence; (units, 2).

    The highest 16 bits are its number of steps (65,535 where there are more), the rest two lanes of a hash
    over the ``salts`` of its touchpoints, (touchpoints, 2). Where ``collapse`` is 1, successive steps at
    one touchpoint are one.
    """
    keys = np.empty((len(walked.offsets) - 1, 2), np.uint64)
    for unit in range(len(keys)):
        first, second, length, before = FIRST_LANE, SECOND_LANE, 0, -1
        for step in range(walked.offsets[unit], walked.offsets[unit + 1]):
            code = np.int64(walked.touchpoint[step])
            if collapse and code == before:
                continue
            first = mix(first, salts[code, 0], FIRST_LANE)
            second = mix(second, salts[code, 1], SECOND_LANE)
            length, before = length + 1, code
        counted = np.uint64(min(length, LONGEST)) << LENGTH_AT
        keys[unit, 0] = counted | (first & ((np.uint64(1) << LENGTH_AT) - np.uint64(1)))
        keys[unit, 1] = second
    return keys


@kernel
def is_less(keys: NDArray[np.uint64], place: int, others: NDArray[np.uint64], other: int) -> bool:
    """Say whether one key comes before another."""
    if keys[place, 0] != others[other, 0]:
        return keys[place, 0] < others[other, 0]
    return keys[place, 1] < others[other, 1]


@kernel
def add_keys(
    first: NDArray[np.uint64],
    first_counts: NDArray[np.int64],
    second: NDArray[np.uint64],
    second_counts: NDArray[np.int64],
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the keys of both, ascending and each once, with their counts added; both ascend."""
    keys = np.empty((len(first) + len(second), 2), np.uint64)
    counts = np.zeros((len(keys), 2), np.int64)
    at, other, used = 0, 0, 0
    while at < len(first) or other < len(second):
        is_first = other == len(second) or (at < len(first) and not is_less(second, other, first, at))
        is_second = at == len(first) or (other < len(second) and not is_less(first, at, second, other))
        if is_first:
            keys[used] = first[at]
            counts[used] += first_counts[at]
            at += 1
        if is_second:
            keys[used] = second[other]
            counts[used] += second_counts[other]
            other += 1
        used += 1
    return keys[:used].copy(), counts[:used].copy()


@kernel
def groups_of(keys: NDArray[np.uint64], shown: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the place of each key among those ``shown``, ascending; their number where it is not there."""
    groups = np.empty(len(keys), np.int64)
    for unit in range(len(keys)):
        low, high = 0, len(shown)
        while low < high:
            middle = (low + high) // 2
            if is_less(shown, middle, keys, unit):
                low = middle + 1
            else:
                high = middle
        is_there = low < len(shown) and not is_less(keys, unit, shown, low)
        groups[unit] = low if is_there else len(shown)
    return groups


@kernel
def count_groups(walked: Walked, groups: NDArray[np.int64], group_count: int) -> Found:
    """Add up the units of each group; a customer's units stand together."""
    found = Found(
        np.zeros((group_count, 2), np.int64),
        np.zeros(group_count, np.int64),
        np.full(group_count, -1, np.int64),
        np.empty(len(groups), np.int64),
    )
    used = 0
    last = np.full(group_count, -1, np.int64)
    for unit in range(len(groups)):
        group = groups[unit]
        found.example[group] = unit
        if walked.state[unit] == OPEN_UNIT:
            found.units[group, 1] += 1
            continue
        found.units[group, 0] += 1
        found.customers[group] += last[group] != walked.customer[unit]
        last[group] = walked.customer[unit]
        end = walked.offsets[unit + 1] - 1
        took = walked.occurred_at[end] - walked.occurred_at[walked.offsets[unit]]
        found.times[used] = group * BINS + bin_of_gap(took)
        used += 1
    return Found(found.units, found.customers, found.example, found.times[:used].copy())
