"""A server of ours, started as a person starts it, for as long as a block runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


@dataclass(frozen=True)
class Server:
    """Where it answers, the token programs send, and its process."""

    url: str
    token: str
    pid: int

    def resident_mb(self) -> float:
        """Return what it and its worker hold in memory; what both share counts twice."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="utf-8").split()
        return sum(_resident_mb(int(pid)) for pid in (self.pid, *children))


@contextmanager
def serving(home: str, **variables: str) -> Generator[Server]:
    """Serve a home on any free port; pages wait for their answers however long they take."""
    command = [sys.executable, "-m", "trodden", "--home", home, "serve", "--port", "0"]
    environment = os.environ | {"TRODDEN_PROGRESS_AFTER": "600"} | variables
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as started:
        try:
            assert started.stdout is not None  # noqa: S101 - it was asked for
            while (line := started.stdout.readline()) and "http" not in line:
                pass
            said = json.loads((Path(home) / "run" / "serve.json").read_bytes())
            yield Server(said["url"], said["token"], said["pid"])
        finally:
            started.terminate()


def _resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
