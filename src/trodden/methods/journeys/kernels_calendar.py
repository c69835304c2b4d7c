"""Kernels: in which day or week by the clocks of a zone a moment lies."""

import numpy as np
from numpy.typing import NDArray

from trodden.methods.kernels import kernel

SECOND = 1_000_000
DAY = 86_400
WEEK = 7


@kernel
def numbers_of(
    at: NDArray[np.int64],
    clocks: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    shift: int,
) -> NDArray[np.int64]:
    """Return the number of the local day, or week, of each moment in microseconds; (n,).

    ``shift``: days of the week that held 1970-01-01 before that day; negative to number days. ``clocks``
    are the changes, offsets and days begun of `trodden.methods.journeys.calendar`. Moments of one
    customer lie close together, so where the last one was is looked at first.
    """
    changes, offsets, begun = clocks
    found = np.empty(len(at), np.int64)
    place, last = 0, len(changes)
    for i in range(len(at)):
        seconds = at[i] // SECOND
        if (place > 0 and seconds < changes[place - 1]) or (place < last and seconds >= changes[place]):
            place = np.searchsorted(changes, seconds, side="right")
        day = max((seconds + offsets[place]) // DAY, begun[place])
        found[i] = (day + shift) // WEEK if shift >= 0 else day
    return found
