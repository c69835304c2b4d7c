from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from trodden.methods.journeys.periods import (
    as_known,
    find_zone,
    microseconds,
    moment,
    parse_moment,
    parse_period,
)
from trodden.model.errors import QuestionError
from trodden.model.question import Period


def utc(text: str, zone: str = "UTC") -> str:
    return moment(parse_moment(text, find_zone(zone))).strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-04-01", "UTC", "2026-04-01T00:00:00"),
        ("2026-04-01", "Europe/Vienna", "2026-03-31T22:00:00"),
        ("2026-04-01T09:30", "Europe/Vienna", "2026-04-01T07:30:00"),
        ("2026-04-01T09:30Z", "Europe/Vienna", "2026-04-01T09:30:00"),
        ("2026-04-01T09:30+05:30", "Europe/Vienna", "2026-04-01T04:00:00"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00"),
        ("2005-10-16", "America/Asuncion", "2005-10-16T04:00:00"),
        ("1987-10-11", "America/Argentina/San_Luis", "1987-10-11T03:00:00"),
        ("2026-10-25T02:30", "Europe/Vienna", "2026-10-25T00:30:00"),
        ("2026-03-29T02:30", "Europe/Vienna", "2026-03-29T01:30:00"),
    ],
)
def test_a_date_is_its_first_moment_and_a_time_is_local(text: str, zone: str, expected: str) -> None:
    assert utc(text, zone) == expected


def test_a_day_that_begins_inside_a_gap_begins_at_its_end() -> None:
    """On 1919-03-31 Toronto's clocks went from 23:30 to 00:30, so the day began at 00:30."""
    assert utc("1919-03-31", "America/Toronto") == "1919-03-31T04:30:00"


def test_a_day_with_two_midnights_begins_at_the_first() -> None:
    """On 2010-10-31 Havana's clocks went from 01:00 back to 00:00."""
    assert utc("2010-10-31", "America/Havana") == "2010-10-31T04:00:00"


def test_a_period_is_half_open_and_either_side_may_be_missing() -> None:
    zone = find_zone("UTC")
    start = microseconds(datetime(2026, 4, 1, tzinfo=UTC))
    end = start + microseconds(timedelta(days=30))
    assert parse_period(Period("2026-04-01", "2026-05-01"), zone) == (start, end)
    assert parse_period(Period("2026-04-01"), zone) == (start, None)
    assert parse_period(Period(None, "2026-05-01"), zone) == (None, end)
    assert parse_period(None, zone) == (None, None)


@pytest.mark.parametrize("period", [Period("2026-05-01", "2026-05-01"), Period("2026-05-02", "2026-05-01")])
def test_an_empty_period_is_refused(period: Period) -> None:
    with pytest.raises(QuestionError, match="empty"):
        parse_period(period, find_zone("UTC"))


@pytest.mark.parametrize("text", ["soon", "", "2026-13-01", "01.04.2026"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(QuestionError, match="neither a date nor a time"):
        parse_moment(text, find_zone("UTC"))


@pytest.mark.parametrize(
    "side", ["0001-01-01", "0001-01-01T00:00+14:00", "1899-12-31", "2200-01-01", "9999-12-31"]
)
def test_a_period_outside_the_years_of_events_is_refused(side: str) -> None:
    for period in (Period(side), Period(None, side)):
        with pytest.raises(QuestionError, match="1900 to 2199"):
            parse_period(period, find_zone("Asia/Kolkata"))


def test_a_question_as_of_outside_the_years_of_events_is_refused() -> None:
    zone, known = find_zone("UTC"), datetime(2026, 1, 1, tzinfo=UTC)
    for text in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59+00:00"):
        with pytest.raises(QuestionError, match="1900 to 2199"):
            as_known(datetime.fromisoformat(text), known, zone)
    edges = [datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)]
    assert [as_known(edge, known, zone) for edge in edges] == edges
    assert as_known(None, known, zone) == known


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(QuestionError, match="no time zone"):
        find_zone(name)
