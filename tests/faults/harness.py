"""Start victims and judges as processes of their own, and count the fault points they pass."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path

import msgspec

from tests.faults.oracle import Expectation, Verdict, judge
from tests.faults.victims import Job, run
from tests.support.fault_report import hits

ROUNDS = int(os.environ.get("TRODDEN_FAULT_ROUNDS", "50"))
REFUSED = 3
_PATIENCE_SECONDS = 120.0

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.faults.warm", "tests.faults.oracle"])


class Bench:
    """One workspace under test, the acknowledgements it gave, and the files beside it."""

    def __init__(self, folder: Path, home: Path | None = None) -> None:
        self.folder = folder
        self.home = home or folder / "home"
        self.acks = folder / "acks"
        self.log = folder / "hits"

    def job(self, work: str, first: int = 0, last: int = 0, **more: object) -> Job:
        """Describe a job on this workspace whose fault points are logged."""
        faults = f"log={self.log}" + (f";{more.pop('fault')}" if "fault" in more else "")
        return Job(work, str(self.home), str(self.acks), first, last, faults=faults, **more)  # type: ignore[arg-type]

    def do(self, work: str, first: int = 0, last: int = 0, **more: object) -> int:
        """Do a job to its end, whatever end; return the exit code (negative: the signal)."""
        process = self.start(self.job(work, first, last, **more))
        process.join(_PATIENCE_SECONDS)
        assert process.exitcode is not None, f"{work} hangs"
        self.count()
        return process.exitcode

    def start(self, job: Job) -> BaseProcess:
        """Start a job in a process of its own."""
        process = processes.Process(target=run, args=(job,))
        process.start()
        return process

    def judge(self, expectation: Expectation) -> Verdict:
        """Let a process that only reads judge the workspace."""
        answer = self.folder / "verdict.json"
        answer.unlink(missing_ok=True)
        process = processes.Process(target=judge, args=(str(self.home), expectation, str(answer)))
        process.start()
        process.join(_PATIENCE_SECONDS)
        assert process.exitcode == 0, f"the reader died: {process.exitcode}"
        return msgspec.json.decode(answer.read_bytes(), type=Verdict)

    def acked(self) -> list[tuple[int, int]]:
        """Return the ranges of events that were acknowledged."""
        if not self.acks.exists():
            return []
        lines = [line.split() for line in self.acks.read_text().splitlines()]
        return [(int(first), int(last)) for first, last in lines]

    def passed(self) -> Counter[str]:
        """Return how often each fault point was passed since the last count."""
        return Counter(self.log.read_text().split()) if self.log.exists() else Counter()

    def count(self) -> None:
        """Add the fault points passed since the last count to the total."""
        hits.update(self.passed())
        self.log.unlink(missing_ok=True)


def wait_until_stopped(pid: int) -> bool:
    """Wait until a process has stopped (True) or ended (False)."""
    limit = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < limit:
        state = _state(pid)
        if state in "TtZX":
            return state in "Tt"
        time.sleep(0.002)
    message = f"process {pid} neither stopped nor ended"
    raise AssertionError(message)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except FileNotFoundError:
        return "X"
