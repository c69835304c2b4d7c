"""Axes of moments: where they begin and end, and where their ticks stand."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.charts.svg.times import time_scale_of

BERLIN = "Europe/Berlin"


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN)).timestamp()


@pytest.mark.parametrize(
    ("first", "last", "ticks"),
    [
        ("2026-05-05", "2026-10-20", ("2026-07-01", "2026-09-01")),
        ("2026-03-26", "2026-04-02T12:00", ("2026-03-26", "2026-03-28", "2026-03-30", "2026-04-01")),
        ("2026-03-04", "2026-04-05", ("2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30")),
        ("2024-11-30", "2026-11-30", ("2025-01-01", "2025-07-01", "2026-01-01", "2026-07-01")),
    ],
    ids=["months", "days", "weeks", "halves"],
)
def test_ticks_are_first_moments_in_the_zone(first: str, last: str, ticks: tuple[str, ...]) -> None:
    found = time_scale_of([at(last), at(first)], BERLIN)
    assert (found.low, found.high) == (at(first), at(last))
    said = [datetime.fromtimestamp(tick, ZoneInfo(BERLIN)).isoformat()[:10] for tick in found.ticks]
    assert (said, {tick for tick in found.ticks if datetime.fromtimestamp(tick, ZoneInfo(BERLIN)).hour}) == (
        list(ticks),
        set(),
    )


@given(st.lists(st.integers(-(10**9), 4 * 10**9), max_size=6), st.integers(1, 8))
def test_ticks_are_few_ascending_and_within(moments: list[int], steps: int) -> None:
    found = time_scale_of([float(moment) for moment in moments], BERLIN, steps=steps)
    assert list(found.ticks) == sorted(set(found.ticks))
    assert len(found.ticks) <= 1.25 * steps + 2
    assert all(found.low <= tick <= found.high for tick in found.ticks)


@given(st.integers(-(10**9), 3 * 10**9), st.integers(40, 50_000), st.integers(3, 8))
def test_an_axis_of_forty_days_and_more_has_ticks(first: int, days: int, steps: int) -> None:
    found = time_scale_of([float(first), first + days * 86_400.0], BERLIN, steps=steps)
    assert found.ticks
