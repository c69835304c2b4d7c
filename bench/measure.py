"""Timing: whole processes with their peak memory, and calls in this process; medians of several runs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


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


def calls(call: Callable[[], T], runs: int = 5) -> tuple[Timed, T]:
    """Time a call in this process, after one that is not counted."""
    result = call()
    seconds: list[float] = []
    for _ in range(runs):
        begin = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - begin)
    return timed(seconds), result


def process(*arguments: str, home: str) -> tuple[float, float, str]:
    """Run ``trodden`` in a process of its own: seconds, peak memory in MB, what it printed."""
    begin = time.perf_counter()
    started = subprocess.Popen(
        [sys.executable, "-m", "trodden", "--home", home, *arguments], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None  # noqa: S101 - it was asked for
    printed = started.stdout.read()
    _, status, usage = os.wait4(started.pid, 0)
    seconds = time.perf_counter() - begin
    if status:
        raise SystemExit(
            f"trodden {' '.join(arguments)} failed with status {os.waitstatus_to_exitcode(status)}"
        )
    return seconds, usage.ru_maxrss / 1024, printed
