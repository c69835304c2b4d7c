"""Times are read as people write them; what cannot be read is said to be none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.methods.rows.tests.test_digests import text_column
from trodden.methods.rows.times import (
    DAY_FIRST,
    HAS_CLOCK,
    HAS_OFFSET,
    MONTH_FIRST,
    OK,
    OUT_OF_RANGE,
    SWAPPABLE,
    Times,
    read_times,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31, 23, 59, 59))  # noqa: DTZ001


def read(texts: list[str], order: str = "ymd") -> Times:
    column = text_column([text.encode() for text in texts])
    return read_times(*column, order)


def one(text: str, order: str = "ymd") -> tuple[str | None, int]:
    values, told = read([text], order)
    if not told[0] & OK:
        return None, int(told[0])
    return str(np.datetime64(int(values[0]), "us")).removesuffix(".000000"), int(told[0])


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2012-04-03 16:55:38", "2012-04-03T16:55:38"),
        ("2014-10-22 11:15:41+00:00", "2014-10-22T11:15:41"),
        ("2011-12-06 13:41:31.788000+01:00", "2011-12-06T12:41:31.788000"),
        ("2024-01-01T10:00:00,5Z", "2024-01-01T10:00:00.500000"),
        ("2024-01-01t10:00z", "2024-01-01T10:00:00"),
        ("2024-01-01T10:00:00.1234567890", "2024-01-01T10:00:00.123456"),
        ("2024-1-5 7:05", "2024-01-05T07:05:00"),
        ("2024/01/05, 07:05", "2024-01-05T07:05:00"),
        ("2024-01-01T24:00:00", "2024-01-02T00:00:00"),
        ("2016-12-31 23:59:60", "2017-01-01T00:00:00"),
        ("2024-01-01 12:05 am", "2024-01-01T00:05:00"),
        ("2024-01-01 12:05 PM", "2024-01-01T12:05:00"),
        ("2024-01-01 01:05:06PM +0200", "2024-01-01T11:05:06"),
        ("2024-01-01 10:00 -05", "2024-01-01T15:00:00"),
        ("2024-01-01T10", "2024-01-01T10:00:00"),
        ("2019-10-01 00:00:00 UTC", "2019-10-01T00:00:00"),
        ("2019-10-01 00:00:00 GMT+02:00", "2019-09-30T22:00:00"),
        ("2024-01-01 10 PM", "2024-01-01T22:00:00"),
        ("  2024-01-01  ", "2024-01-01T00:00:00"),
        ("24-12-31", "2024-12-31T00:00:00"),
        ("69-12-31", "1969-12-31T00:00:00"),
        ("1700000000", "2023-11-14T22:13:20"),
        ("1700000000.5", "2023-11-14T22:13:20.500000"),
        ("1700000000123", "2023-11-14T22:13:20.123000"),
        ("1700000000123.25", "2023-11-14T22:13:20.123250"),
        ("1700000000123456", "2023-11-14T22:13:20.123456"),
        ("1700000000123456789", "2023-11-14T22:13:20.123456"),
        ("-100000000", "1966-10-31T14:13:20"),
        ("20240131", "2024-01-31T00:00:00"),
        ("202401311200", "2024-01-31T12:00:00"),
        ("20240131T101500Z", "2024-01-31T10:15:00"),
        ("3 Apr 2024 10:00", "2024-04-03T10:00:00"),
        ("3. März 2024 10:15", "2024-03-03T10:15:00"),
        ("3-Apr-24", "2024-04-03T00:00:00"),
        ("Wed, 03 Apr 2024 10:00:00 +0200", "2024-04-03T08:00:00"),
        ("Wed Apr  3 16:55:38 2012", "2012-04-03T16:55:38"),
        ("Wed Apr  3 16:55:38 UTC 2012", "2012-04-03T16:55:38"),
        ("Apr 3, 2024 10:00 PM", "2024-04-03T22:00:00"),
        ("April 3rd, 2024 at 10:00 am", "2024-04-03T10:00:00"),
        ("10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36"),
        ("Wed Apr 03 2024 16:55:38 GMT+0200 (Central European Summer Time)", "2024-04-03T14:55:38"),
    ],
)
def test_a_time_is_read(text: str, moment: str) -> None:
    assert one(text)[0] == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "-",
        "x",
        "12:30",
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2024-00-01",
        "2024-01-00",
        "2024-01-01 25:00",
        "2024-01-01 24:00:01",
        "2024-01-01 10:60",
        "2024-01-01 10:00:61",
        "2024-01-01 13:00 pm",
        "2024-01-01 10:00 +19:00",
        "2024-01-01 10:00+0",
        "2024-01-01 10:00 CET",
        "2024-01-01 10:00:00.",
        "2024-01/01",
        "2024-01-01T",
        "1e999",
        "123",
        "12345678901",
        "9" * 40,
        "31 Foo 2024",
        "31 Feb 2024",
        "20240230",
        "ü" * 64,
    ],
)
def test_what_is_no_time_is_said_to_be_none(text: str) -> None:
    assert one(text) == (None, 0)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "31 Dec 1899"])
def test_a_time_long_ago_or_far_ahead_is_out_of_range(text: str) -> None:
    assert one(text) == (None, OUT_OF_RANGE)


@pytest.mark.parametrize(
    ("text", "order", "moment", "evidence"),
    [
        ("03/04/2024", "dmy", "2024-04-03T00:00:00", SWAPPABLE),
        ("03/04/2024", "mdy", "2024-03-04T00:00:00", SWAPPABLE),
        ("04/04/2024", "mdy", "2024-04-04T00:00:00", 0),
        ("13/04/2024", "dmy", "2024-04-13T00:00:00", DAY_FIRST),
        ("13/04/2024", "mdy", None, DAY_FIRST),
        ("04/13/2024", "mdy", "2024-04-13T00:00:00", MONTH_FIRST),
        ("04/13/2024", "dmy", None, MONTH_FIRST),
        ("5.1.24", "dmy", "2024-01-05T00:00:00", SWAPPABLE),
        ("2024-03-04", "dmy", "2024-03-04T00:00:00", 0),
    ],
)
def test_day_and_month_stand_as_the_order_says(
    text: str, order: str, moment: str | None, evidence: int
) -> None:
    found, told = one(text, order)
    assert found == moment
    assert told & (SWAPPABLE | DAY_FIRST | MONTH_FIRST) == evidence


def test_what_the_text_says_is_told() -> None:
    told = read(["2024-01-01", "2024-01-01 10:00", "2024-01-01 10:00Z", "1700000000"]).told
    assert told.tolist() == [OK, OK | HAS_CLOCK, OK | HAS_CLOCK | HAS_OFFSET, OK | HAS_CLOCK | HAS_OFFSET]


def test_a_cell_that_is_not_used_is_not_read() -> None:
    column = text_column([b"2024-01-01", None])
    assert read_times(*column, "ymd").told.tolist() == [OK, 0]


@given(st.lists(MOMENTS, min_size=1, max_size=20), st.integers(-18 * 60, 18 * 60))
def test_iso_texts_are_read_as_the_standard_library_reads_them(moments: list[datetime], minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    texts = [moment.replace(tzinfo=zone).isoformat() for moment in moments]
    values, told = read(texts)
    for text, value, bits in zip(texts, values.tolist(), told.tolist(), strict=True):
        expected = (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)
        inside = datetime(1900, 1, 1, tzinfo=UTC) <= datetime.fromisoformat(text)
        inside &= datetime.fromisoformat(text) < datetime(2200, 1, 1, tzinfo=UTC)
        assert (bool(bits & OK), value) == ((True, expected) if inside else (False, 0))


ALMOST_ISO = (
    r"(19|20)[0-9]{2}-[0-1][0-9]-[0-3][0-9]([ T][0-2][0-9](:[0-6][0-9](:[0-6][0-9](\.[0-9]{1,6})?)?)?)?"
)
OFFSETS = st.sampled_from(["", "Z", "+01:00", "-0530", "+14", "+24:00"])


@given(st.from_regex(ALMOST_ISO, fullmatch=True), OFFSETS)
def test_what_arrow_reads_is_read_alike(text: str, offset: str) -> None:
    kind = pa.timestamp("us", tz="UTC" if offset else None)
    try:
        moment = pa.array([text + offset]).cast(kind).cast(pa.int64())[0].as_py()
    except pa.ArrowInvalid:
        return
    values, told = read([text + offset])
    assert (values[0], told[0] & (OK | HAS_OFFSET)) == (moment, OK | (HAS_OFFSET if offset else 0))


@given(st.lists(st.text(max_size=70) | st.from_regex(r"[0-9T:. /+-]{0,30}"), max_size=20))
def test_any_text_is_read_or_said_to_be_none(texts: list[str]) -> None:
    values, told = read(texts)
    assert ((told & OK > 0) | (values == 0)).all()
