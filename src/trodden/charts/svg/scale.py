"""Axes: round steps, positions as shares of the drawing's width."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NICE: Final = (1, 2, 2.5, 5, 10)
_TIMES: Final = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
    86400, 172800, 432000, 604800, 864000, 1728000, 2592000, 5184000, 7776000, 15552000, 31536000,
)  # fmt: skip
"""Steps people know for seconds: 1, 2, 5 ... minutes, hours, days, months, a year."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear axis from ``low`` to ``high``, with its ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Return the position of a value as a share of the axis, within it."""
        span = self.high - self.low
        return min(1.0, max(0.0, (value - self.low) / span)) if span else 0.0


def scale_of(values: Iterable[float], kind: str, *, steps: int = 4, zero: bool = True) -> Scale:
    """Return an axis that holds the values with round ticks; it begins at zero unless told otherwise.

    Shares never pass 1. Values that are not finite are left out; without any the axis is 0 to 1.
    """
    kept = [value for value in values if math.isfinite(value)]
    low, high = min(kept, default=0.0), max(kept, default=1.0)
    low, high = (min(0.0, low), max(0.0, high)) if zero else (low, high)
    if low == high:
        high = low + 1.0
    step = _step((high - low) / steps, kind)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(i * step, 10) for i in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def _step(rough: float, kind: str) -> float:
    if kind in ("duration", "time") and rough <= _TIMES[-1]:
        return next(float(step) for step in _TIMES if step >= rough)
    if kind == "count" and rough < 1:
        return 1.0
    size = 10.0 ** math.floor(math.log10(rough))
    return size * next(nice for nice in _NICE if nice * size >= rough - 1e-12)
