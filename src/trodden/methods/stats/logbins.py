"""Durations counted in fixed bins, so that quantiles add up over any split of the data.

A duration is rounded to the nearest whole second (half a second goes up). Seconds below 256 have a
bin each; from there every octave ``[256 * 2**k, 512 * 2**k)`` is cut into 128 bins of ``2 ** (k + 1)``
whole seconds. In other words: whole seconds below 128 s, then 128 bins per octave. A bin stands for
the middle of its whole seconds, so what is told is off by at most half a second below 128 s and by
at most 0.4 % above. A negative duration counts as 0, one above 2**32 - 1 s (136 years) as that.

All arithmetic is in integers: any machine, engine or number of buckets gives the same counts. As HDR
histograms do (Tene, G., HdrHistogram: a high dynamic range histogram).
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PER_OCTAVE: Final = 128
LONGEST_SECONDS: Final = 2**32 - 1
BINS: Final = 26 * PER_OCTAVE
"""Bins are numbered from 0 to one less than this."""


def bin_of(ms: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the bin of each duration in whole milliseconds; kernels call `bin_of_ms`."""
    import numpy as np

    seconds = np.clip((np.maximum(ms, 0) + 500) // 1_000, 0, LONGEST_SECONDS).astype(np.int64)
    octave = np.maximum(np.frexp(seconds.astype(np.float64))[1].astype(np.int64) - 8, 0)
    return octave * PER_OCTAVE + (seconds >> octave)


def edges(number: int) -> tuple[int, int]:
    """Return the first and the last whole second of a bin."""
    octave = max(number // PER_OCTAVE - 1, 0)
    first = (number - octave * PER_OCTAVE) << octave
    return first, first + (1 << octave) - 1


def middle(number: int) -> float:
    """Return the seconds a bin stands for: the middle of its whole seconds."""
    first, last = edges(number)
    return (first + last) / 2


def rank_of(share: float, of: int) -> int:
    """Return the rank, from 1, of the smallest value that this share of ``of`` values do not exceed.

    ``share`` is read as a fraction of at most three decimals, so 0.9 of 30 is the 27th and not, by a
    rounding error, the 28th.
    """
    exact = _as_fraction(share)
    return max(1, -(-of * exact.numerator // exact.denominator))


@lru_cache(maxsize=64)
def _as_fraction(share: float) -> Fraction:
    return Fraction(share).limit_denominator(1_000)


def quantile(
    counts: NDArray[np.integer], share: float, bins: NDArray[np.integer] | None = None
) -> float | None:
    """Return the quantile in seconds: the middle of the bin of the value of that rank.

    The smallest value that at least ``share`` of all values do not exceed (no averaging of two middle
    values); null where nothing was counted. ``counts``: (k,) integers. ``bins``: (k,) their bin
    numbers, ascending; without it ``counts[i]`` is that of bin ``i``.

    References
    ----------
    Hyndman, R. J. and Fan, Y. (1996). Sample quantiles in statistical packages. The American
    Statistician 50, 361-365, definition 1.
    """
    return quantile_of(counts.cumsum(), share, bins)


def quantile_of(
    up_to: NDArray[np.integer], share: float, bins: NDArray[np.integer] | None = None
) -> float | None:
    """Return the quantile as :func:`quantile` does; ``up_to``: (k,) the counts, each with those before."""
    of = int(up_to[-1]) if len(up_to) else 0
    return None if of == 0 else middle(bin_at(up_to, rank_of(share, of), bins)[0])


def bin_at(
    up_to: NDArray[np.integer], rank: int, bins: NDArray[np.integer] | None = None
) -> tuple[int, float]:
    """Return the bin of the value of this rank, from 1, and how far into the bin it lies, in (0, 1).

    The values of a bin are thought of as spread evenly over it.
    """
    place = int(up_to.searchsorted(rank))
    before = int(up_to[place - 1]) if place else 0
    number = place if bins is None else int(bins[place])
    return number, (rank - before - 0.5) / (int(up_to[place]) - before)


def spread_value(
    up_to: NDArray[np.integer], rank: int, bins: NDArray[np.integer] | None = None
) -> tuple[float, float]:
    """Return the value of this rank with its bin spread evenly, and the width of the bin, in seconds."""
    number, inside = bin_at(up_to, rank, bins)
    first, last = edges(number)
    width = last + 1 - first
    return first - 0.5 + width * inside, float(width)
