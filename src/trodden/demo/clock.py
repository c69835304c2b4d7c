"""The demo's calendar: a fixed first day, months, and the rhythm of days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.demo.draws import uniform

if TYPE_CHECKING:
    from trodden.demo.draws import Floats, Ints, Keys

FIRST: Final = datetime(2025, 5, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
OPENS, CLOSES = 8, 20
_NIGHT_TO_NIGHT: Final = (
    *(2, 1, 1, 1, 1, 3, 10, 24, 34, 42, 46, 44),
    *(46, 42, 40, 42, 46, 54, 62, 66, 62, 48, 26, 9),
)
"""How much happens in each hour of a day."""


def month_start(month: int) -> datetime:
    """Return when a month begins, counted from the first."""
    year, index = divmod(FIRST.month - 1 + month, 12)
    return datetime(FIRST.year + year, index + 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Return microseconds since 1970."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def day_of(days: float) -> datetime:
    """Return the moment so many days after the first."""
    return FIRST + timedelta(days=days)


def within_month(keys: Keys, months: Ints) -> Ints:
    """Draw a moment of each month: any day, an hour by the day's rhythm."""
    last = int(months.max(initial=0)) + 2
    starts = np.array([micros(month_start(month)) for month in range(last)])
    lengths = np.diff(starts)[months] // DAY
    days = np.floor(uniform(keys, "day") * lengths).astype(np.int64)
    return starts[months] + days * DAY + _hour(keys)


def _hour(keys: Keys) -> Ints:
    edges = np.concatenate([[0.0], np.cumsum(_NIGHT_TO_NIGHT) / sum(_NIGHT_TO_NIGHT)])
    hours: Floats = np.interp(uniform(keys, "hour"), edges, np.arange(25))
    return (hours * HOUR).astype(np.int64)


def rhythmic(moments: Ints, keys: Keys) -> Ints:
    """Keep the days of moments and give them hours by the day's rhythm."""
    return moments // DAY * DAY + _hour(keys)


def in_opening_hours(moments: Ints, keys: Keys) -> Ints:
    """Move moments when nobody is there to the next morning, within its first two hours."""
    hour = moments % DAY // HOUR
    day = moments // DAY + (hour >= CLOSES)
    morning = day * DAY + OPENS * HOUR + (uniform(keys, "morning") * 2 * HOUR).astype(np.int64)
    return np.where((hour < OPENS) | (hour >= CLOSES), morning, moments)
