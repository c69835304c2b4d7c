"""Timing: whole processes with their peak memory and processor time, and products at work in their own.

Everything measured is kept in the ledger of its folder, so that a run can be interrupted and taken up.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.ledger import measured
from bench.peers.environment import ROOT, python

if TYPE_CHECKING:
    from collections.abc import Sequence

OURS: Final = "trodden"
RUNS: Final = 5
LONGEST_S: Final = 180
"""A job that has not ended by then is ended, and said to have taken longer."""
_QUIET: Final = {"RETENTIONEERING_NO_TRACK": "1", "DO_NOT_TRACK": "1"}
"""Nothing is sent anywhere while something is measured."""


@dataclass(frozen=True)
class Timed:
    """Seconds of several runs: the median, the least, the most."""

    median: float
    least: float
    most: float
    runs: int

    def __str__(self) -> str:
        """Write the median with its range."""
        if self.runs == 1:
            return f"{self.median:.3g} s (one run)"
        return f"{self.median:.3g} s ({self.least:.3g} to {self.most:.3g}, {self.runs} runs)"


def timed(seconds: Sequence[float]) -> Timed:
    """Summarise runs."""
    return Timed(statistics.median(seconds), min(seconds), max(seconds), len(seconds))


def generated(path: Path, customers: int) -> int:
    """Write the data, in a process whose memory goes with it, and return how many events it has."""
    command = [sys.executable, "-m", "bench.generate", str(path), str(customers)]
    return measured(
        path.parent, f"events of {path.name}", int, lambda: int(subprocess.check_output(command, cwd=ROOT))
    )


@dataclass(frozen=True)
class Ran:
    """A whole process: seconds by the clock and of the processors, peak memory in MB, what it printed.

    ``peak_mb`` and ``processor_s`` are with the processes it started; the peak is of the largest of them.
    """

    seconds: float
    processor_s: float
    peak_mb: float
    printed: str


def process(*arguments: str, home: str, what: str = "", anew: bool = False) -> Ran:
    """Run ``trodden`` in a process of its own.

    ``what`` tells runs with the same arguments apart; ``anew``: in a home that holds nothing yet, whatever an
    interrupted run left there.
    """

    def run() -> Ran:
        if anew:
            shutil.rmtree(home, ignore_errors=True)
        return ran(*arguments, home=home)

    key = " ".join((Path(home).name, *arguments, what)).strip()
    return measured(Path(home).parent, key, Ran, run)


def ran(*arguments: str, home: str) -> Ran:
    """Run ``trodden`` in a process of its own, whatever was measured before."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "trodden", "--home", home, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None  # noqa: S101 - it was asked for
        printed = started.stdout.read()
        _, status, usage = os.wait4(started.pid, 0)
        seconds = time.perf_counter() - begin
        started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        raise FailedError(f"trodden {arguments[0]} failed with status {started.returncode}")
    return Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed)


class FailedError(Exception):
    """A measurement of ours that did not come about; the others go on. Its text stands in the public page."""


@dataclass(frozen=True)
class Worked:
    """What one product did: its cold run, its warm ones where there are any, and what it counted.

    ``failed``: why it did not, where it did not; the rest means nothing then.
    """

    product: str
    cold: float
    warm: Timed | None
    peak_mb: float
    counted: Any
    failed: str = ""


def work(product: str, job: str, folder: Path, runs: int = 1 + RUNS) -> Worked:
    """Let a product do a job in a process of its own; the first run opens its data and is the cold one.

    Raises
    ------
    FailedError
        It is ours that failed, which is not kept: a run that is taken up tries again. Of peers it is told.
    """

    def run() -> Worked:
        found = _worked(product, job, folder, runs)
        if found.failed and product == OURS:
            raise FailedError(f"{product}: {job} {found.failed}")
        return found

    return measured(folder, f"{product} {job}", Worked, run)


def _worked(product: str, job: str, folder: Path, runs: int) -> Worked:
    interpreter = sys.executable if product == OURS else str(python())
    command = [interpreter, "-m", "bench.peers.work", product, job, str(folder), str(runs)]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | _QUIET,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        return Worked(product, 0.0, None, 0.0, None, f"had not ended after {LONGEST_S} s")
    if done.returncode:
        return Worked(product, 0.0, None, 0.0, None, _why(done.returncode, done.stderr))
    found = json.loads(done.stdout.splitlines()[-1])
    cold, *warm = found["seconds"]
    return Worked(product, cold, timed(warm) if warm else None, found["peak_mb"], found["counted"])


def _why(status: int, said: str) -> str:
    """Say why a process failed: the machine ends the one that takes most when memory runs out."""
    print(said, file=sys.stderr)
    lines = said.strip().splitlines()
    last = lines[-1] if lines else ""
    if status == -9 or "MemoryError" in last or "bad_alloc" in last or "Out of Memory" in last:  # noqa: PLR2004 - SIGKILL
        return "ran out of memory"
    return f"failed ({_public(last) or f'status {status}'})"


def _public(error: str) -> str:
    """Return an error's type and message; without the message where it may name a place on this machine."""
    if not any(mark in error for mark in "/\\"):
        return error[:200]
    kind, colon, _ = error.partition(":")
    return kind if colon and kind.replace(".", "").isidentifier() else ""
