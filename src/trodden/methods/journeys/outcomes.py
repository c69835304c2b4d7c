"""How units ended, counted by whatever they have in common: how many, how many reached the goal, how fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.methods.stats.logbins import BINS, bin_of
from trodden.methods.stats.tally import Tally, none_counted, tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.journeys.units import Units

LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Ended:
    """How each unit ended; (units,) each. ``took_bin``: first to last step, in the bins of `logbins`."""

    is_closed: NDArray[np.bool_]
    reached: NDArray[np.bool_]
    took_bin: NDArray[np.int64]


def ended(units: Units, is_closed: NDArray[np.bool_], reached: NDArray[np.bool_]) -> Ended:
    """Say of each unit how it ended."""
    first, last = units.offsets[:-1], units.offsets[1:] - 1
    took = units.occurred_at[last] - units.occurred_at[first]
    return Ended(is_closed, reached, bin_of(took // 1_000))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How some units ended: ``times`` of those that reached the goal, by bin."""

    units: int
    reached: int
    times: Tally

    def __sub__(self, other: Outcome) -> Outcome:
        """Leave out units that are among these."""
        times = self.times + Tally(other.times.keys, -other.times.counts)
        is_left = times.counts > 0
        left = Tally(times.keys[is_left], times.counts[is_left])
        return Outcome(self.units - other.units, self.reached - other.reached, left)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Outcomes by key. ``times``: keys are ``key * BINS + bin``, of units that reached the goal."""

    units: Tally
    reached: Tally
    times: Tally

    def __add__(self, other: Outcomes) -> Outcomes:
        """Add the outcomes of other units."""
        return Outcomes(self.units + other.units, self.reached + other.reached, self.times + other.times)

    def of(self, key: int) -> Outcome:
        """Return the outcome under one key."""
        times = self.times.within(key * BINS, (key + 1) * BINS)
        return Outcome(
            self.units.within(key, key + 1).total,
            self.reached.within(key, key + 1).total,
            Tally(times.keys - key * BINS, times.counts),
        )


def no_outcomes() -> Outcomes:
    """Return the outcomes of nobody."""
    return Outcomes(none_counted(), none_counted(), none_counted())


Pairs = tuple["NDArray[np.int64]", "NDArray[np.int64]"]
"""Units (by index) and keys, one of each a pair."""


def once(pairs: Pairs, is_counted: NDArray[np.bool_]) -> Pairs:
    """Return each pair of the units that are counted once, in order; ``is_counted``: (units,)."""
    unit, key = pairs
    kept = is_counted[unit]
    unit, key = unit[kept], key[kept]
    width = int(key.max(initial=0)) + 1
    if width > LARGEST // max(len(is_counted), 1):
        different, codes = np.unique(key, return_inverse=True)
        unit, key = once((unit, codes), np.ones(len(is_counted), dtype=np.bool_))
        return unit, different[key]
    found = tally(unit * width + key).keys
    return found // width, found % width


def outcomes_of(pairs: Pairs, how: Ended) -> Outcomes:
    """Count outcomes by key; every pair stands for one unit under one key."""
    unit, key = pairs
    reached = how.reached[unit]
    times = key[reached] * BINS + how.took_bin[unit[reached]]
    return Outcomes(tally(key), tally(key[reached]), tally(times))
