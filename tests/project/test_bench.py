"""The measurements themselves, so small that they mean nothing: they run, resume, and tell what failed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from bench import ledger, measure
from bench.__main__ import _is_whole, _rows
from bench.claims.compared import beside, fault_of
from bench.claims.data import Data
from bench.generate import TOGETHER, generate
from bench.measure import FailedError, Worked, timed, work
from bench.page import Beside, Cost, Left, Row, page
from tests.support.scripts import ROOT


def test_events_are_the_same_again_in_order_of_arrival_and_of_every_customer(tmp_path: Path) -> None:
    first, again = tmp_path / "first.parquet", tmp_path / "again.parquet"
    customers = 2_000
    events = generate(first, customers)
    assert generate(again, customers) == events
    assert first.read_bytes() == again.read_bytes()
    found = pq.read_table(first)
    assert found.num_rows == events
    assert pc.count_distinct(found["customer"]).as_py() == customers
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.parquet", "first.parquet"]


def test_customers_made_in_parts_come_once_and_in_one_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert TOGETHER > 300
    monkeypatch.setattr("bench.generate.TOGETHER", 100)
    monkeypatch.setattr("bench.generate.LATE", 0.0)
    path = tmp_path / "events.parquet"
    events = generate(path, 250)
    found = pq.read_table(path)
    assert found.num_rows == events
    assert sorted(pc.unique(found["customer"]).to_pylist()) == [f"c{number:07d}" for number in range(250)]
    times = found["time"].to_pylist()
    assert times == sorted(times), "none is late, so they come in order of time"


def test_what_was_measured_is_not_measured_again_on_the_same_code(tmp_path: Path) -> None:
    folder = ledger.opened(tmp_path / "run", "code", anew=False)
    assert ledger.measured(folder, "a", int, lambda: 1) == 1
    assert ledger.measured(ledger.opened(folder, "code", anew=False), "a", int, lambda: 2) == 1
    assert ledger.measured(folder, "b", int, lambda: 3) == 3
    assert ledger.measured(folder, "a", int, lambda: 2) == 1
    assert ledger.measured(ledger.opened(folder, "other code", anew=False), "a", int, lambda: 4) == 4
    assert ledger.measured(ledger.opened(folder, "other code", anew=True), "a", int, lambda: 5) == 5


def test_rows_come_back_from_the_ledger_as_they_were(tmp_path: Path) -> None:
    rows = [Row("a", "1 s", 1.0, 2.0), Left("a", 5, "polars", "ran out of memory"), Cost("a", 5, 1.5)]
    kind = list[Row | Beside | Left | Cost]
    ledger.measured(tmp_path, "rows", kind, lambda: rows)
    assert ledger.measured(tmp_path, "rows", kind, list) == rows


def test_a_job_that_fails_is_told_of_a_peer_and_raised_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "python", lambda: Path(sys.executable))
    assert work("polars", "transitions", tmp_path).failed.startswith("failed (")
    with pytest.raises(FailedError, match="trodden: transitions failed"):
        work(measure.OURS, "transitions", tmp_path)


def test_only_what_of_ours_failed_is_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "python", lambda: Path(sys.executable))
    work("polars", "transitions", tmp_path)
    with pytest.raises(FailedError):
        work(measure.OURS, "transitions", tmp_path)
    assert ledger.is_measured(tmp_path, "polars transitions")
    assert not ledger.is_measured(tmp_path, "trodden transitions")


def test_a_claim_that_failed_tells_what_it_had_and_is_tried_again(tmp_path: Path) -> None:
    begun: list[int] = []

    def fails_once(data: Data) -> Iterator[Row]:
        begun.append(data.events)
        yield Row("a job", "1 s", 1.0, None)
        if len(begun) == 1:
            raise FailedError("no luck")

    data = Data(tmp_path, 5, is_largest=True, is_middle=True, with_peers=False)
    only = ["import"]
    told = [row.measured for row in _rows("import", fails_once, data) if isinstance(row, Row)]
    assert told == ["1 s", "failed: no luck"]
    assert not _is_whole(tmp_path, only)
    assert _rows("import", fails_once, data) == [Row("a job", "1 s", 1.0, None)]
    assert _is_whole(tmp_path, only)
    assert _rows("import", fails_once, data) == [Row("a job", "1 s", 1.0, None)]
    assert begun == [5, 5], "what came to its end is not measured again"


def test_a_command_that_fails_is_told_without_the_places_it_was_given(tmp_path: Path) -> None:
    with pytest.raises(FailedError) as told:
        measure.ran("import", str(tmp_path / "none.parquet"), home=str(tmp_path / "home"))
    assert str(tmp_path) not in str(told.value)
    assert str(told.value).startswith("trodden import failed with status")


def test_a_job_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "LONGEST_S", 0.01)
    monkeypatch.setattr(measure, "python", lambda: Path(sys.executable))
    assert work("polars", "sessions", tmp_path).failed == "had not ended after 0.01 s"


@pytest.mark.parametrize(
    ("status", "said", "why"),
    [
        (-9, "", "ran out of memory"),
        (1, "MemoryError", "ran out of memory"),
        (1, "terminate called\nstd::bad_alloc", "ran out of memory"),
        (1, "ValueError: no", "failed (ValueError: no)"),
        (3, "", "failed (status 3)"),
        (1, "OSError: [Errno 28] No space left: '/srv/someone/it'", "failed (OSError)"),
        (1, "a.b.LoadError: C:\\Users\\someone", "failed (a.b.LoadError)"),
        (1, "/srv/someone/bin/python: no such module", "failed (status 1)"),
    ],
)
def test_why_a_peer_failed(status: int, said: str, why: str) -> None:
    assert measure._why(status, said) == why


def test_a_peer_that_counts_something_else_gets_no_time() -> None:
    ours = Worked("trodden", 2.0, timed([1.0, 3.0, 2.0]), 1.0, [1])
    theirs = Worked("polars", 8.0, timed([4.0]), 1.0, [2])
    assert fault_of([1], [1]) == ""
    left = beside("a", 10, theirs, ours, "", fault_of(ours.counted, theirs.counted))
    assert isinstance(left, Left)
    row = beside("a", 10, theirs, ours, "")
    assert isinstance(row, Beside)
    assert row.ratio == 2.0


def test_the_page_tells_whether_an_event_costs_more_where_there_are_more() -> None:
    costs = [Cost("steady", 10, 4.0), Cost("steady", 20, 4.4), Cost("dear", 10, 4.0), Cost("dear", 20, 8.0)]
    text = page([Row("a job", "1 s", 1.0, 0.5), *costs, Cost("once", 20, 1.0)], "python -m bench", 1)
    assert "| a job | 1 s | 0.5 s | missed, 2 times |" in text
    assert "| steady | 4 | 4.4 | does not grow (1.1 times) |" in text
    assert "| dear | 4 | 8 | grows, 2 times |" in text
    assert "| once | – | 1 | – |" in text  # noqa: RUF001 - a dash for nothing


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_all_of_ours_is_measured_from_one_command() -> None:
    command = [sys.executable, "-m", "bench", "200", "--largest", "--no-peers", "--demo", "40", "--anew"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "failed:" not in done.stdout
    for job in (
        "import from CSV",
        "retention over HTTP",
        "a page, 95th",
        "script of a page",
        "resident",
        "to the first page",
    ):
        assert job in done.stdout
