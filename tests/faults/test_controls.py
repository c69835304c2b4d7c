"""Negative controls: a store that breaks one promise on purpose must not get past the judge."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.faults.harness import Bench
from tests.faults.oracle import Expectation

SENT = 100


def test_rows_stored_twice_are_noticed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.do("import", 0, SENT) == 0
    assert bench.do("import", 40, SENT, sabotage="no deduplication") == 0
    assert bench.judge(Expectation(SENT, bench.acked())).twice == list(range(40, SENT))


def test_files_removed_before_their_replacement_counts_are_noticed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.do("import", 0, SENT) == 0
    assert bench.do("compact", sabotage="sweep before commit") == -9
    assert "is missing" in bench.judge(Expectation(SENT, bench.acked())).error


def test_rows_that_were_never_stored_are_noticed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.do("import", 0, SENT - 20) == 0
    assert bench.judge(Expectation(SENT, [(0, SENT)])).lost == list(range(SENT - 20, SENT))


def test_rows_nobody_sent_and_rows_that_changed_are_noticed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.do("import", 0, SENT, sabotage="wrong names") == 0
    verdict = bench.judge(Expectation(SENT - 20, bench.acked()))
    assert verdict.unknown == list(range(SENT - 20, SENT))
    assert verdict.changed == list(range(SENT - 20))


def test_a_ledger_that_lost_a_batch_is_noticed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.do("import", 0, SENT) == 0
    other = Bench(tmp_path / "other")
    other.folder.mkdir()
    assert other.do("import", 0, 20) == 0
    for name in ("imports.db", "imports.db-wal", "imports.db-shm"):
        path = bench.home / "workspaces/default" / name
        path.unlink(missing_ok=True)
        if (found := other.home / "workspaces/default" / name).exists():
            shutil.copy2(found, path)
    assert bench.judge(Expectation(SENT, bench.acked())).ledger
