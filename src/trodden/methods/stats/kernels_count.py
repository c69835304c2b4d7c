"""Kernel: how often each key occurs, in a table where keys lie close together, else by sorting digits."""

import numpy as np
from numpy.typing import NDArray

from trodden.methods.kernels import kernel

DENSE = 4
"""A table may have this many places for each key."""
DIGIT = 12
"""Bits sorted by at a time: as many counters as stay in a processor's first cache."""
DIGITS = 1 << DIGIT


@kernel
def count_keys(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the different keys, ascending, and how often each occurs."""
    if len(keys) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    least, most = keys[0], keys[0]
    for key in keys:
        least, most = min(least, key), max(most, key)
    width = np.uint64(most) - np.uint64(least)
    if width < np.uint64(DENSE * len(keys) + DIGITS):
        return _count_in_table(keys, least, np.int64(width) + 1)
    return _count_runs(_sorted_by_digits(keys, least, width))


@kernel
def _count_in_table(
    keys: NDArray[np.int64], least: int, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    table = np.zeros(width, np.int64)
    for key in keys:
        table[key - least] += 1
    met = np.flatnonzero(table)
    return met + least, table[met]


@kernel
def _sorted_by_digits(keys: NDArray[np.int64], least: int, width: int) -> NDArray[np.int64]:
    """Sort by the lowest digit above ``least`` first; each pass keeps the order of the one before."""
    found, other = keys.copy(), np.empty_like(keys)
    place = np.empty(DIGITS, np.int64)
    shift = np.uint64(0)
    while shift < np.uint64(64) and width >> shift:
        place[:] = 0
        for key in found:
            place[_digit(key, least, shift)] += 1
        before = 0
        for digit in range(DIGITS):
            place[digit], before = before, before + place[digit]
        for key in found:
            digit = _digit(key, least, shift)
            other[place[digit]] = key
            place[digit] += 1
        found, other = other, found
        shift += np.uint64(DIGIT)
    return found


@kernel
def _digit(key: int, least: int, shift: int) -> int:
    return np.int64(((np.uint64(key) - np.uint64(least)) >> shift) & np.uint64(DIGITS - 1))


@kernel
def _count_runs(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count sorted keys."""
    found, counts = np.empty_like(keys), np.empty_like(keys)
    used = -1
    for key in keys:
        if used < 0 or key != found[used]:
            used += 1
            found[used], counts[used] = key, 0
        counts[used] += 1
    return found[: used + 1].copy(), counts[: used + 1].copy()
