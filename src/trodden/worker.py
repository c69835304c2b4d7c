"""The second process of a server: what is better done beside the pages than in them."""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Final

from trodden.model.errors import LockedError, NotAWorkspaceError, TroddenError

EVERY_S: Final = 30.0
"""Between two rounds of housekeeping."""

log = logging.getLogger("trodden.worker")


def run(home: Path, stop: threading.Event | None = None) -> None:
    """Keep every workspace of a home folder tidy until ``stop`` is set or the process is told to end."""
    stop = stop or _stop_on_signals()
    while True:
        for folder in sorted((home / "workspaces").glob("*/workspace.json")):
            _tidy_or_log(home, folder.parent.name)
        if stop.wait(EVERY_S):
            return


def tidy(home: Path, name: str) -> None:
    """Finish what was interrupted, bring walks up to date, rewrite what is scattered, drop old uploads.

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
    from trodden.store.undo import resume_undos
    from trodden.store.walks import WalkStore

    workspace = Workspace.open(home, name)
    drop_old(workspace)
    with workspace.lock():
        resume_erasures(workspace)
        resume_undos(workspace)
        compact(EventStore(workspace))
        walks = WalkStore(workspace)
        walks.refresh()
        walks.compact()


def _tidy_or_log(home: Path, name: str) -> None:
    try:
        tidy(home, name)
    except (LockedError, NotAWorkspaceError):
        log.debug("workspace.busy name=%s", name)
    except TroddenError as error:
        log.error("workspace.failed name=%s code=%s", name, error.code)  # noqa: TRY400 - expected, without a stack
    except Exception:  # the outermost loop of this process
        log.exception("workspace.failed name=%s", name)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what a handler is given
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop
