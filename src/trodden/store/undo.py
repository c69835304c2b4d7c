"""Take an import back: remove exactly the events it added, as if it had never been.

An import's events are known by their source and their time of receipt, which it shares with no other. They
go in one commit over all months, so that they are all there or all gone. When all is written that needs
room, and before that commit, the ledger says that the import no longer counts: what is interrupted from then
on is finished later.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from trodden.model.errors import CallerError
from trodden.store._arrow import Table, pa, pc, pq
from trodden.store.compact import retire
from trodden.store.delta import Change, DataFile, entry_path
from trodden.store.events import EventStore
from trodden.store.faultpoints import declare, fault_point
from trodden.store.folder import Workspace
from trodden.store.imports import ImportLedger, ImportRecord, imports_in
from trodden.store.touchpoints_files import load_rules

declare("undo.before_events", "undo.after_events", "undo.after_walks", "undo.after_rejects")


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """What taking an import back removes, or has removed.

    ``customers`` have events among those that go; ``left``: events of the same source that stay. ``bereft``:
    imports that found rows known already, which may go with this one; importing their files again brings
    them back. Where an undo was interrupted, ``customers`` counts what it left to do.
    ``is_repeat``: it had been taken back before, and nothing was done.
    """

    record: ImportRecord
    events: int = 0
    customers: int = 0
    left: int = 0
    bereft: tuple[ImportRecord, ...] = ()
    is_repeat: bool = False


def plan_undo(workspace: Workspace, import_id: int) -> Undo:
    """Say what `undo_import` would do, without changing anything.

    Raises
    ------
    UnknownNameError
        If there is no import of this number.
    CallerError
        If its events cannot be told from others of its source.
    """
    with contextlib.closing(ImportLedger(workspace.imports_db)) as ledger:
        record = ledger.find(import_id)
        if record.undone_at:
            return Undo(record=record, events=record.removed, is_repeat=True)
        _refuse_untold(record)
        bereft = tuple(ledger.bereft_of(record))
    with contextlib.closing(EventStore(workspace)) as store:
        added = _Added(record)
        for path in store.files():
            added.count(path)
    events = record.removed if record.undo_begun_at else added.events
    return Undo(
        record=record,
        events=events,
        customers=len(added.customers),
        left=added.others,
        bereft=bereft if events else (),
    )


def undo_import(workspace: Workspace, import_id: int) -> Undo:
    """Remove the events an import added, and bring the walks to what is left.

    Events an earlier import had brought stay. What later imports found known already because of this one
    goes, and the ledger no longer takes their files for imported: importing such a file again brings its
    rows back. Taking it back twice does nothing. An interrupted undo is finished by this, or `resume_undos`.

    Raises
    ------
    UnknownNameError, CallerError
        As `plan_undo`.
    RulesError
        If the touchpoint rules cannot be used; nothing was changed.
    LockedError
        If somebody else is writing.
    DiskFullError
        If the files that hold events of others as well cannot be written anew; nothing was changed.
    DurabilityError
        If a flush failed; the outcome is settled when the workspace is next opened.
    """
    with workspace.lock():
        load_rules(workspace.touchpoints_file)
        plan = plan_undo(workspace, import_id)
        if not plan.is_repeat:
            _undo(workspace, plan)
        return plan


def resume_undos(workspace: Workspace) -> int:
    """Finish every undo that was interrupted; return how many there were."""
    records = imports_in(workspace.imports_db)
    pending = [one.id for one in records if one.undo_begun_at and not one.undone_at]
    for import_id in pending:
        undo_import(workspace, import_id)
    return len(pending)


def _undo(workspace: Workspace, plan: Undo) -> None:
    from trodden.store.walks import WalkStore

    record = plan.record
    with contextlib.closing(ImportLedger(workspace.imports_db)) as ledger:
        with contextlib.closing(EventStore(workspace)) as store, store.writing():
            _remove(store, ledger, plan)
        fault_point("undo.after_events")
        WalkStore(workspace).refresh()
        fault_point("undo.after_walks")
        if record.rejects_file:
            (workspace.rejects / record.rejects_file).unlink(missing_ok=True)
        fault_point("undo.after_rejects")
        ledger.finish_undo(record)


def _remove(store: EventStore, ledger: ImportLedger, plan: Undo) -> None:
    """Remove the events, all or none; what was written for it goes where it surely did not happen."""
    record = plan.record
    with contextlib.ExitStack() as written:
        change = _change(store, _Added(record), written)
        if not record.undo_begun_at:
            ledger.begin_undo(record.id, plan.events)
        fault_point("undo.before_events")
        if change.remove:
            store.commit(change)
        written.pop_all()
    if change.remove:
        retire(store, change.remove)


class _Added:
    """The events one import added, and how many of them have been met."""

    def __init__(self, record: ImportRecord) -> None:
        self.record = record
        self.events = 0
        self.others = 0
        self.customers: set[str] = set()

    def among(self, events: Table) -> NDArray[np.bool_]:
        """Mark the events that are of this import."""
        received = pc.equal(pc.cast(events.column("received_at"), pa.int64()), self.record.received_us)
        return pc.and_(self._of_source(events), received).to_numpy()

    def left_of(self, events: Table) -> Table:
        """Return the events that are of no such import."""
        return events.filter(pa.array(~self.among(events)))

    def touches(self, path: Path) -> bool:
        """Say whether a file holds any of them."""
        return bool(self.among(_read(path, ["source", "received_at"])).any())

    def count(self, path: Path) -> None:
        """Count those of a file, and the others of the source."""
        events = _read(path, ["source", "received_at"])
        mine = self.among(events)
        self.events += int(mine.sum())
        self.others += int(pc.sum(self._of_source(events)).as_py() or 0) - int(mine.sum())
        if mine.any():
            ids = _read(path, ["ids"]).column("ids").filter(pa.array(mine))
            named = ids.filter(pc.greater(pc.list_value_length(ids), 0))
            first = pc.struct_field(pc.list_element(named, 0), "value")
            self.customers.update(pc.unique(first).to_pylist())

    def _of_source(self, events: Table) -> Table:
        return pc.equal(events.column("source"), self.record.source)


def _change(store: EventStore, added: _Added, written: contextlib.ExitStack) -> Change:
    """Write the files they are in anew without them; return the one change that puts those in their place.

    Leaving ``written`` takes the new files away again.
    """
    table = store.workspace.events
    live = store.live()
    store.verify([table / file.path for file in live])
    touched = tuple(file for file in live if added.touches(table / file.path))
    return Change(kind="erase", add=_written(store, touched, added, written), remove=touched)


def _written(
    store: EventStore, touched: tuple[DataFile, ...], added: _Added, written: contextlib.ExitStack
) -> tuple[DataFile, ...]:
    """Write what is left of files."""
    table = store.workspace.events
    kept: list[DataFile] = []
    entry = entry_path(table, store.durable_version + 1)
    written.callback(lambda: _take_away([table / file.path for file in kept], entry))
    kept.extend(store.rewritten(touched, added.left_of))  # one by one, so that what a failure leaves is known
    return tuple(kept)


def _take_away(paths: list[Path], entry: Path) -> None:
    """Remove files that nothing refers to: there is no log entry that may have made them count."""
    if not entry.exists():
        for path in paths:
            path.unlink()


def moments_since(workspace: Workspace, source: str, received_us: int) -> set[int]:
    """Return the times of receipt of a source's events from one on, microseconds since the epoch."""
    with contextlib.closing(EventStore(workspace)) as store:
        since = pa.scalar(received_us, pa.timestamp("us", "UTC"))
        wanted = (pc.field("source") == source) & (pc.field("received_at") >= since)
        found = store.dataset().to_table(columns=["received_at"], filter=wanted)
    return set(pc.cast(found.column("received_at"), pa.int64()).to_pylist())


def _read(path: Path, columns: list[str]) -> Table:
    return pq.read_table(path, columns=columns, partitioning=None)


def _refuse_untold(record: ImportRecord) -> None:
    if record.received_us is None:
        raise CallerError(
            f"Import {record.id} ({record.source!r}) cannot be taken back: nobody noted which events it "
            "added. It was made by an earlier version, or not by `trodden import`.",
            hint="Import what is to be kept into another workspace: `trodden --workspace NAME import FILE`.",
        )
