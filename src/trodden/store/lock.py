"""One writer per workspace: a lock the kernel drops when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Final

from trodden.model.errors import LockedError

PATIENCE_S: Final = 15.0
"""Seconds a person's command waits for another writer: housekeeping beside the pages is done long before."""

_LOOKS_AGAIN_S: Final = 0.02


class WriterLock:
    """The right to write one workspace, held by one thread of one process.

    The lock is `flock` on a file that is never removed, so a killed holder leaves nothing behind.
    A thread that holds it may take it again; anyone else is refused once its patience ends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = threading.RLock()
        self._depth = 0
        self._descriptor = -1

    @contextlib.contextmanager
    def hold(self, patience_s: float = 0.0) -> Generator[None]:
        """Hold the lock inside a ``with`` block.

        Raises
        ------
        LockedError
            If another process, or another thread of this one, holds it and goes on holding it for
            ``patience_s`` seconds.
        """
        until = time.monotonic() + patience_s
        if not self._thread.acquire(timeout=patience_s):
            raise _refusal(self.path, f"another thread of process {os.getpid()}")
        try:
            self._enter(until)
            try:
                yield
            finally:
                self._leave()
        finally:
            self._thread.release()

    def _enter(self, until: float) -> None:
        if self._depth == 0:
            self._descriptor = _take(self.path, until)
        self._depth += 1

    def _leave(self) -> None:
        self._depth -= 1
        if self._depth == 0:
            os.close(self._descriptor)


def lock_of(path: Path) -> WriterLock:
    """Return the one lock this process uses for a path, however many workspaces ask."""
    return _LOCKS.setdefault(path.resolve(), WriterLock(path))


def holder_of(path: Path) -> str:
    """Say who last took the lock: ``process 123``, or an empty string."""
    try:
        pid = path.read_text().strip()
    except OSError:
        return ""
    return f"process {pid}" if pid else ""


_LOCKS: dict[Path, WriterLock] = {}


def _take(path: Path, until: float) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    while not _is_taken(descriptor):
        if time.monotonic() >= until:
            os.close(descriptor)
            raise _refusal(path, holder_of(path) or "another process")
        time.sleep(_LOOKS_AGAIN_S)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _is_taken(descriptor: int) -> bool:
    """Take the lock of an open file unless someone holds it; flock itself knows no time limit."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _refusal(path: Path, holder: str) -> LockedError:
    return LockedError(
        f"The workspace {path.parent} is being written by {holder}; one writer is allowed at a time.",
        hint="Wait until it is done, or stop it.",
    )
