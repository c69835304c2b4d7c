"""Two writers at once: one works, the other is told who does, and readers see whole states only."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.faults.harness import REFUSED, Bench, wait_until_stopped
from tests.faults.oracle import Expectation

SENT = 100


def test_a_second_writer_is_refused_while_the_first_works(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    first = bench.start(bench.job("import", 0, SENT, fault="stop=events.after_parquet_before_log:2"))
    assert first.pid is not None
    assert wait_until_stopped(first.pid)
    for work in ("import", "compact", "erase", "open"):
        assert bench.do(work, 0, SENT) == REFUSED, work
    verdict = bench.judge(Expectation(SENT, bench.acked()))
    assert not verdict.faults, verdict.faults
    os.kill(first.pid, signal.SIGCONT)
    first.join()
    assert first.exitcode == 0
    verdict = bench.judge(Expectation(SENT, [(0, SENT)]))
    assert not verdict.faults, verdict.faults


def test_many_writers_at_once_store_each_event_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.do("import", 0, 20) == 0
    running = [bench.start(bench.job("import", 0, SENT)) for _ in range(4)]
    for process in running:
        process.join()
    assert {process.exitcode for process in running} <= {0, REFUSED}
    bench.count()
    assert bench.do("import", 0, SENT) == 0
    verdict = bench.judge(Expectation(SENT, [(0, SENT)]))
    assert not verdict.faults, verdict.faults


def test_readers_see_whole_states_while_a_writer_works(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.do("load", 0, 40) == 0
    writer = bench.start(bench.job("load", 40, SENT))
    while writer.is_alive():
        verdict = bench.judge(Expectation(SENT, [(0, 40)]))
        assert not verdict.faults, verdict.faults
    writer.join()
    assert writer.exitcode == 0
