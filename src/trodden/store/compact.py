"""Keep the table small: join small files, drop what no version needs, shorten the log.

All of it below the durable version: what replaces a file is on disk, and the durable version says
so, before the old file goes (durability, I5).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from trodden.store import files
from trodden.store._arrow import Table, pa
from trodden.store.delta import LOG, Change, DataFile
from trodden.store.durable import LogFile
from trodden.store.events import EventStore
from trodden.store.faultpoints import declare, fault_point
from trodden.store.harden import flush, flush_all
from trodden.store.recover import HINT_FILE

SMALL_ROWS: Final = 500_000
FILE_ROWS: Final = 1_000_000
MANY_FILES: Final = 4
"""A month is compacted when it has at least this many files of fewer than `SMALL_ROWS` rows."""

GRACE_SECONDS: Final = 3600.0
"""How long a file that was replaced stays, for readers who listed it before."""

KEPT_ENTRIES: Final = 100
"""How many log entries stay behind a checkpoint, for readers of `EventStore.added_since`."""

declare("compact.before_retire", "compact.after_retire", "compact.before_unlink", "compact.after_unlink")
declare("checkpoint.before_write", "checkpoint.after_write", "checkpoint.after_flush")
declare("checkpoint.before_unlink", "checkpoint.after_unlink")


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a compaction did: files read, files written in their place, files removed for good."""

    joined: int = 0
    written: int = 0
    removed: int = 0


def compact(store: EventStore, *, grace_seconds: float = GRACE_SECONDS) -> Compacted:
    """Join the small files of each month that has many, then sweep and write a checkpoint.

    The events stay the same, and `EventStore.added_since` does not report them anew.

    Raises
    ------
    LockedError
        If somebody else is writing.
    DiskFullError, DurabilityError
        As `EventStore.append`; nothing is lost.
    """
    with store.writing():
        joined = written = 0
        for small in _small_files(store.live()):
            new = _join(store, small)
            joined, written = joined + len(small), written + len(new)
        removed = sweep(store, grace_seconds=grace_seconds)
        checkpoint(store)
        return Compacted(joined, written, removed)


def sweep(store: EventStore, *, grace_seconds: float) -> int:
    """Remove data files that no durable version holds and nobody touched for a while.

    These are files replaced by compaction or erasure, and files of an append that never committed.
    The caller holds `EventStore.writing`; returns how many went.
    """
    limit = time.time() - grace_seconds
    live = {file.path for file in store.live()}
    table = store.workspace.events
    gone = [
        path
        for path in sorted(table.glob("month=*/*"))
        if str(path.relative_to(table)) not in live and path.stat().st_mtime <= limit
    ]
    fault_point("compact.before_unlink")
    for path in gone:
        path.unlink()
    flush_all(path.parent for path in gone)
    fault_point("compact.after_unlink")
    return len(gone)


def checkpoint(store: EventStore, *, kept_entries: int = KEPT_ENTRIES) -> None:
    """Write the table's state at the durable version, and drop log entries far behind it.

    The caller holds `EventStore.writing`. Nothing happens where the newest entry has its checkpoint.
    """
    log = store.workspace.events / LOG
    version = store.durable_version
    name = f"{version:020d}.checkpoint.parquet"
    if name not in store.durable.log_files:
        fault_point("checkpoint.before_write")
        store.table().create_checkpoint()
        fault_point("checkpoint.after_write")
        flush_all([log / name, log / HINT_FILE, log])
        fault_point("checkpoint.after_flush")
        store.durable.advance(version, [LogFile.of(log / name), LogFile.of(log / HINT_FILE)])
    _drop_entries(store, version, kept_entries)


def retire(store: EventStore, old: Iterable[DataFile]) -> None:
    """Start the grace period of files that were replaced."""
    fault_point("compact.before_retire")
    for file in old:
        os.utime(store.workspace.events / file.path)
    fault_point("compact.after_retire")


def _drop_entries(store: EventStore, version: int, kept: int) -> None:
    log = store.workspace.events / LOG
    old = [name for name in store.durable.log_files if _is_behind(name, version, kept)]
    if not old:
        return
    store.durable.advance(version, [], old)
    fault_point("checkpoint.before_unlink")
    for name in old:
        (log / name).unlink()
    flush(log)
    fault_point("checkpoint.after_unlink")


def _is_behind(name: str, version: int, kept: int) -> bool:
    """Say whether a log file tells nothing a checkpoint at ``version`` does not, bar ``kept`` entries."""
    number, _, kind = name.partition(".")
    if kind == "json":
        return int(number) < version - kept
    return kind == "checkpoint.parquet" and int(number) < version


def _small_files(live: Iterable[DataFile]) -> Iterator[list[DataFile]]:
    small = [file for file in live if file.rows < SMALL_ROWS]
    for _, group in groupby(sorted(small, key=_month), key=_month):
        found = list(group)
        if len(found) >= MANY_FILES:
            yield found


def _month(file: DataFile) -> int:
    return file.month


def _join(store: EventStore, small: list[DataFile]) -> list[DataFile]:
    paths = [store.workspace.events / file.path for file in small]
    store.verify(paths)
    written = [store.write_file(small[0].month, part) for part in _parts(paths)]
    store.commit(Change(kind="compact", add=tuple(written), remove=tuple(small)))
    retire(store, small)
    return written


def _parts(paths: list[Path]) -> Iterator[Table]:
    held: list[Table] = []
    rows = 0
    for path in paths:
        table = files.dataset([path]).to_table()
        held.append(table)
        rows += table.num_rows
        if rows >= FILE_ROWS:
            yield pa.concat_tables(held)
            held, rows = [], 0
    if held:
        yield pa.concat_tables(held)
