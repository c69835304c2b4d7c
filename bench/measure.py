"""Timing: whole processes with their peak memory and processor time, and products at work in their own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.peers.environment import ROOT, python

if TYPE_CHECKING:
    from collections.abc import Sequence

OURS: Final = "trodden"
RUNS: Final = 5
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
    return int(subprocess.check_output(command, cwd=ROOT))


@dataclass(frozen=True)
class Ran:
    """A whole process: seconds by the clock and of the processors, peak memory in MB, what it printed.

    ``peak_mb`` and ``processor_s`` are with the processes it started; the peak is of the largest of them.
    """

    seconds: float
    processor_s: float
    peak_mb: float
    printed: str


def process(*arguments: str, home: str) -> Ran:
    """Run ``trodden`` in a process of its own."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "trodden", "--home", home, *arguments]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None  # noqa: S101 - it was asked for
    printed = started.stdout.read()
    _, status, usage = os.wait4(started.pid, 0)
    seconds = time.perf_counter() - begin
    if status:
        raise SystemExit(
            f"trodden {' '.join(arguments)} failed with status {os.waitstatus_to_exitcode(status)}"
        )
    return Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed)


@dataclass(frozen=True)
class Worked:
    """What one product did: its cold run, its warm ones where there are any, and what it counted."""

    product: str
    cold: float
    warm: Timed | None
    peak_mb: float
    counted: Any


def work(product: str, job: str, folder: Path, runs: int = 1 + RUNS) -> Worked:
    """Let a product do a job in a process of its own; the first run opens its data and is the cold one."""
    interpreter = sys.executable if product == OURS else str(python())
    command = [interpreter, "-m", "bench.peers.work", product, job, str(folder), str(runs)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | _QUIET, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{product}: {job} failed.\n{done.stderr[-2_000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    cold, *warm = found["seconds"]
    return Worked(product, cold, timed(warm) if warm else None, found["peak_mb"], found["counted"])
