"""What runs in the processes that are killed, cut off or fed errors: real work on a real workspace."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from tests.support.events import events, load_events, received
from trodden.model.errors import TroddenError
from trodden.store import compact, disk, files, harden, loader
from trodden.store._arrow import Table, pa
from trodden.store.dedup import Ids, NewRows, SeenIds
from trodden.store.erasure import erase_customer
from trodden.store.events import EventStore
from trodden.store.folder import Workspace
from trodden.store.imports import Origin, Rejected
from trodden.store.retention import remove_old
from trodden.store.undo import undo_import
from trodden.store.walks import WalkStore
from trodden.web.backups import back_up, restore
from trodden.worker import tidy as housekeeping

BATCH = 20
"""Rows acknowledged at a time."""

GONE = "C3"
"""The customer who asks to be erased: every seventh event is theirs."""

WRONG_US = 1_798_000_000_000_000
"""When the file came in whose import is taken back."""


class Job(msgspec.Struct, frozen=True):
    """One piece of work for one process: what to do, where, with which events, and what to break.

    ``faults`` goes to ``TRODDEN_FAULTS``. ``sabotage`` takes away one of the promises, so that a
    test can show that its loss is noticed. ``waits``: stop before working until SIGCONT comes.
    """

    work: str
    home: str
    acks: str = os.devnull
    first: int = 0
    last: int = 0
    faults: str = ""
    sabotage: str = ""
    waits: bool = False


def run(job: Job) -> None:
    """Do the job in this process; exit with 3 where the product refused, with its words."""
    loader.BATCH_ROWS = BATCH  # type: ignore[misc]
    compact.KEPT_ENTRIES = 1  # type: ignore[misc]
    if job.sabotage:
        SABOTAGE[job.sabotage]()
    if job.waits:
        os.kill(os.getpid(), signal.SIGSTOP)
    os.environ["TRODDEN_FAULTS"] = job.faults
    try:
        WORK[job.work](job)
    except TroddenError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(3)


def import_events(job: Job) -> None:
    """Import numbered events; note how many are acknowledged as soon as they are."""
    loader.store_events(Workspace.create(job.home), "web.csv", _parts(job), progress=_noting(job))


def load_walks(job: Job) -> None:
    """Import numbered events and bring the walks up to date."""
    load_events(Workspace.create(job.home), "web.csv", _parts(job), progress=_noting(job))


def compact_events(job: Job) -> None:
    """Join small files, sweep at once, and keep only what the newest checkpoint does not tell."""
    store = EventStore(Workspace.open(job.home))
    compact.compact(store, grace_seconds=-1)
    with store.writing():
        compact.checkpoint(store, kept_entries=0)


def open_table(job: Job) -> None:
    """Open the table for writing, which recovers it, and change nothing."""
    with EventStore(Workspace.open(job.home)).writing():
        pass


def erase(job: Job) -> None:
    """Erase one customer."""
    erase_customer(Workspace.open(job.home), GONE)


def import_wrong(job: Job) -> None:
    """Import numbered events as a file that is to be taken back."""
    origin = Origin("/data/wrong.csv", "wrong", WRONG_US, Rejected)
    parts = (received(part, WRONG_US) for part in _parts(job))
    loader.store_events(Workspace.open(job.home), "web.csv", parts, origin=origin, progress=_noting(job))
    WalkStore(Workspace.open(job.home)).refresh()


def undo(job: Job) -> None:
    """Take the last import back."""
    undo_import(Workspace.open(job.home), 2)


def retain(job: Job) -> None:
    """Remove, in March, what is older than February."""
    remove_old(Workspace.open(job.home).keeping(1), datetime(2026, 3, 15, tzinfo=UTC))


def backup(job: Job) -> None:
    """Make a backup beside the home."""
    back_up(Path(job.home), Path(job.home).with_name("backup"))


def restore_beside(job: Job) -> None:
    """Restore that backup beside, erasing again whom the first home, if it is there, erased since."""
    place = Path(job.home)
    first = place if place.exists() else None
    restore(place.with_name("backup"), place.with_name("restored"), "default", first)


def tidy(job: Job) -> None:
    """Do what a server's second process does every half a minute."""
    housekeeping(Path(job.home), "default")


def rebuild(job: Job) -> None:
    """Build the walks anew."""
    WalkStore(Workspace.open(job.home)).rebuild()


WORK: dict[str, Callable[[Job], None]] = {
    "import": import_events,
    "load": load_walks,
    "few": load_walks,
    "compact": compact_events,
    "erase": erase,
    "wrong": import_wrong,
    "undo": undo,
    "retain": retain,
    "open": open_table,
    "tidy": tidy,
    "backup": backup,
    "restore": restore_beside,
    "rebuild": rebuild,
}


def _no_flush() -> None:
    harden.os = _Unflushed()  # type: ignore[assignment]


def _no_deduplication() -> None:
    new_rows = SeenIds.new_rows

    def every_row(self: SeenIds, month: int, ids: Ids, *, is_fresh: bool) -> NewRows:
        new_rows(self, month, ids, is_fresh=is_fresh)
        return NewRows(np.arange(len(ids.high)), ids)

    SeenIds.new_rows = every_row  # type: ignore[method-assign]


def _sweep_before_commit() -> None:
    def commit(self: EventStore, change: object) -> None:
        for file in change.remove:  # type: ignore[attr-defined]
            (self.workspace.events / file.path).unlink()
        os.kill(os.getpid(), signal.SIGKILL)

    EventStore.commit = commit  # type: ignore[assignment, method-assign]


def _wrong_names() -> None:
    def column(events: Table) -> Table:
        place = events.schema.get_field_index("name")
        return events.set_column(place, events.field(place), pa.array(["wrong"] * events.num_rows))

    encode = files.encode
    files.encode = lambda events: encode(column(events))


def _no_reserve() -> None:
    disk.RESERVE_SHARE = -1e9  # type: ignore[misc]


SABOTAGE: dict[str, Callable[[], None]] = {
    "no flush": _no_flush,
    "no deduplication": _no_deduplication,
    "wrong names": _wrong_names,
    "no reserve": _no_reserve,
    "sweep before commit": _sweep_before_commit,
}


class _Unflushed:
    """The module `os`, but for a flush that does nothing."""

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    @staticmethod
    def fsync(_: int) -> None:
        """Pretend."""


def _parts(job: Job) -> Iterator[Table]:
    for start in range(job.first, job.last, BATCH):
        yield events(range(start, min(start + BATCH, job.last)))


def _noting(job: Job) -> Callable[[int], None]:
    def note(rows: int) -> None:
        with Path(job.acks).open("a") as file:
            file.write(f"{job.first} {job.first + rows}\n")

    return note
