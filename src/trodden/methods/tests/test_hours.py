"""Opening time: clocks that change, nights, holidays, exceptions, hours that change, when a wait is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.oracles.hours import minutes_open
from trodden.methods.journeys.holidays import country_codes, country_names, holidays_of, part_names
from trodden.methods.journeys.hours import (
    clock_of,
    due_after,
    due_at,
    open_between,
    opened_until,
    opening_of,
    opening_time,
)
from trodden.methods.journeys.hours_check import check_calendar
from trodden.methods.journeys.periods import microseconds
from trodden.model.calendars import (
    Calendar,
    Hours,
    Region,
    Schedule,
    Special,
    read_hours,
    read_week,
    write_week,
)
from trodden.model.errors import CallerError

VIENNA = "Europe/Vienna"
OFFICE = "mon-fri 9-17"
ALWAYS = "mon-sun 0-24"


def calendar(
    week: str,
    *specials: Special,
    zone: str = VIENNA,
    region: Region | None = None,
) -> Calendar:
    schedule = Schedule(time_zone=zone, week=read_week(week), specials=specials, region=region)
    return check_calendar(Calendar(name="Desk", schedules=(schedule,)))


def at(text: str, zone: str = VIENNA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def hours(found: timedelta) -> float:
    return found / timedelta(hours=1)


@pytest.mark.parametrize(
    ("week", "start", "end", "expected"),
    [
        (OFFICE, "2026-11-18 10:00", "2026-11-18 12:30", 2.5),
        (OFFICE, "2026-11-18 07:00", "2026-11-18 08:00", 0),
        (OFFICE, "2026-11-18 07:00", "2026-11-18 10:00", 1),
        (OFFICE, "2026-11-18 16:00", "2026-11-19 10:00", 2),
        (OFFICE, "2026-11-20 16:00", "2026-11-23 10:00", 2),
        (OFFICE, "2026-11-18 17:00", "2026-11-19 09:00", 0),
        (OFFICE, "2026-11-18 11:00", "2026-11-18 11:00", 0),
        ("mon-fri 9-12, 13-17", "2026-11-18 08:00", "2026-11-18 18:00", 7),
        ("mon-fri 22-6", "2026-11-20 21:00", "2026-11-21 07:00", 8),
        ("mon-fri 22-6", "2026-11-23 00:00", "2026-11-23 06:00", 0),
        ("mon 0-24; tue 0-24", "2026-11-22 12:00", "2026-11-25 12:00", 48),
        ("mon 9-17; mon 9-17", "2026-11-23 00:00", "2026-11-24 00:00", 8),
        ("sun 20-20; mon 8-9", "2026-11-22 00:00", "2026-11-24 00:00", 24),
        (ALWAYS, "2026-03-28 12:00", "2026-03-29 12:00", 23),
        (ALWAYS, "2026-10-24 12:00", "2026-10-25 12:00", 25),
        ("sun 2-3", "2026-03-29 00:00", "2026-03-30 00:00", 0),
        ("sun 2:30-3:15", "2026-03-29 00:00", "2026-03-30 00:00", 0.25),
        ("sun 2-3", "2026-10-25 00:00", "2026-10-26 00:00", 2),
        ("sun 1-2:30, 2:30-4", "2026-10-25 00:00", "2026-10-26 00:00", 4),
        ("sat 22-6", "2026-03-28 20:00", "2026-03-29 12:00", 7),
    ],
)
def test_only_open_hours_count(week: str, start: str, end: str, expected: float) -> None:
    assert hours(open_between(calendar(week), at(start), at(end))) == expected


@pytest.mark.parametrize(
    ("start", "wait", "due"),
    [
        ("2026-11-18 10:00", 2, "2026-11-18 12:00"),
        ("2026-11-18 09:00", 8, "2026-11-18 17:00"),
        ("2026-11-18 16:00", 2, "2026-11-19 10:00"),
        ("2026-11-20 18:00", 1, "2026-11-23 10:00"),
        ("2026-11-21 12:00", 0, "2026-11-21 12:00"),
        ("2026-11-18 09:00", 40, "2026-11-24 17:00"),
        ("1969-12-01 16:00", 2, "1969-12-02 10:00"),
    ],
)
def test_a_wait_is_over_when_so_much_opening_time_has_passed(start: str, wait: int, due: str) -> None:
    assert due_after(calendar(OFFICE), at(start), timedelta(hours=wait)) == at(due)


def test_a_wait_no_calendar_fills_is_refused() -> None:
    closed = Special(date(1990, 1, 1), date(1990, 1, 1))
    for wait in (timedelta(days=36_000), timedelta.max):
        with pytest.raises(CallerError, match="not open for so long"):
            due_after(calendar(OFFICE, closed), at("2026-11-18 10:00"), wait)


def test_hours_begin_in_years_events_can_have() -> None:
    first = calendar(OFFICE)
    for year in (1, 1899, 2200):
        later = replace(first.now, valid_from=date(year, 1, 1))
        with pytest.raises(CallerError, match="No hours begin in"):
            check_calendar(replace(first, schedules=(*first.schedules, later)))


def test_what_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(CallerError, match="before the start"):
        open_between(calendar(OFFICE), at("2026-11-18 10:00"), at("2026-11-18 09:59"))


def test_holidays_of_the_region_are_closed_and_one_on_a_weekend_takes_nothing_away() -> None:
    vienna = calendar(OFFICE, region=Region("AT", "9"))
    # 26 October 2026 is a Monday; 1 November 2026 a Sunday.
    assert hours(open_between(vienna, at("2026-10-26 00:00"), at("2026-10-31 00:00"))) == 32
    assert hours(open_between(vienna, at("2026-10-31 00:00"), at("2026-11-07 00:00"))) == 40


def test_an_exception_counts_more_than_a_holiday_and_a_holiday_more_than_the_week() -> None:
    some = Special(date(2026, 10, 26), date(2026, 10, 26), read_hours("10-12, 14-15"))
    closed = Special(date(2026, 10, 27), date(2026, 10, 28), label="Moving house")
    both = calendar(OFFICE, some, closed, region=Region("AT"))
    assert hours(open_between(both, at("2026-10-26 00:00"), at("2026-10-30 00:00"))) == 3 + 0 + 0 + 8


def test_the_night_after_a_closed_day_is_closed_and_that_before_it_goes_on() -> None:
    closed = calendar("mon-sun 22-6", Special(date(2026, 11, 18), date(2026, 11, 18)))
    assert hours(open_between(closed, at("2026-11-18 00:00"), at("2026-11-18 06:00"))) == 6
    assert hours(open_between(closed, at("2026-11-18 22:00"), at("2026-11-19 06:00"))) == 0


def test_hours_that_change_count_each_while_they_hold() -> None:
    first = Schedule(time_zone=VIENNA, week=read_week(OFFICE))
    later = Schedule(time_zone=VIENNA, week=read_week("mon-fri 10-12"), valid_from=date(2026, 11, 18))
    both = Calendar(name="Desk", schedules=(first, later))
    assert hours(open_between(both, at("2026-11-17 16:00"), at("2026-11-18 23:00"))) == 1 + 2


def test_a_firm_that_moves_to_another_zone_keeps_both_clocks_apart() -> None:
    first = Schedule(time_zone=VIENNA, week=read_week(OFFICE))
    later = Schedule(time_zone="America/New_York", week=read_week(OFFICE), valid_from=date(2026, 11, 18))
    both = Calendar(name="Desk", schedules=(first, later))
    tuesday = open_between(both, at("2026-11-17 00:00"), at("2026-11-18 00:00"))
    wednesday = open_between(both, at("2026-11-18 15:00"), at("2026-11-19 05:00"))
    assert (hours(tuesday), hours(wednesday)) == (8, 8)
    # At midnight in Vienna the old hours hold still: in New York the day has not begun.
    due = due_after(both, at("2026-11-18 00:00"), timedelta(hours=1))
    assert due == at("2026-11-18 10:00", "America/New_York")


@pytest.mark.parametrize(
    "week",
    [
        (((),) * 7),
        ((Hours(0, 1),),),
        (((Hours(600, 600),), *((),) * 6)),
        (((Hours(600, 2880),), *((),) * 6)),
    ],
)
def test_a_week_nothing_can_be_measured_by_is_refused(week: tuple[tuple[Hours, ...], ...]) -> None:
    with pytest.raises(CallerError):
        check_calendar(Calendar(name="Desk", schedules=(Schedule(time_zone="UTC", week=week),)))


_MINUTES = st.integers(0, 3 * 24 * 60)
_INTERVALS = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(lambda one: Hours(one[0], one[0] + one[1])),
    max_size=3,
)
_WEEKS = st.lists(_INTERVALS.map(tuple), min_size=7, max_size=7).map(tuple).filter(any)
_BEGINS = ("2026-03-27", "2026-10-23", "2026-12-23", "2018-11-02")
_ZONES = (VIENNA, "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia")


@given(
    week=_WEEKS,
    zone=st.sampled_from(_ZONES),
    begin=st.sampled_from(_BEGINS),
    closed=st.integers(0, 4),
    moments=st.lists(_MINUTES, min_size=2, max_size=2).map(sorted),
)
def test_opening_time_is_that_of_counting_every_minute(
    week: tuple[tuple[Hours, ...], ...], zone: str, begin: str, closed: int, moments: list[int]
) -> None:
    first = datetime.fromisoformat(begin).replace(tzinfo=UTC)
    day = first.date() + timedelta(days=closed)
    schedule = Schedule(
        time_zone=zone, week=week, specials=(Special(day, day, (Hours(60, 120),)),), region=Region("AT")
    )
    start, end = (first + timedelta(minutes=minute) for minute in moments)
    free = {one for one, _ in holidays_of(Region("AT"), first.year, first.year + 1)}
    found = open_between(Calendar(name="Desk", schedules=(schedule,)), start, end)
    assert found == timedelta(minutes=minutes_open(schedule, free, start, end))


@given(week=_WEEKS, start=_MINUTES, wait=st.integers(1, 5_000))
def test_due_is_the_first_moment_by_which_the_wait_has_passed(
    week: tuple[tuple[Hours, ...], ...], start: int, wait: int
) -> None:
    one = Calendar(name="Desk", schedules=(Schedule(time_zone=VIENNA, week=week),))
    begin = datetime(2026, 10, 23, tzinfo=UTC) + timedelta(minutes=start)
    due = due_after(one, begin, timedelta(minutes=wait))
    assert open_between(one, begin, due) == timedelta(minutes=wait)
    assert open_between(one, begin, due - timedelta(microseconds=1)) < timedelta(minutes=wait)


def test_a_million_spans_are_those_of_each_alone() -> None:
    clock = clock_of(calendar(OFFICE, region=Region("AT")), datetime(2026, 1, 1, tzinfo=UTC))
    rng = np.random.default_rng(5)
    start = rng.integers(1_262_304_000_000_000, 1_735_689_600_000_000, 2_000)
    end = start + rng.integers(0, 20 * 86_400_000_000, 2_000)
    found = opening_time(clock, start, end)
    for place in range(0, 2_000, 97):
        alone = opening_time(clock, start[place : place + 1], end[place : place + 1])
        assert alone[0] == found[place]
    opening = opening_of(clock, int(start.min()), int(end.max()))
    due = due_at(opening, start, found)
    assert (opened_until(opening, due) - opened_until(opening, start) == found).all()
    assert (due <= np.maximum(end, start)).all()


def test_no_moments_take_no_time() -> None:
    none = np.empty(0, dtype=np.int64)
    clock = clock_of(calendar(OFFICE), datetime(2026, 1, 1, tzinfo=UTC))
    assert opening_time(clock, none, none).tolist() == []
    assert microseconds(at("1970-01-01 01:00")) == 0


def test_a_week_reads_as_it_was_written() -> None:
    assert write_week(read_week("fri-mon 9-12, 13-17; wed 0-24")) == (
        "mon 09:00-12:00, 13:00-17:00; wed 00:00-24:00; fri-sun 09:00-12:00, 13:00-17:00"
    )
    for wrong in ("mon", "9-17", "mon 17", "xyz 9-17", "mon 9-9:75"):
        with pytest.raises(CallerError):
            check_calendar(calendar(wrong))


def test_countries_have_names_parts_and_holidays_in_the_readers_language() -> None:
    assert (country_names()["NZ"], part_names("DE")["BY"], len(country_codes()) > 200) == (
        "New Zealand",
        "Bayern",
        True,
    )
    named = [
        dict(holidays_of(Region("DE"), 2026, 2026, language))[date(2026, 12, 25)]
        for language in ("de", "en", "xx")
    ]
    assert named == ["Erster Weihnachtstag", "Christmas Day", "Christmas Day"]
