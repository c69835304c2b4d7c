"""Counting how often a key was seen before, over a stream too long to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.methods.rows.kernels_repeats import count_repeats, move_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST: Final = 1 << 16
FULL: Final = 0.6
"""Share of slots in use at which the table is doubled."""


class Repeats:
    """How often each of a stream of 64-bit keys came before.

    Keys are compared whole, so two rows are confused only if their keys are equal. Memory is 8 bytes a
    slot, that is 13 to 27 bytes a distinct key; the counts (4 bytes a slot) are touched, and so take room,
    only where keys come again. Not safe to share between threads.
    """

    def __init__(self) -> None:
        self._table: NDArray[np.uint64] = np.zeros(SMALLEST, np.uint64)
        self._again: NDArray[np.uint32] = np.zeros(SMALLEST, np.uint32)
        self.distinct = 0

    def count(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return how often each key came before, in the order given, and remember them all."""
        while self.distinct + len(keys) > FULL * len(self._table):
            self._widen()
        seen = np.empty(len(keys), np.int64)
        self.distinct += int(count_repeats(self._table, self._again, keys, seen))
        return seen

    def _widen(self) -> None:
        table = np.zeros(2 * len(self._table), np.uint64)
        again = np.zeros(2 * len(self._again), np.uint32)
        move_keys(self._table, self._again, table, again)
        self._table, self._again = table, again
