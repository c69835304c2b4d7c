"""Opening hours: when somebody is there to serve, by weekday, with holidays and exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from trodden.model.errors import CallerError

DAY: Final = 1_440
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_HOURS: Final = 8
"""Intervals a day can have."""
LONGEST_LABEL: Final = 100
_TIME: Final = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?")
_HINT: Final = "Write 09:00-12:00, 13:00-17:00; 22:00-06:00 ends on the next day, 00:00-24:00 is all day."


class Hours(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """Half-open ``[start, end)``, minutes by the clocks on the wall after the midnight its day begins with.

    An end beyond 1440 lies on the next day: 22:00 to 06:00 is 1320 to 1800.
    """

    start: Annotated[int, Meta(ge=0, lt=DAY)]
    end: Annotated[int, Meta(gt=0, le=2 * DAY)]


class Special(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """Days on which other hours hold, from the first to the last of them; without hours they are closed."""

    first: date
    last: date
    hours: tuple[Hours, ...] = ()
    label: str = ""


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose public holidays are kept: a country by its ISO code, and one of its parts or none."""

    country: str
    part: str = ""


class Schedule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds from the first moment of ``valid_from`` in its zone until the next schedule begins.

    ``week``: hours of seven days from Monday on, each by the day on which they begin. What a day is said to
    be, an exception or a holiday, is so for all hours that begin on it, those that last until the next
    day included. An exception counts more than a holiday, a holiday more than the week.
    """

    time_zone: str
    week: tuple[tuple[Hours, ...], ...]
    specials: tuple[Special, ...] = ()
    region: Region | None = None
    valid_from: date | None = None


class Calendar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named calendar: one schedule, or several one after the other; the first holds since ever."""

    name: str
    schedules: Annotated[tuple[Schedule, ...], Meta(min_length=1)]

    @property
    def now(self) -> Schedule:
        """Return the schedule that begins last."""
        return self.schedules[-1]


def with_hours(calendar: Calendar, schedule: Schedule) -> Calendar:
    """Return a calendar whose hours are these from the day they say on; those of that day are replaced."""
    kept = calendar.schedules if schedule.valid_from != calendar.now.valid_from else calendar.schedules[:-1]
    return msgspec.structs.replace(calendar, schedules=(*kept, schedule))


def with_specials(schedules: tuple[Schedule, ...], specials: Iterable[Special]) -> tuple[Schedule, ...]:
    """Return hours of which the latest have these exceptions, each of them once."""
    now = msgspec.structs.replace(schedules[-1], specials=tuple(sorted(set(specials))))
    return (*schedules[:-1], now)


def label_of(text: str) -> str:
    """Return a text as exceptions are labelled: on one line, not too long.

    Examples
    --------
    >>> label_of(" Between  the years ")
    'Between the years'
    """
    return " ".join(text.split())[:LONGEST_LABEL].rstrip()


def read_hours(text: str) -> tuple[Hours, ...]:
    """Read intervals of a day: ``09:00-12:00, 13-17``; what ends no later than it begins ends a day later.

    Raises
    ------
    CallerError
        The text is none, or says more than `MOST_HOURS` intervals.

    Examples
    --------
    >>> read_hours("13-17, 9:00-12:30")
    (Hours(start=540, end=750), Hours(start=780, end=1020))
    >>> read_hours("22:00-06:00")
    (Hours(start=1320, end=1800),)
    """
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    if len(parts) > MOST_HOURS:
        raise CallerError(f"A day has at most {MOST_HOURS} intervals, not {len(parts)}.")
    return tuple(sorted({_read_interval(part) for part in parts}))


def _read_interval(text: str) -> Hours:
    start, dash, end = re.sub("[\u2013\u2014]", "-", text).partition("-")
    if not dash:
        raise CallerError(f"{text!r} is no interval of a day.", hint=_HINT)
    return hours_between(read_clock(start), read_clock(end))


