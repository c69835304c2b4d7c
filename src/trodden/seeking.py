"""When the worker looks for findings: as soon as somebody wishes it, and when data or maps have changed.

Each search is a process of its own that steps back behind the pages, so that nothing of it stays in memory.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from trodden.insights.findings.searching import Failure, end_search, is_wished, note_failure, take_wish
from trodden.model.errors import NotAWorkspaceError
from trodden.settings import load_settings
from trodden.store.folder import Workspace

REST_S: Final = 300.0
"""Between two searches nobody wished for; and ten times as long as the last one took."""
REST_TIMES: Final = 10.0
FAILED_S: Final = 60.0
"""Before a search that failed is made again by itself; twice as long after each further failure."""
LONGEST_S: Final = 6 * 3600.0

log = logging.getLogger("trodden.worker")


class Seeker:
    """Looks for findings in one workspace."""

    def __init__(self, home: Path, name: str) -> None:
        self._home = home
        self._name = name
        self._child: subprocess.Popen[bytes] | None = None
        self._begun = self._begun_at = 0.0
        self._rests_until = 0.0
        self._sought: tuple[tuple[str, int], ...] = ()
        self._failures = 0

    def look(self) -> None:
        """Begin a search if one is wished for or due, and none goes on; never wait for it."""
        if self._is_busy():
            return
        now = self._state()
        if now and (self._is_wished() or self._is_due(now)):
            self._begin()
            self._sought = now

    def stop(self) -> None:
        """End the search that goes on; nobody is told of it any more."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None
            with contextlib.suppress(NotAWorkspaceError):
                end_search(self._workspace())

    def _is_busy(self) -> bool:
        if self._child is None:
            return False
        if self._child.poll() is None:
            return True
        self._child.communicate()
        status, self._child = self._child.returncode, None
        took = time.monotonic() - self._begun
        self._rests_until = time.monotonic() + max(REST_S, REST_TIMES * took)
        with contextlib.suppress(NotAWorkspaceError):
            self._note_end(self._workspace(), status)
        return False

    def _note_end(self, workspace: Workspace, status: int) -> None:
        """Note how a search ended; one that failed is made again after a while, of itself."""
        end_search(workspace)
        if status == 0:
            self._failures = 0
            note_failure(workspace, None)
            return
        self._failures += 1
        waits = min(FAILED_S * 2 ** min(self._failures - 1, 20), LONGEST_S)
        self._rests_until, self._sought = time.monotonic() + waits, ()
        take_wish(workspace, before=self._begun_at)
        note_failure(workspace, Failure(self._failures, time.time() + waits))
        log.error("findings.failed name=%s status=%d next_in_s=%d", self._name, status, waits)

    def _workspace(self) -> Workspace:
        return Workspace.open(self._home, self._name)

    def _is_wished(self) -> bool:
        try:
            return is_wished(self._workspace())
        except NotAWorkspaceError:
            return False

    def _is_due(self, now: tuple[tuple[str, int], ...]) -> bool:
        is_rested = time.monotonic() >= self._rests_until
        return is_rested and now != self._sought and load_settings(self._home).seek_findings

    def _state(self) -> tuple[tuple[str, int], ...]:
        """Return what tells walks and maps that have changed; nothing before there are walks."""
        root = self._home / "workspaces" / self._name
        current = root / "walks" / "CURRENT"
        files = (current, *(root / "maps").glob("*"))
        return tuple(sorted(_stated(path) for path in files)) if current.exists() else ()

    def _begin(self) -> None:
        where = ("--home", str(self._home), "--workspace", self._name)
        command = [sys.executable, "-P", "-m", "trodden", *where, "findings", "--background"]
        self._begun, self._begun_at = time.monotonic(), time.time()
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE)


def _stated(path: Path) -> tuple[str, int]:
    try:
        return str(path), path.stat().st_mtime_ns
    except FileNotFoundError:
        return str(path), 0
