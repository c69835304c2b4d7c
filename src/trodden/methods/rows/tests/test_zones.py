"""Local clocks are read as the standard library reads their first meaning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trodden.methods.rows.zones import Instants, to_utc

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "UTC",
    "Africa/Casablanca",
]
MINUTE = timedelta(minutes=1)


def clocks(*texts: str) -> np.ndarray:
    return np.array(texts, "datetime64[us]").astype(np.int64)


def berlin(*texts: str) -> Instants:
    return to_utc(clocks(*texts), ZoneInfo("Europe/Berlin"))


def test_a_plain_clock_is_moved_by_the_offset() -> None:
    found = berlin("2024-01-15T12:00", "2024-07-15T12:00")
    assert found.utc.tolist() == clocks("2024-01-15T11:00", "2024-07-15T10:00").tolist()
    assert not found.is_ambiguous.any()
    assert not found.is_missing.any()


def test_a_clock_that_comes_twice_is_the_first() -> None:
    found = berlin("2024-10-27T01:59:59", "2024-10-27T02:00", "2024-10-27T02:59:59", "2024-10-27T03:00")
    assert (
        found.utc.tolist()
        == clocks(
            "2024-10-26T23:59:59", "2024-10-27T00:00", "2024-10-27T00:59:59", "2024-10-27T02:00"
        ).tolist()
    )
    assert found.is_ambiguous.tolist() == [False, True, True, False]


def test_a_clock_that_never_came_is_moved_forward() -> None:
    found = berlin("2024-03-31T01:59:59", "2024-03-31T02:00", "2024-03-31T02:30", "2024-03-31T03:00")
    assert (
        found.utc.tolist()
        == clocks("2024-03-31T00:59:59", "2024-03-31T01:00", "2024-03-31T01:30", "2024-03-31T01:00").tolist()
    )
    assert found.is_missing.tolist() == [False, True, True, False]


@given(st.sampled_from(ZONES), st.lists(st.integers(-36_000_000, 120_000_000), min_size=1, max_size=30))
def test_every_clock_is_read_as_the_standard_library_reads_it(name: str, minutes: list[int]) -> None:
    zone = ZoneInfo(name)
    walls = [datetime(1970, 1, 1, tzinfo=zone) + minute * MINUTE for minute in minutes]
    local = np.array([minute * 60_000_000 for minute in minutes])
    found = to_utc(local, zone)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert found.utc.tolist() == [
        (wall.astimezone(UTC) - epoch) // timedelta(microseconds=1) for wall in walls
    ]
    assert found.is_missing.tolist() == [is_missing(wall) for wall in walls]
    assert found.is_ambiguous.tolist() == [is_ambiguous(wall) for wall in walls]


def is_missing(wall: datetime) -> bool:
    back = wall.astimezone(UTC).astimezone(wall.tzinfo)
    return back.replace(tzinfo=None) != wall.replace(tzinfo=None)


def is_ambiguous(wall: datetime) -> bool:
    first, second = wall.replace(fold=0).utcoffset(), wall.replace(fold=1).utcoffset()
    return not is_missing(wall) and first != second
