"""Opening time the slow way: minute by minute, by the clocks on the wall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from trodden.model.calendars import Hours, Schedule

MINUTE = timedelta(minutes=1)


def minutes_open(schedule: Schedule, holidays: set[date], start: datetime, end: datetime) -> int:
    """Count the whole minutes from one to the other, both UTC, at which somebody is there."""
    shown = _clocks(schedule.time_zone, start, end)
    return sum(_is_open(schedule, holidays, clock) for moment, clock in shown if moment >= start)


def _clocks(zone: str, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield minutes with the latest local time the clocks have shown by then, from a day before on."""
    latest, moment = datetime.min, start - timedelta(days=1)  # noqa: DTZ901 - clocks on a wall have no zone
    while moment < end:
        latest = max(latest, moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None))
        yield moment, latest
        moment += MINUTE


def _is_open(schedule: Schedule, holidays: set[date], clock: datetime) -> bool:
    """Say whether a clock is in the hours of its day, or in those of the day before."""
    midnight = datetime.combine(clock.date(), datetime.min.time())
    return any(
        hours.start <= (clock - begin) // MINUTE < hours.end
        for begin in (midnight, midnight - timedelta(days=1))
        for hours in _hours_on(schedule, holidays, begin.date())
    )


def _hours_on(schedule: Schedule, holidays: set[date], day: date) -> tuple[Hours, ...]:
    named = [one for one in schedule.specials if one.first <= day <= one.last]
    if named:
        return tuple(hours for one in named for hours in one.hours)
    return () if day in holidays else schedule.week[day.weekday()]
