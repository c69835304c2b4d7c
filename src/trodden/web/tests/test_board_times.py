"""When boards are due: hours where clocks are put on and back, ends of months, changed zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.web.boards.times import When, day_in, next_due

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Havana",
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "after", "expected"),
    [
        (7, "2026-07-06 04:59", "2026-07-06 05:00"),
        (7, "2026-07-06 05:00", "2026-07-07 05:00"),
        (2, "2026-03-28 12:00", "2026-03-29 01:00"),
        (3, "2026-03-28 12:00", "2026-03-29 01:00"),
        (2, "2026-03-29 01:00", "2026-03-30 00:00"),
        (2, "2026-10-24 12:00", "2026-10-25 00:00"),
        (2, "2026-10-25 00:00", "2026-10-26 01:00"),
        (0, "2026-12-31 22:59", "2026-12-31 23:00"),
    ],
)
def test_the_hour_is_that_of_the_zone_and_comes_once_a_day(hour: int, after: str, expected: str) -> None:
    assert next_due(When("day", 0, hour), "Europe/Berlin", at(after)) == at(expected)


@pytest.mark.parametrize(
    ("day", "after", "expected"),
    [
        (31, "2026-01-31 08:00", "2026-02-28 07:00"),
        (31, "2028-02-01 00:00", "2028-02-29 07:00"),
        (30, "2026-02-28 08:00", "2026-03-30 07:00"),
        (31, "2026-04-01 00:00", "2026-04-30 07:00"),
        (1, "2026-12-01 07:00", "2027-01-01 07:00"),
        (0, "2026-12-31 12:00", "2027-01-01 07:00"),
    ],
)
def test_a_shorter_month_has_its_last_day_for_one_it_has_not(day: int, after: str, expected: str) -> None:
    assert next_due(When("month", day, 7), "UTC", at(after)) == at(expected)


def test_a_weekday_is_that_of_the_zone() -> None:
    sunday = at("2026-07-05 15:30")
    assert next_due(When("week", 0, 1), "Asia/Tokyo", sunday) == at("2026-07-05 16:00")


def test_a_day_that_had_its_mail_has_no_other() -> None:
    morning = at("2026-07-06 06:00")
    had = day_in("Europe/Berlin", morning)
    assert had == date(2026, 7, 6)
    assert next_due(When("day", 0, 7), "America/New_York", morning, had) == at("2026-07-07 11:00")
    assert next_due(When("day", 0, 7), "America/New_York", morning) == at("2026-07-06 11:00")


@given(
    st.sampled_from(["day", "week", "month"]),
    st.integers(0, 6),
    st.integers(0, 23),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)),  # noqa: DTZ001 - put into UTC below
)
def test_it_is_the_first_fitting_hour_found_minute_by_minute(
    every: str, day: int, hour: int, zone: str, naive: datetime
) -> None:
    after = naive.replace(tzinfo=UTC, minute=0, second=0, microsecond=0)
    when = When(every, day, hour)
    found = next_due(when, zone, after)
    assert found > after
    local = found.astimezone(ZoneInfo(zone))
    step, between = after, list[datetime]()
    while (step := step + timedelta(minutes=15)) < found:
        between.append(step.astimezone(ZoneInfo(zone)))
    assert not [
        one for one in between if fits(when, one) and (one.hour, one.minute) == (hour, 0) and not one.fold
    ]
    assert local.hour == hour or is_skipped(found, hour, zone)


def fits(when: When, local: datetime) -> bool:
    if when.every == "week":
        return local.weekday() == when.day
    return when.every == "day" or local.day == max(1, when.day)


def is_skipped(found: datetime, hour: int, zone: str) -> bool:
    """Say whether the zone has no such hour on that day."""
    where = ZoneInfo(zone)
    day = found.astimezone(where)
    wanted = day.replace(hour=hour, minute=0)
    return wanted.astimezone(UTC).astimezone(where).hour != hour
