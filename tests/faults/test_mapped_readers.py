"""Readers that have files mapped: nothing under them is ever cut short or written over (else: SIGBUS)."""

from __future__ import annotations

import os
import re
import signal
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.faults.harness import Bench, processes, wait_until_stopped
from tests.faults.test_damage import read_walks
from tests.faults.test_io_errors import attached
from trodden.store.folder import Workspace
from trodden.store.walks import WalkStore

SENT = 100
IN_PLACE = re.compile(
    r"^\d+ +(ftruncate\(\d+<(?P<cut>[^>]+)>|openat\([^\"]*\"(?P<opened>[^\"]+)\"[^)]*O_TRUNC)"
)


def hold(home: str, pipe: Connection) -> None:
    """Open the walks once; whenever asked, read everything through what is mapped since."""
    snapshot = WalkStore(Workspace.open(home)).open()
    while pipe.recv():
        seen = [bucket.occurred_at.tolist() for bucket in snapshot.buckets()]
        pipe.send((sum(map(len, seen)), hash(str(seen))))


def test_a_mapped_state_reads_the_same_whatever_a_writer_does(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.do("load", 0, 40) == 0
    ours, theirs = processes.Pipe()
    reader = processes.Process(target=hold, args=(str(bench.home), theirs))
    reader.start()
    theirs.close()
    ours.send(True)  # noqa: FBT003 -- "go on"
    first = ours.recv()
    assert first[0] == 40
    for work in ("load", "tidy", "load", "erase", "rebuild"):
        assert bench.do(work, 0, SENT) == 0
        ours.send(True)  # noqa: FBT003 -- as above
        assert ours.recv() == first, work
    ours.send(False)  # noqa: FBT003 -- "stop"
    reader.join()
    assert reader.exitcode == 0


@pytest.mark.requires("strace")
def test_no_file_of_events_or_walks_is_cut_or_opened_to_be_emptied(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.do("load", 0, 40) == 0
    there = {
        str(path)
        for name in ("events", "walks")
        for path in (bench.home / "workspaces/default" / name).rglob("*")
    }
    touched: set[str] = set()
    for work in ("load", "tidy", "erase"):
        touched |= emptied(bench, work, tmp_path / f"{work}.trace")
        assert read_walks(bench.home)
    assert touched, "the tracer saw nothing at all"
    assert not touched & there


def emptied(bench: Bench, work: str, trace: Path) -> set[str]:
    """Do some work; return the files that were cut or opened to be emptied."""
    process = bench.start(bench.job(work, 0, SENT, waits=True))
    assert process.pid is not None
    assert wait_until_stopped(process.pid)
    with attached(process.pid, "ftruncate,openat", trace, "-y") as tracer:
        os.kill(process.pid, signal.SIGCONT)
        process.join()
        tracer.wait()
    assert process.exitcode == 0
    found = (IN_PLACE.match(line) for line in trace.read_text().splitlines())
    return {one["cut"] or one["opened"] for one in found if one}
