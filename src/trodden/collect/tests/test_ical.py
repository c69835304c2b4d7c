"""Days off from calendar files: whole days are read, anything else is left out and counted."""

from __future__ import annotations

from datetime import date

import pytest

from trodden.collect.importers.ical import LARGEST, DaysOff, read_days_off
from trodden.model.calendars import Special
from trodden.model.errors import RefusedFileError, UnreadableFileError

TODAY = date(2026, 11, 22)


def file(*entries: str) -> bytes:
    """Write entries, their lines parted by semicolons-and-blanks, as a calendar file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN"]
    for number, entry in enumerate(entries):
        lines += ["BEGIN:VEVENT", f"UID:{number}", *entry.split(" | "), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read(*entries: str) -> DaysOff:
    return read_days_off(file(*entries), TODAY)


def test_whole_days_are_closed_to_the_day_before_they_end() -> None:
    several = "DTSTART;VALUE=DATE:20261224 | DTEND;VALUE=DATE:20270101 | SUMMARY:Between\\, the  years"
    one = "DTSTART;VALUE=DATE:20260501"
    assert read(several, one, one) == DaysOff(
        (
            Special(date(2026, 5, 1), date(2026, 5, 1)),
            Special(date(2026, 12, 24), date(2026, 12, 31), label="Between, the years"),
        ),
        0,
    )


def test_what_comes_back_every_year_is_read_for_the_years_around_now() -> None:
    found = read("DTSTART;VALUE=DATE:20200106 | RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=6")
    assert [one.first.year for one in found.days] == list(range(2025, 2032))
    assert {(one.first.month, one.last.day) for one in found.days} == {(1, 6)}


@pytest.mark.parametrize(
    "entry",
    [
        "DTSTART:20261224T100000Z | DTEND:20261224T110000Z",
        "DTSTART;VALUE=DATE:20261224 | STATUS:CANCELLED",
        "DTSTART;VALUE=DATE:20261224 | RRULE:FREQ=SECONDLY",
        "DTSTART;VALUE=DATE:20261224 | RRULE:FREQ=YEARLY;BYDAY=1MO",
        "DTSTART;VALUE=DATE:20261224 | RRULE:FREQ=YEARLY;COUNT=2",
        "DTSTART;VALUE=DATE:20261224 | DTEND;VALUE=DATE:20261201",
        "DTSTART;VALUE=DATE:20200224 | DTEND;VALUE=DATE:20261201",
        "DTSTART;VALUE=DATE:20240229 | RRULE:FREQ=YEARLY",
        "DTSTART;VALUE=DATE:20261224 | RRULE:FREQ=YEARLY | RRULE:FREQ=DAILY",
        "SUMMARY:No day at all",
    ],
)
def test_what_says_nothing_of_whole_days_is_left_out_and_counted(entry: str) -> None:
    assert read(entry) == DaysOff((), 1)


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"\xff\xfe\x00", b"PK\x03\x04" * 20, b"{}"]
    + [file(f"DTSTART;VALUE=DATE:{day}") for day in ("2026xx", "99991231")],
)
def test_what_is_no_calendar_file_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        read_days_off(data, TODAY)


def test_a_file_without_measure_is_refused() -> None:
    with pytest.raises(RefusedFileError):
        read_days_off(b"x" * (LARGEST + 1), TODAY)
    many = (f"DTSTART;VALUE=DATE:{2000 + n // 28}02{n % 28 + 1:02}" for n in range(1_001))
    with pytest.raises(RefusedFileError):
        read_days_off(file(*many), TODAY)
