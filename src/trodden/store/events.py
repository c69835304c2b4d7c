"""The events table: the truth, append-only, and on disk before anything says so."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from deltalake import DeltaTable

from trodden.model.errors import DiskFullError, DurabilityError, LockedError, StoreError
from trodden.store import delta, files
from trodden.store._arrow import Table, pc
from trodden.store.dedup import Ids, NewRows, SeenIds, ids_of
from trodden.store.delta import Change, DataFile
from trodden.store.disk import give_up_ballast, require_room
from trodden.store.durable import NO_VERSION, DurableState, LogFile
from trodden.store.faultpoints import declare, fault_point
from trodden.store.folder import Workspace
from trodden.store.harden import flush_all
from trodden.store.recover import check_log, is_settled, recover

WRITERS: Final = 2
"""Threads that compress and write the files of one append."""

declare("events.before_file", "events.after_file")
declare("events.before_folders", "events.after_folders")
declare("events.after_parquet_before_log", "events.after_log_before_flush", "events.after_flush")

_broken: dict[Path, str] = {}


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did: rows stored, rows that were there already, and the durable version after it.

    ``is_repeat``: the application transaction had been carried out before, so nothing was looked at.
    """

    stored: int
    duplicates: int
    version: int
    is_repeat: bool = False


class EventStore:
    """Events of one workspace, as a Delta table partitioned by month.

    Reading pins the durable version, so a reader never sees what a power cut could take back. One
    writer at a time; each change is on disk when its method returns. After a failed flush this
    process may not write the workspace again.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.durable = DurableState(workspace.loader_db)
        self._verified = files.Verified()
        self._table: DeltaTable | None = None
        self._fresh: set[str] = set()
        self._seen = SeenIds(self._read_ids)

    @property
    def durable_version(self) -> int:
        """Return the last version a power cut cannot take back; -1 where there are no events."""
        return self.durable.version

    def append(self, events: Table, app_id: str = "", app_version: int = 0) -> Appended:
        """Store the events that are not there yet; they are on disk when this returns.

        An event is there already when its month holds its event id. Of equal ids in ``events`` the
        first row counts. Rows of one month keep their order.

        Parameters
        ----------
        events
            Rows of `EVENT_SCHEMA`.
        app_id, app_version
            An application and how far it has come; a version not above the one last committed for
            the application changes nothing.

        Raises
        ------
        DiskFullError
            If there is no room; nothing was stored.
        DurabilityError
            If a flush failed; the outcome is settled when the workspace is next opened.
        LockedError
            If somebody else is writing.
        StoreError
            If the commit failed and does not stand in the log.
        """
        with self.writing():
            return self.append_held(events, app_id, app_version)

    def append_held(self, events: Table, app_id: str = "", app_version: int = 0) -> Appended:
        """Do what `append` does, for a caller who is inside `writing` already, in any thread."""
        last = self.table().transaction_version(app_id) if app_id else None
        if last is not None and last >= app_version:
            return Appended(0, 0, self.durable_version, is_repeat=True)
        new_rows = self._new_rows(events)
        added = self._write_files(events, new_rows)
        if added:
            self.commit(Change(kind="append", add=added, app_id=app_id, app_version=app_version))
            for month, new in new_rows.items():
                self._seen.add(month, new.ids)
        stored = sum(file.rows for file in added)
        return Appended(stored, events.num_rows - stored, self.durable_version)

    def added_since(self, version: int) -> list[Path] | None:
        """Return the files that appends after ``version`` brought, in order, verified.

        Returns
        -------
        list[Path] | None
            None when it can no longer be told: events were erased since, or the log entries or the
            files have been compacted away. The reader then starts from all `files`.

        Raises
        ------
        DamagedFileError
            If one of them is damaged.
        """
        found: list[Path] = []
        for number in range(version + 1, self.durable_version + 1):
            entry = self._appended_by(number)
            if entry is None:
                return None
            found += entry
        if not all(path.exists() for path in found):
            return None
        self._verified.check(found)
        return found

    def files(self, months: Iterable[int] | None = None) -> list[Path]:
        """Return the files of the durable version, verified, oldest month first.

        Raises
        ------
        DamagedFileError
            If one is missing, or its bytes are not those that were written.
        """
        paths = [self.workspace.events / file.path for file in self.live(months)]
        self._verified.check(paths)
        return paths

    def live(self, months: Iterable[int] | None = None) -> list[DataFile]:
        """Return what the log says of the files of the durable version."""
        table = self._pinned()
        wanted = None if months is None else set(months)
        every = delta.live_files(table) if table is not None else []
        return [file for file in every if wanted is None or file.month in wanted]

    def dataset(self, months: Iterable[int] | None = None) -> Any:  # noqa: ANN401 -- an Arrow dataset
        """Open the durable events as an Arrow dataset of `EVENT_SCHEMA`."""
        return files.dataset(self.files(months))

    def read(self, columns: Sequence[str] | None = None, months: Iterable[int] | None = None) -> Table:
        """Read the durable events into memory."""
        return self.dataset(months).to_table(columns=list(columns) if columns is not None else None)

    def known(self, events: Table) -> int:
        """Count those of some events that are there already, as `append` would find them."""
        ids, months = ids_of(events.column("event_id")), events.column("month").to_numpy()
        new = 0
        for month in map(int, np.unique(months)):
            among = ids.take(np.flatnonzero(months == month))
            new += len(self._seen.new_rows(month, among, is_fresh=False).rows)
        return events.num_rows - new

    def count(self) -> int:
        """Count the durable events."""
        return sum(file.rows for file in self.live())

    def verify(self, paths: Iterable[Path]) -> None:
        """Raise `DamagedFileError` at the first of these files that is not as it was written."""
        self._verified.check(paths)

    def close(self) -> None:
        """Let go of what this object holds open."""
        self.durable.close()
        self._table = None
        self._seen.forget()

    @contextlib.contextmanager
    def writing(self) -> Generator[DeltaTable]:
        """Hold the right to write, with the table recovered and at its durable version.

        Raises
        ------
        DurabilityError
            If a flush has failed in this process before.
        LockedError
            If somebody else is writing.
        """
        root = self.workspace.root.resolve()
        with self.workspace.lock():
            _refuse_broken(root)
            try:
                yield self.table()
            except DurabilityError as error:
                _broken[root] = error.message
                raise
            except (StoreError, OSError):
                self._table = None
                raise

    def commit(self, change: Change) -> None:
        """Make one change durable: folders, log entry, version, in that order, each flushed.

        The caller holds `writing`; the files to add have been flushed.
        """
        table = self.workspace.events
        fault_point("events.before_folders")
        flush_all([*(table / str(Path(file.path).parent) for file in change.add), table])
        fault_point("events.after_folders")
        fault_point("events.after_parquet_before_log")
        version = delta.commit(self.table(), change)
        fault_point("events.after_log_before_flush")
        entry = delta.entry_path(table, version)
        flush_all([entry, entry.parent])
        fault_point("events.after_flush")
        self.durable.advance(version, [LogFile.of(entry)])

    def write_file(self, month: int, events: Table, *, may_use_reserve: bool = False) -> DataFile:
        """Write and flush one file of one month; `commit` makes it count."""
        encoded = files.encode(events)
        if not may_use_reserve:
            require_room(self.workspace.events, len(encoded))
        fault_point("events.before_file")
        written = files.write(self.workspace.events, month, events, encoded)
        fault_point("events.after_file")
        return written

    def rewritten(
        self, touched: Iterable[DataFile], left_of: Callable[[Table], Table], *, may_use_reserve: bool = False
    ) -> Iterator[DataFile]:
        """Write what is left of files, one after the other; nothing for a file of which nothing is."""
        for file in touched:
            left = left_of(files.dataset([self.workspace.events / file.path]).to_table())
            if left.num_rows:
                yield self.write_file(file.month, left, may_use_reserve=may_use_reserve)

    def table(self) -> DeltaTable:
        """Return the table at its durable version, recovered; the caller holds `writing`."""
        durable = self.durable_version
        if self._table is not None and self._table.version() == durable != NO_VERSION:
            return self._table
        self._seen.forget()
        self._fresh.clear()
        if self._recovered() == NO_VERSION:
            self._create()
        self._table = delta.load(self.workspace.events, self.durable_version)
        return self._table

    def _recovered(self) -> int:
        """Recover; where the disk is full, give up the ballast for it."""
        try:
            return recover(self.workspace, self.durable)
        except DiskFullError:
            if not give_up_ballast(self.workspace.root):
                raise
            return recover(self.workspace, self.durable)

    def _create(self) -> None:
        delta.create(self.workspace.events)
        entry = delta.entry_path(self.workspace.events, 0)
        flush_all([entry, entry.parent, self.workspace.events, self.workspace.root])
        self.durable.advance(0, [LogFile.of(entry)])

    def _pinned(self) -> DeltaTable | None:
        durable = self.durable_version
        if self._table is not None and self._table.version() == durable:
            return self._table
        if not is_settled(self.workspace, self.durable):
            self._settle()
            durable = self.durable_version
        if durable == NO_VERSION:
            return None
        check_log(self.workspace, self.durable)
        return delta.load(self.workspace.events, durable)

    def _settle(self) -> None:
        """Recover, unless a writer is at work: then what is unsettled is its business."""
        with contextlib.suppress(LockedError), self.workspace.lock():
            recover(self.workspace, self.durable)

    def _appended_by(self, version: int) -> list[Path] | None:
        try:
            actions = delta.read_entry(delta.entry_path(self.workspace.events, version))
        except FileNotFoundError:
            return None
        if delta.kind_of(actions) == "erase":
            return None
        is_append = delta.kind_of(actions) == "append"
        added = delta.added_files(actions) if is_append else []
        return [self.workspace.events / file.path for file in added]

    def _read_ids(self, month: int) -> list[Ids]:
        return [ids_of(files.event_ids_of(path)) for path in self.files([month])]

    def _new_rows(self, events: Table) -> dict[int, NewRows]:
        sources = set(pc.unique(events.column("source")).to_pylist())
        self._fresh |= self.durable.new_sources(sources)
        is_fresh = sources <= self._fresh
        ids, months = ids_of(events.column("event_id")), events.column("month").to_numpy()
        found: dict[int, NewRows] = {}
        for month in map(int, np.unique(months)):
            rows = np.flatnonzero(months == month)
            new = self._seen.new_rows(month, ids.take(rows), is_fresh=is_fresh)
            found[month] = NewRows(rows[new.rows], new.ids)
        return found

    def _write_files(self, events: Table, new: dict[int, NewRows]) -> tuple[DataFile, ...]:
        constant = files.constant_columns(events)

        def write(month: int) -> DataFile:
            return self.write_file(month, files.rows_of(events, new[month].rows, constant))

        months = [month for month, found in new.items() if len(found.rows)]
        with ThreadPoolExecutor(WRITERS) as pool:
            written = [pool.submit(write, month) for month in months]
        failed = next((one for one in written if one.exception() is not None), None)
        if failed is None:
            return tuple(one.result() for one in written)
        for one in written:
            if one.exception() is None:
                (self.workspace.events / one.result().path).unlink()
        raise failed.exception() or StoreError("A file could not be written.")


def is_broken(workspace: Workspace) -> bool:
    """Say whether a flush has failed in this process, so that it may not write any more."""
    return workspace.root.resolve() in _broken


def _refuse_broken(root: Path) -> None:
    if root in _broken:
        raise DurabilityError(
            f"A flush failed earlier in this process: {_broken[root]}",
            hint="Stop the process, look at the disk, and start again.",
        )