def read_clock(text: str) -> int:
    """Read a time of a day as minutes after midnight: ``9``, ``09:30``, ``24:00``.

    Raises
    ------
    CallerError
        The text is none.

    Examples
    --------
    >>> [read_clock(text) for text in ("9", "09:30", "24:00")]
    [540, 570, 1440]
    """
    found = _TIME.fullmatch(text.strip())
    hour, minute = (int(part or 0) for part in found.groups()) if found else (99, 0)
    if hour * 60 + minute > DAY or minute >= 60:  # noqa: PLR2004 - minutes of an hour
        raise CallerError(f"{text.strip()!r} is no time of a day.", hint=_HINT)
    return hour * 60 + minute


def hours_between(start: int, end: int) -> Hours:
    """Return the interval from a clock to a clock, in minutes; one that ends no later ends a day later."""
    return Hours(start % DAY, end if end > start % DAY else end + DAY)


def write_hours(hours: tuple[Hours, ...]) -> str:
    """Write intervals so that `read_hours` reads them back.

    Examples
    --------
    >>> write_hours(read_hours("9-12, 22-6, 0-24"))
    '00:00-24:00, 09:00-12:00, 22:00-06:00'
    """
    return ", ".join(f"{clock(one.start)}-{clock(one.end)}" for one in hours)


def clock(minutes: int) -> str:
    """Write minutes after midnight as a clock; midnight at the end of the day itself is 24:00.

    Examples
    --------
    >>> clock(545), clock(1440), clock(1800)
    ('09:05', '24:00', '06:00')
    """
    shown = minutes if minutes <= DAY else minutes - DAY
    return f"{shown // 60:02}:{shown % 60:02}"


def read_week(text: str) -> tuple[tuple[Hours, ...], ...]:
    """Read a week: days and their hours, parted by semicolons: ``mon-fri 9-12, 13-17; sat 10-14``.

    Raises
    ------
    CallerError
        A part names no day, or no intervals.

    Examples
    --------
    >>> [write_hours(day) for day in read_week("mon-thu, sun 9-17; fri 9-13")][3:]
    ['09:00-17:00', '09:00-13:00', '', '09:00-17:00']
    """
    week: list[tuple[Hours, ...]] = [()] * len(WEEKDAYS)
    for part in filter(None, (one.strip() for one in text.split(";"))):
        found = re.match(r"[^0-9]*", part)
        days, hours = part[: found.end() if found else 0], part[found.end() if found else 0 :]
        for day in _read_days(days):
            week[day] = read_hours(hours)
    return tuple(week)


def _read_days(text: str) -> list[int]:
    days: list[int] = []
    for part in re.split(r"[,\s]+", text.strip().lower()):
        first, dash, last = part.partition("-")
        start = _weekday(first)
        end = _weekday(last) if dash else start
        days += [(start + more) % 7 for more in range((end - start) % 7 + 1)]
    return days


def _weekday(text: str) -> int:
    named = [at for at, day in enumerate(WEEKDAYS) if len(text) > 1 and day.startswith(text)]
    if not named:
        raise CallerError(f"{text!r} is no day of the week.", hint="Write: mon-fri 9-17; sat 10-14.")
    return named[0]


def write_week(week: tuple[tuple[Hours, ...], ...]) -> str:
    """Write a week as `read_week` reads it; closed days are left out.

    Examples
    --------
    >>> write_week(read_week("mon-fri 9-17; sat 10-14"))
    'mon-fri 09:00-17:00; sat 10:00-14:00'
    """
    runs: list[list[int]] = []
    for day, hours in enumerate(week):
        if runs and runs[-1][-1] == day - 1 and week[day - 1] == hours:
            runs[-1].append(day)
        elif hours:
            runs.append([day])
    return "; ".join(f"{_named(run)} {write_hours(week[run[0]])}" for run in runs)


def _named(run: list[int]) -> str:
    first, last = WEEKDAYS[run[0]][:3], WEEKDAYS[run[-1]][:3]
    return first if len(run) == 1 else f"{first}-{last}"
