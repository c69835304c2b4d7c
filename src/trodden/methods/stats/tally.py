"""Sparse integer counts that add up over any split of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by key. ``keys``: (k,) int64, ascending, each once; ``counts``: (k,) int64, none of them 0."""

    keys: NDArray[np.int64]
    counts: NDArray[np.int64]

    def __add__(self, other: Tally) -> Tally:
        """Return the counts of both together."""
        import numpy as np

        keys, places = np.unique(np.concatenate((self.keys, other.keys)), return_inverse=True)
        counts = np.zeros(len(keys), dtype=np.int64)
        counts[places[: len(self.keys)]] = self.counts
        counts[places[len(self.keys) :]] += other.counts
        return Tally(keys, counts)

    def within(self, first: int, last: int) -> Tally:
        """Return the part with ``first <= key < last``, as views."""
        import numpy as np

        low, high = np.searchsorted(self.keys, (first, last))
        return Tally(self.keys[low:high], self.counts[low:high])

    @property
    def total(self) -> int:
        """Return the sum of all counts."""
        return int(self.counts.sum())


def tally(keys: NDArray[np.integer]) -> Tally:
    """Count how often each key occurs; ``keys``: (n,) integers in any order."""
    import numpy as np

    found, counts = np.unique(keys.astype(np.int64, copy=False), return_counts=True)
    return Tally(found, counts.astype(np.int64, copy=False))
