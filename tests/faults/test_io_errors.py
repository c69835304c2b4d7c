"""System calls that fail: each call of each kind in turn, until a run meets no failure any more."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.harness import REFUSED, Bench, wait_until_stopped
from tests.faults.oracle import Expectation

pytestmark = pytest.mark.requires("strace")

SENT = 40
CALLS = (
    "fsync:error=EIO",
    "fdatasync:error=EIO",
    "fdatasync:error=ENOSPC",
    "pwrite64:error=EIO",
    "pwrite64:error=ENOSPC",
    "pwrite64:signal=KILL",
    "write:error=EIO",
    "write:error=ENOSPC",
    "write:error=EDQUOT",
    "rename,renameat,renameat2:error=EIO",
    "link,linkat:error=EIO",
    "mkdir,mkdirat:error=ENOSPC",
    "ftruncate:error=EIO",
    "openat:error=EMFILE",
    "openat:error=EACCES",
)
"""Calls and what becomes of one of them."""

PATIENCE_SECONDS = 15.0

STEP = {"openat": 40, "write": 5, "pwrite64": 2}
"""Calls that are made very often are failed one in so many; in the end each kind of place is met."""


def disturbed(folder: Path, injection: str) -> int:
    """Import while one call fails; return how many did, after judging what was left and mended."""
    folder.mkdir()
    bench = Bench(folder)
    process = bench.start(bench.job("import", 0, SENT, waits=True))
    assert process.pid is not None
    assert wait_until_stopped(process.pid)
    trace = folder / "trace"
    calls = injection.partition(":")[0]
    with attached(process.pid, calls, trace, "-e", f"inject={injection}") as tracer:
        os.kill(process.pid, signal.SIGCONT)
        process.join(PATIENCE_SECONDS)
        process.kill()  # an engine may wait for ever for a thread of its own that met the error
        process.join()
        tracer.wait()
    bench.count()
    assert process.exitcode in {0, 1, REFUSED, -signal.SIGKILL}, process.exitcode
    verdict = bench.judge(Expectation(SENT, bench.acked()))
    assert not verdict.faults, (injection, verdict.faults)
    assert bench.do("import", 0, SENT) == 0
    verdict = bench.judge(Expectation(SENT, [(0, SENT)]))
    assert not verdict.faults, (injection, verdict.faults)
    was_killed = process.exitcode == -signal.SIGKILL
    return trace.read_text().count("(INJECTED)") + was_killed


def attached(pid: int, calls: str, trace: Path, *options: str) -> subprocess.Popen[bytes]:
    """Attach a tracer of some calls; it is at work when this returns."""
    command = ["strace", "-f", "-qq", "-o", trace, "-e", f"trace={calls}", *options, "-p", str(pid)]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
        assert tracer.poll() is None, "strace could not attach"
        time.sleep(0.005)
    return tracer


def swept(calls: str) -> Iterator[int]:
    """Give 1, 2, 3 ... in the step of these calls."""
    number, step = 1, STEP.get(calls.partition(":")[0], 1)
    while True:
        yield number
        number += step


@pytest.mark.parametrize("calls", ["fsync:error=EIO", "fdatasync:error=EIO"])
def test_a_failed_flush_is_never_taken_for_a_success(calls: str, tmp_path: Path) -> None:
    failed = [disturbed(tmp_path / str(number), f"{calls}:when={number}") for number in (1, 2, 4, 7)]
    assert all(failed[:2])


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("calls", CALLS)
def test_every_call_may_fail_once(calls: str, tmp_path: Path) -> None:
    for number in swept(calls):
        if not disturbed(tmp_path / str(number), f"{calls}:when={number}"):
            assert number > 1, f"no {calls} was ever made"
            return
