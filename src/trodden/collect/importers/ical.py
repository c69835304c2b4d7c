"""Days off from a calendar file (iCalendar, RFC 5545): whole days on which nobody is there.

An entry without times of day is read as closed days, under its summary. One that comes back every year on its
date is read for the years around now. Entries with times of day, cancelled ones and any other repetition are
left out and counted: what a meeting or every second Tuesday means for opening hours, no file says.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from trodden.model.calendars import Schedule, Special, label_of, with_specials
from trodden.model.errors import RefusedFileError, UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST: Final = 1_000_000
MOST_DAYS: Final = 1_000
_YEARS: Final = range(-1, 6)
"""For which years, counted from now, what comes back every year is read."""
_LONGEST_DAYS: Final = 366


class DaysOff(NamedTuple):
    """What a file says: closed days, and how many entries were left out."""

    days: tuple[Special, ...]
    left_out: int


class Taken(NamedTuple):
    """Hours with the days off of a file: how many exceptions were new, and how many entries were left out."""

    schedules: tuple[Schedule, ...]
    added: int
    left_out: int


def closed_on(schedules: tuple[Schedule, ...], data: bytes, today: date) -> Taken:
    """Close the latest hours on the whole days a calendar file names; errors are those of `read_days_off`."""
    read = read_days_off(data, today)
    before = schedules[-1].specials
    after = with_specials(schedules, (*before, *read.days))
    return Taken(after, len(after[-1].specials) - len(before), read.left_out)


def read_days_off(data: bytes, today: date) -> DaysOff:
    """Read the closed days of a calendar file.

    Raises
    ------
    RefusedFileError
        It is larger than `LARGEST` bytes, or holds more than `MOST_DAYS` entries of closed days.
    UnreadableFileError
        It is no calendar file.
    """
    if len(data) > LARGEST:
        raise RefusedFileError(f"A calendar file has at most {LARGEST:,} bytes.")
    try:
        read = [set(_days_of(entry, today)) for entry in _entries(data)]
    except (ValueError, IndexError, KeyError, OverflowError) as error:  # too late a day overflows
        raise UnreadableFileError(
            "This is no calendar file.", hint="Export one that ends in .ics, and bring it as it is."
        ) from error
    found = set[Special]().union(*read)
    if len(found) > MOST_DAYS:
        raise RefusedFileError(f"This file holds more than {MOST_DAYS:,} entries.")
    return DaysOff(tuple(sorted(found)), sum(not days for days in read))


def _entries(data: bytes) -> Iterator[Any]:
    from icalendar import Calendar

    every: Any = Calendar.from_ical(data, multiple=True)
    if not every:
        raise ValueError("nothing is in it")
    for one in every:
        yield from one.walk("VEVENT")


def _days_of(entry: Any, today: date) -> Iterator[Special]:  # noqa: ANN401 - the library has no types for entries
    """Yield the closed days of an entry; nothing where it is not read."""
    first = _day(entry, "DTSTART")
    if first is None or str(entry.get("STATUS", "")).upper() == "CANCELLED":
        return
    last = (_day(entry, "DTEND") or first + timedelta(days=1)) - timedelta(days=1)
    length = last - first
    if not 0 <= length.days < _LONGEST_DAYS:
        return
    label = label_of(str(entry.get("SUMMARY", "")))
    for begin in _repeated(first, entry.get("RRULE"), today):
        yield Special(begin, begin + length, label=label)


def _day(entry: Any, name: str) -> date | None:  # noqa: ANN401 - as above
    found = getattr(entry.get(name), "dt", None)
    return found if isinstance(found, date) and not isinstance(found, datetime) else None


def _repeated(first: date, rule: Any, today: date) -> Iterator[date]:  # noqa: ANN401 - as above
    if rule is None:
        yield first
        return
    if isinstance(rule, list) or not _is_every_year(first, {str(name).upper(): rule[name] for name in rule}):
        return
    for year in (today.year + more for more in _YEARS):
        if year >= first.year and not (first.month == 2 and first.day > 28):  # noqa: PLR2004 - no leap days
            yield first.replace(year=year)


def _is_every_year(first: date, rule: dict[str, Any]) -> bool:
    """Say whether a rule means each year on the date of the first day, without end."""
    said = {name: [str(one) for one in value] for name, value in rule.items()}
    meant = {
        "FREQ": ["YEARLY"],
        "INTERVAL": ["1"],
        "BYMONTH": [str(first.month)],
        "BYMONTHDAY": [str(first.day)],
    }
    return said.get("FREQ") == ["YEARLY"] and all(meant.get(name) == value for name, value in said.items())
