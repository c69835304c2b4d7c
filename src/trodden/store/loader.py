"""Bring events from anywhere into the table, batch by batch, each on disk before it is acknowledged.

Whoever stores events brings the walks up to date afterwards: `WalkStore.refresh`, once for many files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import msgspec

from trodden.store._arrow import Table, pa
from trodden.store.disk import BALLAST_BYTES, keep_ballast
from trodden.store.erased import ErasedIds
from trodden.store.events import EventStore
from trodden.store.folder import Workspace
from trodden.store.imports import Batch, ImportLedger, Origin
from trodden.store.retention import young

BATCH_ROWS: Final = 1_000_000
BATCH_BYTES: Final = 384 << 20
"""A batch is committed when it has this many rows or bytes: memory stays bounded, files stay large."""

Progress = Callable[[int], None]


class LoadReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a load did.

    ``stored`` rows are new, ``duplicates`` were there already, ``refused`` bear an erased
    identifier, or are older than is kept. ``is_repeat``: the ledger knows this file under this source,
    so it was not read. ``import_id``: the number in the ledger, 0 for a repeat.
    """

    import_id: int = 0
    stored: int = 0
    duplicates: int = 0
    refused: int = 0
    batches: int = 0
    version: int = -1
    is_repeat: bool = False


def store_events(
    workspace: Workspace,
    source: str,
    batches: Iterable[Table],
    *,
    file_hash: str = "",
    origin: Origin | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Store events without touching the walks; what is acknowledged survives a power cut.

    A batch is acknowledged when it stands in the import ledger. An interrupted load can be run
    again, and a load run twice adds nothing. The next batch is read while the last one is written.

    Parameters
    ----------
    batches
        Rows of `trodden.store.schema.EVENT_SCHEMA`; small ones are gathered before they are committed.
    file_hash
        Hash of the bytes the events come from; where a load of this source and hash has finished,
        nothing is read. Empty: always read.
    origin
        The file they come from; without it the load cannot be taken back by itself.
    progress
        Called with the number of rows acknowledged so far.

    Raises
    ------
    LockedError
        If somebody else is writing the workspace.
    DiskFullError, DurabilityError, StoreError
        As `EventStore.append`; batches acknowledged before stay.
    """
    ledger = ImportLedger(workspace.imports_db)
    try:
        with workspace.lock():
            if ledger.has_finished(source, file_hash):
                return LoadReport(version=EventStore(workspace).durable_version, is_repeat=True)
            return _Load(workspace, ledger, progress).run(source, file_hash, batches, origin)
    finally:
        ledger.close()


class _Load:
    """One load under way."""

    def __init__(self, workspace: Workspace, ledger: ImportLedger, progress: Progress | None) -> None:
        self.store = EventStore(workspace)
        self.ledger = ledger
        self.erased = ErasedIds(workspace.erased_db)
        self.progress = progress
        self.done: list[Batch] = []

    def run(self, source: str, file_hash: str, batches: Iterable[Table], origin: Origin | None) -> LoadReport:
        number = self.ledger.begin(source, file_hash, origin)
        try:
            with self.store.writing():
                self._store_all(number, gathered(batches))
            if sum(file.bytes for file in self.store.live()) >= BALLAST_BYTES:
                keep_ballast(self.store.workspace.root)
        finally:
            self.erased.close()
            self.store.close()
        self.ledger.finish(number, origin.rejected() if origin else None)
        return self._report(number)

    def _store_all(self, number: int, batches: Iterator[Table]) -> None:
        with ThreadPoolExecutor(1) as writer:
            under_way: Future[None] | None = None
            for position, batch in enumerate(batches):
                if under_way is not None:
                    under_way.result()
                under_way = writer.submit(self._store, number, position, batch)
            if under_way is not None:
                under_way.result()

    def _store(self, import_id: int, position: int, events: Table) -> None:
        mark = Workspace.open(self.store.workspace.home, self.store.workspace.name).mark
        kept = young(self.erased.keep(events), mark.keep_months)
        appended = self.store.append_held(kept)
        batch = Batch(
            position,
            appended.stored,
            appended.duplicates,
            events.num_rows - kept.num_rows,
            appended.version,
        )
        self.ledger.acknowledge(import_id, batch)
        self.done.append(batch)
        if self.progress is not None:
            self.progress(sum(one.stored + one.duplicates + one.refused for one in self.done))

    def _report(self, number: int) -> LoadReport:
        return LoadReport(
            import_id=number,
            stored=sum(batch.stored for batch in self.done),
            duplicates=sum(batch.duplicates for batch in self.done),
            refused=sum(batch.refused for batch in self.done),
            batches=len(self.done),
            version=self.store.durable_version,
        )


def gathered(batches: Iterable[Table]) -> Iterator[Table]:
    """Join small tables into ones worth a commit; a large one is passed on as it is."""
    held: list[Table] = []
    rows = size = 0
    for batch in batches:
        held.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= BATCH_ROWS or size >= BATCH_BYTES:
            yield pa.concat_tables(held)
            held, rows, size = [], 0, 0
    if rows:
        yield pa.concat_tables(held)
