"""A server of ours, started as a person starts it, for as long as a block runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.measure import LONGEST_S, FailedError

if TYPE_CHECKING:
    from collections.abc import Generator

LOOK_S: Final = 2.0
"""Between two looks at whether a server is at rest."""
BUSY: Final = 0.05
"""The part of a processor a server that rests may use."""


@dataclass(frozen=True)
class Server:
    """Where it answers, the token programs send, and its process."""

    url: str
    token: str
    pid: int

    def resident_mb(self) -> float:
        """Return what it and its worker hold in memory; what both share counts twice."""
        return sum(_resident_mb(pid) for pid in (self.pid, *_children(self.pid)))

    def rest(self) -> None:
        """Wait until nothing of what it does beside the pages goes on: kernels, tidying, findings."""
        begin, used = time.monotonic(), -1.0
        while (now := _processor_s(self.pid)) - used > BUSY * LOOK_S:
            if time.monotonic() - begin > LONGEST_S:
                raise FailedError("a server did not come to rest")
            used = now
            time.sleep(LOOK_S)


@contextmanager
def serving(home: str, **variables: str) -> Generator[Server]:
    """Serve a home on any free port; pages wait for their answers however long they take.

    Raises
    ------
    FailedError
        It ended before it answered.
    """
    command = [sys.executable, "-m", "trodden", "--home", home, "serve", "--port", "0"]
    environment = os.environ | {"TRODDEN_PROGRESS_AFTER": "600"} | variables
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as started:
        try:
            assert started.stdout is not None  # noqa: S101 - it was asked for
            if not any("http" in line for line in started.stdout):
                raise FailedError("a server ended before it answered")
            said = json.loads((Path(home) / "run" / "serve.json").read_bytes())
            yield Server(said["url"], said["token"], said["pid"])
        finally:
            started.terminate()


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text(encoding="utf-8").split()]


def _processor_s(pid: int) -> float:
    """Return the processor time of a process, of those it has waited for, and of those it waits for."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        own = sum(int(ticks) for ticks in stat[11:15]) / os.sysconf("SC_CLK_TCK")
        return own + sum(map(_processor_s, _children(pid)))
    except FileNotFoundError:  # it has just ended, and is counted where it was waited for
        return 0.0


def _resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
