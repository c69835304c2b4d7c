"""Sparse integer counts that add up over any split of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by key. ``keys``: (k,) int64, ascending, each once; ``counts``: (k,) int64, none of them 0."""

    keys: NDArray[np.int64]
    counts: NDArray[np.int64]

    def __add__(self, other: Tally) -> Tally:
        """Return the counts of both together."""
        from trodden.methods.stats.kernels_tally import add_sorted

        return Tally(*add_sorted(self.keys, self.counts, other.keys, other.counts))

    def items(self) -> list[tuple[int, int]]:
        """Return (key, count) pairs, keys ascending."""
        return list(zip(self.keys.tolist(), self.counts.tolist(), strict=True))

    def by(self, width: int) -> Iterator[tuple[int, Tally]]:
        """Yield ``key // width`` with the counts of the keys that share it, by ``key % width``."""
        import numpy as np

        outer, starts, sizes = np.unique(self.keys // width, return_index=True, return_counts=True)
        ends = starts + sizes
        for key, start, end in zip(outer.tolist(), starts.tolist(), ends.tolist(), strict=True):
            yield key, Tally(self.keys[start:end] - key * width, self.counts[start:end])

    def within(self, first: int, last: int) -> Tally:
        """Return the part with ``first <= key < last``, as views."""
        import numpy as np

        low, high = np.searchsorted(self.keys, (first, last))
        return Tally(self.keys[low:high], self.counts[low:high])

    @property
    def total(self) -> int:
        """Return the sum of all counts."""
        return int(self.counts.sum())


def none_counted() -> Tally:
    """Return the tally of nothing."""
    import numpy as np

    return Tally(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def tally(keys: NDArray[np.integer]) -> Tally:
    """Count how often each key occurs; ``keys``: (n,) integers in any order."""
    import numpy as np

    from trodden.methods.stats.kernels_count import count_keys

    seen = np.ascontiguousarray(keys, dtype=np.int64)[:]
    seen.flags.writeable = False
    return Tally(*count_keys(seen))
