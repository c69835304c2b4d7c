"""The process that does one piece of long work: ``python -m trodden.collect.jobs_child FOLDER``.

It writes how far it has come into the folder, stops when told to (SIGTERM) and when its standard input ends,
as it does when the process that began it is gone.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from trodden.collect.importers import import_files
from trodden.collect.importers.report import FileReport, Progress
from trodden.collect.jobs import STATE, TASK, State, Task
from trodden.collect.parent import end_with_parent
from trodden.collect.uploads import CONTENT, content_of, drop_upload, find_upload
from trodden.model.errors import CallerError, CancelledError, LockedError, TroddenError
from trodden.store.folder import Workspace

PATIENCE_S: Final = 600.0
"""How long it waits for another writer."""
_EVERY_S: Final = 0.2
"""Between two notes of how far it has come."""

REJECTS: Final = "rejects"
"""Folder, beside the notes, of rows a dry run rejected."""


def main(arguments: Sequence[str]) -> int:
    """Do what the folder says."""
    (place,) = arguments
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    try:
        _work(Work(Path(place), stop))
    except FileNotFoundError:
        if Path(place).exists():
            raise  # else an erasure took away what is noted of this work, and nothing more is to be done
    return 0


def _work(work: Work) -> None:
    try:
        work.do()
    except CancelledError:
        work.note(State(phase="stopped"))
    except TroddenError as error:
        work.fail(error)


class Work:
    """One piece of work under way."""

    def __init__(self, folder: Path, stop: threading.Event) -> None:
        self._folder = folder
        self._stop = stop
        self._noted = 0.0
        self._task = msgspec.json.decode((folder / TASK).read_bytes(), type=Task)
        self._workspace = Workspace.open(self._task.home, self._task.workspace)

    def do(self) -> None:
        """Do it, and note what came of it."""
        if self._task.kind == "count":
            self.note(State(phase="done", report=self._read(is_dry=True)))
            return
        with self._alone():
            self.note(State(phase="begun"))
            self.note({"import": self._import, "undo": self._undo, "walks": self._walks}[self._task.kind]())

    def _alone(self) -> contextlib.ExitStack:
        """Take the right to write, waiting for it until told to stop."""
        until, held = time.monotonic() + PATIENCE_S, contextlib.ExitStack()
        while True:
            self._go_on()
            try:
                held.enter_context(self._workspace.lock(_EVERY_S))
            except LockedError:
                if time.monotonic() >= until:
                    raise
            else:
                return held

    def fail(self, error: TroddenError) -> None:
        """Note why it cannot be done, calling the file as its bringer does."""
        place = str(self._workspace.uploads / self._task.upload / CONTENT)
        said = (text.replace(place, self._task.name) for text in (error.message, error.hint))
        message, hint = said if self._task.upload else (error.message, error.hint)
        self.note(State(phase="failed", code=error.code, message=message, hint=hint))

    def note(self, state: State) -> None:
        """Write how far it has come; a reader sees the note before or this one, whole."""
        beside = self._folder / f"{STATE}.new"
        beside.write_bytes(msgspec.json.encode(state))
        beside.replace(self._folder / STATE)
        self._noted = time.monotonic()

    def _read(self, *, is_dry: bool) -> FileReport:
        upload = find_upload(self._workspace, self._task.upload)
        options = msgspec.structs.replace(
            self._task.options,
            dry_run=is_dry,
            brought_by=self._task.by,
            rejects_folder=str(self._folder / REJECTS) if is_dry else "",
        )
        path = content_of(self._workspace, upload)
        return import_files(self._workspace, [path], options, self._progress).files[0]

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise CancelledError("Somebody asked to stop.")

    def _progress(self, at: Progress) -> None:
        self._go_on()
        if time.monotonic() - self._noted >= _EVERY_S:
            self.note(
                State(
                    phase="begun",
                    rows=at.rows,
                    read=at.read,
                    size=at.size,
                    rate=at.rate,
                    seconds_left=at.seconds_left,
                )
            )

    def _import(self) -> State:
        self._settle_zone()
        try:
            report = self._read(is_dry=False)
        except CancelledError:
            self._walks()
            raise
        drop_upload(self._workspace, self._task.upload)
        return State(phase="done", report=report, map=self._drawn() if self._task.draws_map else "")

    def _settle_zone(self) -> None:
        """Let a workspace nothing has come into count days where its first file says times are."""
        zone = self._task.options.mapping.timezone
        if zone and not _has_events(self._workspace):
            self._workspace = self._workspace.changed(time_zone=zone)

    def _drawn(self) -> str:
        """Draft a map of the most walked way; nothing where none can be: the events are in."""
        from trodden.methods.journeys.mining import mine_way, walked_variants
        from trodden.methods.journeys.select import resolve_selection
        from trodden.model.question import Question
        from trodden.store.catalog import add_map, load_catalog
        from trodden.store.walks import WalkStore

        snapshot = WalkStore(self._workspace).open()
        catalog = load_catalog(self._workspace, snapshot)
        if catalog.maps:
            return ""
        variants = walked_variants(snapshot, resolve_selection(Question(), catalog))
        try:
            drawn = mine_way(variants, 0.5, "First draft")
            add_map(self._workspace, drawn)
        except CallerError:
            return ""
        return drawn.key

    def _undo(self) -> State:
        from trodden.store.undo import undo_import

        return State(phase="done", events=undo_import(self._workspace, self._task.import_id).events)

    def _walks(self) -> State:
        from trodden.store.walks import WalkStore

        WalkStore(self._workspace).refresh()
        return State(phase="done")


def _has_events(workspace: Workspace) -> bool:
    from trodden.store.events import EventStore

    store = EventStore(workspace)
    try:
        return store.durable_version >= 0 and store.count() > 0
    finally:
        store.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
