"""Kernel: add two sorted lists of keys with counts in one walk over both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def add_sorted(
    first: NDArray[np.int64],
    first_counts: NDArray[np.int64],
    second: NDArray[np.int64],
    second_counts: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the keys of both, ascending and each once, with their counts added."""
    keys = np.empty(len(first) + len(second), dtype=np.int64)
    counts = np.empty_like(keys)
    at, other, used = 0, 0, 0
    while at < len(first) or other < len(second):
        if other == len(second) or (at < len(first) and first[at] < second[other]):
            keys[used], counts[used] = first[at], first_counts[at]
            at += 1
        elif at == len(first) or second[other] < first[at]:
            keys[used], counts[used] = second[other], second_counts[other]
            other += 1
        else:
            keys[used], counts[used] = first[at], first_counts[at] + second_counts[other]
            at, other = at + 1, other + 1
        used += 1
    return keys[:used].copy(), counts[:used].copy()
