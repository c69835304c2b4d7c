"""Counting how often a key was seen before, over a stream too long to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.methods.rows.kernels_repeats import count_repeats, move_counts, move_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST: Final = 1 << 16
FULL: Final = 0.65
"""Share of slots in use at which a table is doubled."""


class Repeats:
    """How often each of a stream of 64-bit keys came before.

    Keys are compared whole, so two rows are confused only if their keys are equal. Memory is 8 bytes a
    slot, that is 13 to 25 bytes a distinct key, and as much and half again for a key that came twice. Not
    safe to share between threads.
    """

    def __init__(self) -> None:
        self._table: NDArray[np.uint64] = np.zeros(SMALLEST, np.uint64)
        self._again: NDArray[np.uint64] = np.zeros(SMALLEST, np.uint64)
        self._counts: NDArray[np.uint32] = np.zeros(SMALLEST, np.uint32)
        self._held_again = 0
        self.distinct = 0

    def count(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return how often each key came before, in the order given, and remember them all."""
        while self.distinct + len(keys) > FULL * len(self._table):
            self._widen()
        while self._held_again + len(keys) > FULL * len(self._again):
            self._widen_again()
        seen = np.empty(len(keys), np.int64)
        fresh, again = count_repeats(self._table, self._again, self._counts, keys, seen)
        self.distinct += int(fresh)
        self._held_again += int(again)
        return seen

    def _widen(self) -> None:
        table = np.zeros(2 * len(self._table), np.uint64)
        move_keys(self._table, table)
        self._table = table

    def _widen_again(self) -> None:
        again, counts = np.zeros(2 * len(self._again), np.uint64), np.zeros(2 * len(self._again), np.uint32)
        move_counts(self._again, self._counts, again, counts)
        self._again, self._counts = again, counts
