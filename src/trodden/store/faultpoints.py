"""Named places where a test may end or stop the process, one before and one after every durable step.

Off unless ``TRODDEN_FAULTS`` is set, and then a single look-up. Its value has parts joined by ``;``:
``log=FILE`` appends the name of each point reached to a file; ``kill=NAME:K`` sends the process
SIGKILL the K-th time the point NAME is reached, ``stop=NAME:K`` SIGSTOP.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import Final

POINTS: Final[set[str]] = set()
"""Every point declared by an imported module: `declare` fills it."""

_SIGNALS: Final = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
_hits: Counter[str] = Counter()


def declare(*names: str) -> None:
    """Say at import which points a module has, so a report can name those nobody reached."""
    POINTS.update(names)


def fault_point(name: str) -> None:
    """Mark a place where a crash is tested; do nothing outside a test."""
    setting = os.environ.get("TRODDEN_FAULTS")
    if setting:
        _hit(name, setting)


def _hit(name: str, setting: str) -> None:
    parts = dict(part.split("=", 1) for part in setting.split(";"))
    _hits[name] += 1
    if "log" in parts:
        _append(parts["log"], f"{name}\n")
    for action, number in _SIGNALS.items():
        if parts.get(action) == f"{name}:{_hits[name]}":
            os.kill(os.getpid(), number)


def _append(path: str, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)
