"""Times are placed on the one time line, and what is unsure about them is counted."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from trodden.collect.tests.helpers import parquet, read, read_text, walk

HEADER = "customer,event,time\n"


def log(*times: str) -> str:
    return HEADER + "".join(f'c{number},view,"{time}"\n' for number, time in enumerate(times))


def moments(folder: Path, *times: str, **fields: str) -> list[str]:
    return [when for _, _, when in walk(read_text(folder, log(*times), **fields)[0])]


def test_local_clocks_are_read_in_the_zone_given(tmp_path: Path) -> None:
    assert moments(tmp_path, "2024-07-01 12:00", "2024-01-01 12:00", timezone="Europe/Berlin") == [
        "2024-07-01 10:00:00",
        "2024-01-01 11:00:00",
    ]


def test_clocks_that_come_twice_or_never_are_counted(tmp_path: Path) -> None:
    times = ["2024-10-27 02:30", "2024-03-31 02:30", "2024-01-01 12:00", "2024-10-27 02:30+01:00"]
    events, report = read_text(tmp_path, log(*times), timezone="Europe/Berlin")
    assert [when for _, _, when in walk(events)] == [
        "2024-10-27 00:30:00",
        "2024-03-31 01:30:00",
        "2024-01-01 11:00:00",
        "2024-10-27 01:30:00",
    ]
    assert [event["time_quality"] for event in events] == ["ambiguous", "moved", "local", "given"]
    assert (report.local_times, report.ambiguous_times, report.moved_times) == (3, 1, 1)


def test_an_offset_wins_over_the_zone(tmp_path: Path) -> None:
    assert moments(
        tmp_path, "2024-07-01T12:00:00+09:00", "2024-07-01T12:00:00Z", timezone="Europe/Berlin"
    ) == [
        "2024-07-01 03:00:00",
        "2024-07-01 12:00:00",
    ]


def test_two_precisions_in_one_file(tmp_path: Path) -> None:
    assert moments(
        tmp_path, "2024-07-01", "2024-07-01 10:00", "2024-07-01 10:00:00.5", "1719828000", "3 Jul 2024"
    ) == [
        "2024-07-01 00:00:00",
        "2024-07-01 10:00:00",
        "2024-07-01 10:00:00",
        "2024-07-01 10:00:00",
        "2024-07-03 00:00:00",
    ]


@pytest.mark.parametrize(
    ("times", "order", "first"),
    [
        (["01/02/2024", "13/02/2024"], "dmy", "2024-02-01 00:00:00"),
        (["01/02/2024", "02/13/2024"], "mdy", "2024-01-02 00:00:00"),
        (["2024-02-01", "2024-02-13"], "ymd", "2024-02-01 00:00:00"),
        (["01.02.24", "13.02.24"], "dmy", "2024-02-01 00:00:00"),
    ],
)
def test_the_order_of_dates_is_told(tmp_path: Path, times: list[str], order: str, first: str) -> None:
    events, report = read_text(tmp_path, log(*times))
    assert walk(events)[0][2] == first
    assert report.mapping.date_order == order
    assert report.ambiguous_dates == 0


def test_dates_that_tell_nothing_are_counted(tmp_path: Path) -> None:
    events, report = read_text(tmp_path, log("03/04/2024 10:00", "05/04/2024 10:00", "04/04/2024 10:00"))
    assert walk(events)[0][2] == "2024-04-03 10:00:00"
    assert report.ambiguous_dates == 2
    assert any("Nothing tells day from month" in note for note in report.notes)


def test_neighbours_tell_where_numbers_do_not(tmp_path: Path) -> None:
    _, report = read_text(tmp_path, log("01/01/2024", "01/02/2024", "01/03/2024", "01/04/2024", "01/05/2024"))
    assert report.mapping.date_order == "mdy"


def test_the_whole_file_is_asked_where_its_beginning_does_not_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trodden.collect.importers.plan._SAMPLE_ROWS", 3)
    monkeypatch.setattr("trodden.collect.importers.delimited.ROWS", 2)
    _, report = read_text(tmp_path, log(*["05/04/2024"] * 9, "04/13/2024"))
    assert report.mapping.date_order == "mdy"
    assert report.ambiguous_dates == 0


def test_an_order_that_was_given_is_not_doubted(tmp_path: Path) -> None:
    events, report = read_text(tmp_path, log("03/04/2024"), date_order="mdy")
    assert (walk(events)[0][2], report.ambiguous_dates) == ("2024-03-04 00:00:00", 0)


def test_a_date_and_a_clock_in_two_columns(tmp_path: Path) -> None:
    rows = ["ana,view,2024-01-01,09:12:58", "ben,view,2024-01-01,10:00:29", "cem,view,2024-01-02,"]
    text = "\n".join(["customer,event,Date,Time", *rows])
    events, report = read_text(tmp_path, text)
    assert report.mapping.time == ("Date", "Time")
    assert [when for _, _, when in walk(events)] == [
        "2024-01-01 09:12:58",
        "2024-01-01 10:00:29",
        "2024-01-02 00:00:00",
    ]


def test_one_odd_time_among_many_changes_none_of_them(tmp_path: Path) -> None:
    times = [f"2024-01-{day:02} 10:00:00" for day in range(1, 29)]
    plain, mixed = moments(tmp_path, *times), moments(tmp_path, *times, "soon")
    assert plain == mixed
    _, report = read_text(tmp_path, log(*times, "soon", "", " "))
    assert report.rejected == {"bad-time": 1, "no-time": 2}


def test_times_a_file_keeps_as_times(tmp_path: Path) -> None:
    path = parquet(
        tmp_path,
        customer=["a", "b", "c"],
        event=["x", "y", "x"],
        time=pa.array([1_700_000_000_000_000_001, None, 10**18], pa.timestamp("ns", "Europe/Berlin")),
    )
    events, report = read(path)
    assert [when for _, _, when in walk(events)] == ["2023-11-14 22:13:20", "2001-09-09 01:46:40"]
    assert {event["time_quality"] for event in events} == {"given"}
    assert report.rejected == {"no-time": 1}


def test_local_times_a_file_keeps_as_times(tmp_path: Path) -> None:
    path = parquet(tmp_path, customer=["a"], event=["x"], time=pa.array([1_720_000_000], pa.timestamp("s")))
    events, _ = read(path, timezone="Europe/Berlin")
    assert walk(events)[0][2] == "2024-07-03 07:46:40"


def test_times_out_of_range_of_a_typed_file(tmp_path: Path) -> None:
    path = parquet(
        tmp_path, customer=["a", "b"], event=["x", "y"], time=pa.array([-(10**10), 0], pa.timestamp("s"))
    )
    events, report = read(path, time=("time",))
    assert walk(events) == [("b", "y", "1970-01-01 00:00:00")]
    assert report.rejected == {"time-out-of-range": 1}


def test_months_are_those_of_utc(tmp_path: Path) -> None:
    events, _ = read_text(
        tmp_path,
        log("2024-01-01 00:30", "1900-01-01T12:00Z", "2199-12-31T23:59:59Z"),
        timezone="Europe/Berlin",
    )
    assert [event["month"] for event in events] == [202312, 190001, 219912]
