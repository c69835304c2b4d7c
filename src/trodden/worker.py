"""The second process of a server: what is better done beside the pages than in them.

It only watches. What there is to do is done by a child that ends, so that between two changes of a workspace
there is no process that holds the libraries of the store in memory.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from trodden.collect.parent import end_with_parent
from trodden.model.errors import LockedError, NotAWorkspaceError, TroddenError
from trodden.seeking import Seeker

if TYPE_CHECKING:
    from trodden.store.folder import Workspace

EVERY_S: Final = 30.0
"""Between two looks at the workspaces."""

ANYWAY_S: Final = 3600.0
"""A workspace that has not changed is tidied as often: some files are removed only when they are old."""

WISHES_S: Final = 1.0
"""Between two looks at what somebody wishes."""

CHILD: Final = "trodden.worker"
"""The module whose process tidies one workspace and ends."""

BUSY: Final = 3
"""How the child ends when someone else was writing."""

_PASSING: Final = frozenset({"cache", "jobs", "uploads"})
"""Folders in which nothing is to be tidied whenever it changes."""

State = tuple[tuple[str, int, int], ...]
"""Paths with time of change and size."""

Step = Callable[["Workspace"], object]
"""Something that is done to a workspace by who holds the right to write it."""

log = logging.getLogger("trodden.worker")


def run(home: Path, stop: threading.Event | None = None, child: str = CHILD) -> None:
    """Keep every workspace of a home folder tidy until ``stop`` is set or the process is told to end.

    Findings are looked for beside that, and as soon as somebody wishes it. ``child`` names the module that
    tidies one workspace.
    """
    stop = stop or _stop_on_signals()
    watched: dict[str, Watched] = {}
    seekers: dict[str, Seeker] = {}
    troubles: dict[str, str] = {}
    try:
        while not stop.is_set():
            for mark in sorted((home / "workspaces").glob("*/workspace.json")):
                name = mark.parent.name
                _look(watched.setdefault(name, Watched(home, name, child)), stop)
                seekers.setdefault(name, Seeker(home, name))
            _seek(seekers, stop, troubles)
    finally:
        for seeker in seekers.values():
            seeker.stop()


def _look(watched: Watched, stop: threading.Event) -> None:
    """Look at a workspace; what goes wrong there, on a full disk for example, ends no server."""
    try:
        watched.look(stop)
    except Exception:  # the outermost loop of this process
        log.exception("workspace.unwatched name=%s", watched.name)


def _seek(seekers: dict[str, Seeker], stop: threading.Event, troubles: dict[str, str]) -> None:
    """Let findings be looked for until the workspaces are looked at again."""
    until = time.monotonic() + EVERY_S
    while not stop.is_set() and time.monotonic() < until:
        for name, seeker in seekers.items():
            troubles[name] = _sought(seeker, name, troubles.get(name, ""))
        stop.wait(WISHES_S)


def _sought(seeker: Seeker, name: str, trouble: str) -> str:
    """Let findings be looked for; return what goes wrong, which is said once and ends no server."""
    try:
        seeker.look()
    except Exception as error:  # the outermost loop of this process
        if repr(error) != trouble:
            log.exception("findings.unsought name=%s", name)
        return repr(error)
    return ""


class Watched:
    """One workspace, and the state it was left in when it was tidied last."""

    def __init__(self, home: Path, name: str, child: str = CHILD) -> None:
        self.name = name
        self._home = home
        self._child = child
        self._left: State | None = None
        self._at = 0.0

    def look(self, stop: threading.Event) -> bool:
        """Tidy the workspace if anything has changed, or an hour has gone by; say whether that was so.

        What is changed meanwhile is not taken for what was tidied: there will be another round.
        """
        before = state_of(self._home, self.name)
        is_due = time.monotonic() - self._at >= ANYWAY_S
        if before == self._left and not is_due:
            return False
        is_done = self._tidied(stop)
        self._left = before if is_done and state_of(self._home, self.name) == before else None
        self._at = time.monotonic()
        return True

    def _tidied(self, stop: threading.Event) -> bool:
        """Tidy it in a child, which is ended when this process is to stop; say whether it was done."""
        command = [sys.executable, "-P", "-m", self._child, str(self._home), self.name]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
            while child.poll() is None:
                if stop.wait(0.2):
                    child.kill()
                    child.wait()
        return child.returncode == 0


def state_of(home: Path, name: str) -> State:
    """Return what tells a workspace that has changed: its files and the folders of its events.

    Left out are the answers that are remembered, files on their way in and notes of work, the lock, and what
    databases keep for those who read.
    """
    root = home / "workspaces" / name
    top = (path for path in root.glob("*") if path.is_file() and path.name != "lock")
    below = (path for path in root.glob("*/*") if path.parent.name not in _PASSING)
    stated = (_stated(path) for path in (*top, *below) if not path.name.endswith("-shm"))
    return tuple(sorted(one for one in stated if one))


def _stated(path: Path) -> tuple[str, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    is_unused = path.name.endswith("-wal") and not found.st_size
    return None if is_unused else (str(path), found.st_mtime_ns, found.st_size)


def tidy(home: Path, name: str, erase: Step | None = None, remove: Step | None = None) -> None:
    """Finish what was interrupted, drop what is too old, bring walks up to date, rewrite what is scattered.

    ``erase`` and ``remove`` do their own way what the store would: finish erasures, remove what is too old.

    Raises
    ------
    LockedError
        Someone else is writing; there will be another round.
    """
    from trodden.collect.uploads import drop_old
    from trodden.store.compact import compact
    from trodden.store.erasure import resume_erasures
    from trodden.store.events import EventStore
    from trodden.store.folder import Workspace
    from trodden.store.retention import remove_old
    from trodden.store.undo import resume_undos
    from trodden.store.walks import WalkStore

    workspace = Workspace.open(home, name)
    drop_old(workspace)
    with workspace.lock():
        (erase or resume_erasures)(workspace)
        resume_undos(workspace)
        (remove or remove_old)(workspace)
        compact(EventStore(workspace))
        walks = WalkStore(workspace)
        walks.refresh()
        walks.compact()


def main(home: str, name: str, erase: Step | None = None, remove: Step | None = None) -> int:
    """Tidy one workspace, in a process that ends when standard input does; return how it ended."""
    end_with_parent()
    try:
        tidy(Path(home), name, erase, remove)
    except (LockedError, NotAWorkspaceError):
        return BUSY
    except TroddenError as error:
        log.error("workspace.failed name=%s code=%s", name, error.code)  # noqa: TRY400 - expected, without a stack
        return 1
    except Exception:  # the outermost loop of this process
        log.exception("workspace.failed name=%s", name)
        return 1
    return 0


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what a handler is given
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
