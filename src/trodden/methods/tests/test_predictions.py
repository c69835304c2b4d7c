"""What a map predicts, and the periods it is scored over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.periods import microseconds, moment
from trodden.methods.journeys.predictions import predictions_of, unseen_branches
from trodden.methods.journeys.predictions_periods import (
    Every,
    Reign,
    after,
    before,
    begin_of,
    periods_followed,
    reign_of,
)

MAP = parse_map(
    """
name: Shop
steps:
  - {id: b, wait: {typical: 1h, longest: 1d}}
  - {id: e, wait: {longest: 2d}}
flow:
  - a
  - choice: [{flow: [b], share: 0.98}, {flow: [c], share: 0.02}]
  - choice: [{flow: [{optional: [d]}], share: 0.3}, {flow: [x], share: 0.7}]
  - e
forecast: {reached: 0.6, low: 0.5}
"""
)


def test_everything_a_map_says_becomes_a_share() -> None:
    found = predictions_of(MAP, 0.05)
    assert [(one.kind, one.step, one.said, round(one.low, 2), round(one.high, 2)) for one in found] == [
        ("reached", -1, 0.6, 0.5, 1.0),
        ("branch", 1, 0.98, 0.93, 1.0),
        ("branch", 2, 0.02, 0.0, 0.07),
        ("typical wait", 1, 0.5, 0.45, 0.55),
        ("longest wait", 1, None, 0.9, 1.0),
        ("longest wait", 5, None, 0.9, 1.0),
    ]
    assert [one.is_ranged for one in found] == [True, False, False, False, True, True]
    assert found[1].span == (1, 2, 1, 3)


def test_a_choice_that_can_be_passed_without_a_step_is_not_scored() -> None:
    assert unseen_branches(MAP) == ("d", "x")


def test_a_forecast_without_a_range_has_the_tolerance() -> None:
    bare = replace(MAP, forecast=replace(MAP.forecast, low=None))
    first = predictions_of(bare, 0.1)[0]
    assert (round(first.low, 2), round(first.high, 2), first.is_ranged) == (0.5, 0.7, False)


def at(text: str, zone: str = "UTC") -> int:
    return microseconds(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def spans(reign: Reign, as_of: str, every: Every = "month", zone: str = "UTC") -> list[tuple[str, str, bool]]:
    found = periods_followed(reign, at(as_of, zone), every, ZoneInfo(zone), hindsight=False)

    def said(one: int) -> str:
        return moment(one).astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M")

    return [(said(one.start), said(one.end), one.is_scored) for one in found]


def test_periods_are_cut_at_the_publication_and_follow_the_last_whole_one_before() -> None:
    assert spans(Reign(at("2026-03-10T12:00"), None), "2026-05-02") == [
        ("02-01 00:00", "03-01 00:00", False),
        ("03-10 12:00", "04-01 00:00", True),
        ("04-01 00:00", "05-01 00:00", True),
        ("05-01 00:00", "06-01 00:00", True),
    ]


def test_a_version_is_scored_until_the_next_takes_over() -> None:
    found = spans(Reign(at("2026-03-02"), at("2026-03-12")), "2026-05-02", "week")
    assert found == [
        ("02-23 00:00", "03-02 00:00", False),
        ("03-02 00:00", "03-09 00:00", True),
        ("03-09 00:00", "03-12 00:00", True),
    ]


def test_periods_begin_at_local_midnight_across_a_change_of_clocks() -> None:
    found = spans(Reign(at("2026-03-01", "Europe/Vienna"), None), "2026-04-02", zone="Europe/Vienna")
    assert found[1] == ("03-01 00:00", "04-01 00:00", True)


def test_nothing_is_followed_before_the_publication() -> None:
    assert spans(Reign(at("2026-03-10"), None), "2026-03-09") == []
    assert spans(Reign(None, None), "2026-03-09") == []


def test_in_hindsight_every_period_is_scored_and_those_before_are_marked() -> None:
    found = periods_followed(
        Reign(at("2026-03-10"), at("2026-03-20")),
        at("2026-04-15"),
        "quarter",
        ZoneInfo("UTC"),
        hindsight=True,
    )
    assert all(one.is_scored for one in found)
    assert [moment(one.start).date() for one in found if not one.is_hindsight] == [
        date(2026, 3, 10),
        date(2026, 4, 1),
    ]
    assert [one.is_whole for one in found[-3:]] == [False, False, True]
    assert moment(found[0].start).date() == date(2005, 10, 1)


def test_a_version_reigns_from_its_publication_or_validity_to_the_next_or_its_end() -> None:
    first = replace(MAP, published_at=datetime(2026, 3, 10, tzinfo=UTC), published_hash="x")
    second = replace(first, version=2, published_at=datetime(2026, 4, 10, tzinfo=UTC))
    other = replace(second, name="Else")
    zone = ZoneInfo("UTC")
    assert reign_of(first, (first, other), zone) == Reign(at("2026-03-10"), None)
    assert reign_of(first, (first, second), zone) == Reign(at("2026-03-10"), at("2026-04-10"))
    assert reign_of(second, (first, second), zone) == Reign(at("2026-04-10"), None)
    bound = replace(first, valid_from=date(2026, 3, 15), valid_to=date(2026, 3, 31))
    assert reign_of(bound, (bound, second), zone) == Reign(at("2026-03-15"), at("2026-04-01"))


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/New_York"])
def test_bounds_beyond_all_events_are_none(zone: str) -> None:
    first = replace(MAP, published_at=datetime(2026, 3, 10, tzinfo=UTC))
    for_ever = replace(first, valid_from=date(1, 1, 1), valid_to=date(9999, 12, 31))
    assert reign_of(for_ever, (for_ever,), ZoneInfo(zone)) == Reign(at("2026-03-10"), None)
    never = reign_of(replace(first, valid_from=date(9999, 12, 31)), (), ZoneInfo(zone))
    assert never.since is not None
    assert never.since > at("2199-12-31")


@pytest.mark.parametrize("every", ["week", "month", "quarter"])
@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_calendar_periods_follow_each_other_without_gap(every: Every, day: date) -> None:
    first = begin_of(day, every)
    assert first <= day < after(first, every)
    assert before(after(first, every), every) == first
    days = {first + timedelta(days=k) for k in range((after(first, every) - first).days)}
    assert {begin_of(one, every) for one in days} == {first}
