"""When a board is sent next: at an hour of the workspace's zone, every day, week or month."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

LAST_DAY: Final = 28
"""The last day of the month a board can be sent on: every month has it."""
_LOOK_AHEAD: Final = 40


def next_due(every: str, day: int, hour: int, zone: str, after: datetime) -> datetime:
    """Return the first time after a moment, in UTC; where clocks skip the hour it is the one they skip to.

    Examples
    --------
    >>> at = datetime(2026, 3, 28, 6, tzinfo=UTC)
    >>> [next_due("day", 0, hour, "Europe/Berlin", at).isoformat() for hour in (2, 8)]
    ['2026-03-29T01:00:00+00:00', '2026-03-28T07:00:00+00:00']
    """
    where = ZoneInfo(zone)
    times = (datetime.combine(one, time(hour), where) for one in _days(after.astimezone(where).date()))
    fitting = (at for at in times if _is_on(every, day, at.date()))
    return next(at.astimezone(UTC) for at in fitting if at.astimezone(UTC) > after)


def _days(first: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(_LOOK_AHEAD))


def _is_on(every: str, day: int, date: date) -> bool:
    if every == "week":
        return date.weekday() == day
    return every == "day" or date.day == max(1, min(day, LAST_DAY))
