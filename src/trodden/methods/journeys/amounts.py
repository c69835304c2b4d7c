"""The amount of money a unit comes to: that of its last step with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trodden.methods.stats.means import Sums
from trodden.model.event import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.methods.journeys.units import Units
    from trodden.model.walks import Bucket

FAILED = OUTCOMES.index("failed")


def last_amounts(bucket: Bucket, units: Units) -> list[tuple[str, int]]:
    """Return the currency and the minor units of each unit's last amount above 0 that did not fail.

    Units without any are left out.
    """
    if bucket.side is None or not len(units):
        return []
    steps = np.flatnonzero(units.channel_outcome >> 4 != FAILED)
    rows = units.rows[steps]
    values, currencies = (bucket.side.take(name, rows) for name in ("value_minor", "currency"))
    unit_of = np.searchsorted(units.offsets, steps, side="right") - 1
    found: dict[int, tuple[str, int]] = {}
    for unit, value, currency in zip(unit_of.tolist(), values, currencies, strict=True):
        if value is not None and value > 0:
            found[unit] = (currency or "", int(value))
    return list(found.values())


def by_currency(amounts: Iterable[tuple[str, int]]) -> tuple[tuple[str, Sums], ...]:
    """Add up amounts by currency, in the order of its code."""
    return added_up((currency, Sums(1, value, value * value)) for currency, value in amounts)


def added_up(found: Iterable[tuple[str, Sums]]) -> tuple[tuple[str, Sums], ...]:
    """Add up sums by currency, in the order of its code."""
    sums: dict[str, Sums] = {}
    for currency, one in found:
        sums[currency] = sums.get(currency, Sums()) + one
    return tuple(sorted(sums.items(), key=lambda one: one[0]))
