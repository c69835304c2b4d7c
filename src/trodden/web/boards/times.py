"""When a board is sent next: at an hour of the workspace's zone, every day, week or month."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

LAST_DAY: Final = 31
"""The last day of the month a board can be sent on; a shorter month has its last day for it."""
_LOOK_AHEAD: Final = 70


class When(NamedTuple):
    """How often: ``every`` day, week or month; on which ``day`` of week or month, at which ``hour``.

    Weekdays count from Monday, 0, days of a month from 1.
    """

    every: str
    day: int
    hour: int


def next_due(when: When, zone: str, after: datetime, since: date | None = None) -> datetime:
    """Return the first time after a moment, in UTC, and on a day of the zone later than ``since``.

    Where clocks skip the hour it is the one they skip to; where they show it twice, the first.

    Examples
    --------
    >>> at = datetime(2026, 3, 28, 6, tzinfo=UTC)
    >>> [next_due(When("day", 0, hour), "Europe/Berlin", at).isoformat() for hour in (2, 8)]
    ['2026-03-29T01:00:00+00:00', '2026-03-28T07:00:00+00:00']
    """
    where = ZoneInfo(zone)
    days = (one for one in _days(after.astimezone(where).date()) if since is None or one > since)
    times = (datetime.combine(one, time(when.hour), where) for one in days if _is_on(when, one))
    return next(at.astimezone(UTC) for at in times if at.astimezone(UTC) > after)


def day_in(zone: str, at: datetime) -> date:
    """Return the day of a moment in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def _days(first: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(_LOOK_AHEAD))


def _is_on(when: When, date: date) -> bool:
    if when.every == "week":
        return date.weekday() == when.day
    last = monthrange(date.year, date.month)[1]
    return when.every == "day" or date.day == min(max(1, when.day), last)
