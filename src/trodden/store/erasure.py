"""Erase a person from everything a workspace keeps, so that it can be proved (storage, section 7)."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path

import msgspec

from trodden.store._arrow import Table, pa, pc, pq
from trodden.store.answers import forget_seen
from trodden.store.compact import checkpoint, sweep
from trodden.store.delta import Change, DataFile
from trodden.store.disk import give_up_ballast
from trodden.store.durable import DurableState
from trodden.store.erased import ErasedIds, bears
from trodden.store.events import EventStore
from trodden.store.faultpoints import declare, fault_point
from trodden.store.folder import Workspace
from trodden.store.harden import write_file
from trodden.store.imports import ImportLedger
from trodden.store.proof import Trace, traces, traces_in
from trodden.store.values import Wanted

declare("erasure.before_events", "erasure.after_events", "erasure.after_walks")
declare("erasure.after_files", "erasure.after_look")


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """What an erasure took away: events, lines of rejected rows and logs, files that were cached or brought.

    ``traces``: what a look into every file of the workspace still found, as ``file: place``; empty is
    the proof. What people wrote by hand (maps, rules, segments) is never changed and may show here.
    """

    events: int
    lines: int
    cached: int
    traces: tuple[str, ...] = ()


def erase_customer(workspace: Workspace, customer: str) -> Erasure:
    """Erase everybody who goes by this identifier, from every store of the workspace.

    Every event any of whose identifiers has this value goes, with the files it was in, the log
    entries that named them, its walk, its codes, rejected rows and logs that name it, and all that was
    computed. Afterwards a salted hash alone is left, by which a later import refuses the
    identifier. An interrupted erasure is finished by calling this, or `resume_erasures`, again.
    Who has more to do before it counts as finished calls `take_away`, then `settle_erasure`.

    Parameters
    ----------
    customer
        The identifier, exactly as it arrived; its kind is not looked at.

    Raises
    ------
    LockedError
        If somebody else is writing.
    DurabilityError
        If a flush failed; the erasure is then not finished.
    """
    with workspace.lock():
        done = take_away(workspace, customer)
        left = settle_erasure(workspace, customer)
        return msgspec.structs.replace(done, traces=(*done.traces, *left))


def take_away(workspace: Workspace, customer: str) -> Erasure:
    """Erase everybody who goes by this identifier, as `erase_customer`, but let it stay noted as unfinished.

    ``traces`` are those beside the list of erasures, which names them until `settle_erasure`.
    """
    with workspace.lock():
        with closing(ErasedIds(workspace.erased_db)) as erased:
            give_up_ballast(workspace.root)
            erased.note(customer)
            done = _erase(workspace, erased, customer)
        forget_seen(workspace.erased_db)
        empty_folder(workspace.cache)  # what was computed meanwhile of walks that still held them
        ledger = _ledger(workspace)
        found = (one for one in traces(workspace.root, customer) if one.path not in ledger)
        done = msgspec.structs.replace(done, traces=_told(workspace, found))
        fault_point("erasure.after_look")
        return done


def settle_erasure(workspace: Workspace, customer: str) -> tuple[str, ...]:
    """Count an erasure as finished, and forget who it was; return the traces in the list of erasures."""
    with workspace.lock():
        with closing(ErasedIds(workspace.erased_db)) as erased:
            erased.settle(customer)
        return _told(workspace, traces_in(_ledger(workspace), customer))


def note_erasure(workspace: Workspace, customer: str) -> None:
    """Note for good that somebody is to be erased, without the right to write.

    From now on imports refuse them, also one that is under way; who tidies the workspace next erases them.
    """
    with closing(ErasedIds(workspace.erased_db)) as erased:
        erased.note(customer)


def pending_erasures(workspace: Workspace) -> list[str]:
    """Return the identifiers whose erasure was asked for, or begun, and is not finished."""
    with closing(ErasedIds(workspace.erased_db)) as erased:
        return erased.pending()


def resume_erasures(workspace: Workspace) -> int:
    """Finish every erasure that was asked for or interrupted; return how many there were."""
    pending = pending_erasures(workspace)
    for customer in pending:
        erase_customer(workspace, customer)
    return len(pending)


class Forgetting:
    """What has to go from the table: whom, and the sources whose very names name them."""

    def __init__(self, customer: str, erased: ErasedIds) -> None:
        self.customer = customer
        self._wanted = Wanted(customer)
        self._erased = erased

    def renamed(self, sources: Iterable[str]) -> dict[str, str]:
        """Return those sources that name the person, with what stands for each from now on."""
        naming = {source for source in sources if self._wanted.in_text(source)}
        return {source: self._erased.stand_in(source) for source in naming}

    def renamed_paths(self, paths: Iterable[str]) -> dict[str, str]:
        """Return those paths any part of which names the person, with what stands for each."""
        naming = {path for path in paths if any(map(self._wanted.in_text, (path, *Path(path).parts)))}
        return {path: self._erased.stand_in(path) for path in naming}

    def touches(self, path: Path) -> bool:
        """Say whether a file holds anything that has to go."""
        read = pq.read_table(path, columns=["ids", "source"], partitioning=None)
        mine = bears(read.column("ids"), [self.customer]).any()
        return bool(mine) or bool(self.renamed(pc.unique(read.column("source")).to_pylist()))

    def left_of(self, events: Table) -> Table:
        """Return the events of others, from sources that name nobody who was forgotten."""
        left = events.filter(pa.array(~bears(events.column("ids"), [self.customer])))
        place = left.schema.get_field_index("source")
        for old, new in self.renamed(pc.unique(left.column("source")).to_pylist()).items():
            column = left.column(place)
            left = left.set_column(place, left.field(place), pc.if_else(pc.equal(column, old), new, column))
        return left


def erase_events(store: EventStore, forgetting: Forgetting) -> int:
    """Erase a person's events from the table, its files and its log; return how many there were.

    Each file that holds any is written anew without them. When this returns, the old files, the log
    entries before the newest checkpoint and the files of appends that never committed are gone.
    """
    with store.writing():
        gone = 0
        for _, group in groupby(store.live(), key=_month):
            gone += _erase_from(store, list(group), forgetting)
        sweep(store, grace_seconds=-1)
        checkpoint(store, kept_entries=0)
    store.close()
    return gone


def _erase(workspace: Workspace, erased: ErasedIds, customer: str) -> Erasure:
    from trodden.store.walks import WalkStore

    forgetting = Forgetting(customer, erased)
    fault_point("erasure.before_events")
    events = erase_events(EventStore(workspace), forgetting)
    fault_point("erasure.after_events")
    WalkStore(workspace).erase(customer)
    fault_point("erasure.after_walks")
    wanted = Wanted(customer)
    lines = sum(_drop_lines(path, wanted) for path in text_files(workspace))
    brought = [one for folder in (workspace.uploads, workspace.jobs) for one in folder.glob("*")]
    cached = sum(_take_away(one, workspace.cache) for one in brought)
    cached += sum(empty_folder(folder) for folder in (workspace.cache, workspace.quarantine))
    _rename_sources(workspace, forgetting)
    fault_point("erasure.after_files")
    return Erasure(events=events, lines=lines, cached=cached)


def _month(file: DataFile) -> int:
    return file.month


def _erase_from(store: EventStore, month: list[DataFile], forgetting: Forgetting) -> int:
    table = store.workspace.events
    store.verify([table / file.path for file in month])
    touched = [file for file in month if forgetting.touches(table / file.path)]
    if not touched:
        return 0
    kept = list(store.rewritten(touched, forgetting.left_of, may_use_reserve=True))
    store.commit(Change(kind="erase", add=tuple(kept), remove=tuple(touched)))
    return sum(file.rows for file in touched) - sum(file.rows for file in kept)


def _ledger(workspace: Workspace) -> tuple[Path, ...]:
    """Return the files of the list of erasures."""
    path = workspace.erased_db
    return (path, *(path.with_name(f"{path.name}-{part}") for part in ("wal", "shm", "journal")))


def _told(workspace: Workspace, found: Iterable[Trace]) -> tuple[str, ...]:
    return tuple(f"{trace.path.relative_to(workspace.root)}: {trace.place}" for trace in found)


def text_files(workspace: Workspace) -> Iterator[Path]:
    """Give the files of lines that may name people: rejected rows, mapping samples, logs, exports."""
    for folder in (workspace.rejects, workspace.root / "logs", workspace.root / "exports"):
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def _drop_lines(path: Path, wanted: Wanted) -> int:
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:  # a log that is rotated, an export that is removed
        return 0
    if wanted.in_text(path.name):
        path.unlink(missing_ok=True)
        return len(lines)
    kept = [line for line in lines if not wanted.in_line(line)]
    if len(kept) < len(lines):
        write_file(path, b"".join(kept))
    return len(lines) - len(kept)


def empty_folder(folder: Path) -> int:
    """Remove every file below a folder of what can be made again; return how many."""
    found = _files_below(folder)
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _take_away(folder: Path, beside: Path) -> int:
    """Remove a folder at one blow, so that nobody at work in it writes there any more; count its files."""
    away = beside / f"{uuid.uuid4()}"
    away.mkdir(parents=True)
    try:
        folder.rename(away / folder.name)
    except FileNotFoundError:  # its work ended meanwhile
        return 0
    files = len(_files_below(away))
    shutil.rmtree(away)
    return files


def _files_below(folder: Path) -> list[Path]:
    return [Path(parent, name) for parent, _folders, names in os.walk(folder) for name in names]


def _rename_sources(workspace: Workspace, forgetting: Forgetting) -> None:
    durable, ledger = DurableState(workspace.loader_db), ImportLedger(workspace.imports_db)
    try:
        every = ledger.imports()
        renamed = forgetting.renamed([*durable.sources(), *(one.source for one in every)])
        renamed |= forgetting.renamed_paths(one.path for one in every)
        if renamed:
            durable.rename_sources(renamed)
            ledger.rename_sources(renamed)
    finally:
        durable.close()
        ledger.close()
