"""Lots: numbers that look drawn at random, made of moments, so that no name and no bucket decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.journeys.units import Units
    from trodden.model.walks import Bucket

WHOLE: Final = 2**64
_STEP: Final = 0x9E3779B97F4A7C15


def lots_of(occurred_at: NDArray[np.int64], draw: int) -> NDArray[np.uint64]:
    """Return a number for each moment that looks drawn at random; ``occurred_at``: microseconds.

    References
    ----------
    Steele, G. L., Lea, D. and Flood, C. H. (2014). Fast splittable pseudorandom number generators. OOPSLA
    2014, 453-472 (the mixing function).
    """
    found = occurred_at.astype(np.uint64) + np.uint64((draw + 1) * _STEP % WHOLE)
    found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def are_drawn(lots: NDArray[np.uint64], one_in: int) -> NDArray[np.bool_]:
    """Say of each lot whether it is among the smallest: one in so many is, all of them where that is 1."""
    return lots <= np.uint64(WHOLE // one_in - 1)


def of_drawn_customers(bucket: Bucket, units: Units, one_in: int) -> NDArray[np.bool_]:
    """Mark the units of one in so many customers: those with the smallest lots, by their first event."""
    if one_in == 1:
        return np.ones(len(units), dtype=np.bool_)
    return are_drawn(lots_of(bucket.occurred_at[bucket.starts[units.customer]], 0), one_in)
