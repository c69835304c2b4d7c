"""One writer per workspace: a lock the kernel drops when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Generator
from pathlib import Path

from trodden.model.errors import LockedError


class WriterLock:
    """The right to write one workspace, held by one thread of one process.

    The lock is `flock` on a file that is never removed, so a killed holder leaves nothing behind.
    A thread that holds it may take it again; anyone else is refused at once.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = threading.RLock()
        self._depth = 0
        self._descriptor = -1

    @contextlib.contextmanager
    def hold(self) -> Generator[None]:
        """Hold the lock inside a ``with`` block.

        Raises
        ------
        LockedError
            If another process, or another thread of this one, holds it.
        """
        if not self._thread.acquire(blocking=False):
            raise _refusal(self.path, f"another thread of process {os.getpid()}")
        try:
            self._enter()
            try:
                yield
            finally:
                self._leave()
        finally:
            self._thread.release()

    def _enter(self) -> None:
        if self._depth == 0:
            self._descriptor = _take(self.path)
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


def _take(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise _refusal(path, holder_of(path) or "another process") from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _refusal(path: Path, holder: str) -> LockedError:
    return LockedError(
        f"The workspace {path.parent} is being written by {holder}; one writer is allowed at a time.",
        hint="Wait until it is done, or stop it.",
    )
