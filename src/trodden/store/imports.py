"""The ledger of imports: what was read from where, and which batches of it are on disk.

A batch is acknowledged when it stands here, and it is written here after its events are durable. What an
import added is known by its source and its time of receipt, which no other import of that source has.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

from trodden.model.errors import UnknownNameError
from trodden.store._sqlite import Ledger, check_integrity, rows, scrub, transaction
from trodden.store.durable import STAND_IN
from trodden.store.faultpoints import declare, fault_point

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    finished_at TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS batches (
    import_id INTEGER NOT NULL REFERENCES imports (id),
    number INTEGER NOT NULL,
    stored INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (import_id, number)
) STRICT;
CREATE INDEX IF NOT EXISTS imports_by_file ON imports (source, file_hash)
"""
_LATER: Final = {
    "path": "TEXT NOT NULL DEFAULT ''",
    "content_hash": "TEXT NOT NULL DEFAULT ''",
    "received_us": "INTEGER",
    "rejected": "INTEGER NOT NULL DEFAULT 0",
    "rejects_file": "TEXT NOT NULL DEFAULT ''",
    "undo_begun_at": "TEXT NOT NULL DEFAULT ''",
    "undone_at": "TEXT NOT NULL DEFAULT ''",
    "removed": "INTEGER NOT NULL DEFAULT 0",
    "bereft_by": "INTEGER NOT NULL DEFAULT 0",
    "brought_by": "TEXT NOT NULL DEFAULT ''",
}
"""Columns of ``imports`` that ledgers made before them are given when they are opened."""

declare("imports.before_begin", "imports.after_begin")
declare("imports.before_acknowledge", "imports.after_acknowledge")
declare("imports.before_finish", "imports.after_finish")
declare("imports.before_undo", "imports.after_undo", "imports.before_undone", "imports.after_undone")


class Batch(msgspec.Struct, frozen=True):
    """One acknowledged batch: its events are in the table at ``version`` or were there before.

    ``refused`` events bear an identifier of somebody who was erased, or are older than they would be kept.
    """

    number: int
    stored: int
    duplicates: int
    refused: int
    version: int


class Rejected(msgspec.Struct, frozen=True):
    """How many rows of a file were not kept, and the file of the rejects folder that holds them."""

    rows: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file a load comes from.

    ``content_hash``: of its bytes alone. ``received_us``: the time of receipt of every event, microseconds
    since the epoch; no other import of the source has it (`ImportLedger.free_moment`). ``rejected`` is called
    when the file has been read, and puts what was rejected in its place. ``brought_by``: who brought it by a
    page, else empty.
    """

    path: str
    content_hash: str
    received_us: int
    rejected: Callable[[], Rejected]
    brought_by: str = ""


class ImportRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One run of an import; ``finished_at`` is empty where it was interrupted.

    ``received_us`` is None where its events cannot be told from others of the source. ``undo_begun_at`` and
    ``undone_at`` are empty unless it was taken back, ``removed`` is how many events went then. ``bereft_by``:
    the import whose undoing took away events that were known already when this one came, or 0.
    ``brought_by``: who brought the file by a page; empty where a command did.
    """

    id: int
    source: str
    file_hash: str
    begun_at: str
    finished_at: str
    path: str = ""
    content_hash: str = ""
    received_us: int | None = None
    rejected: int = 0
    rejects_file: str = ""
    undo_begun_at: str = ""
    undone_at: str = ""
    removed: int = 0
    bereft_by: int = 0
    brought_by: str = ""
    batches: int = 0
    stored: int = 0
    duplicates: int = 0
    refused: int = 0

    @property
    def is_whole(self) -> bool:
        """Say whether it came to its end and all it brought or found is still there."""
        return bool(self.finished_at) and not self.undo_begun_at and not self.bereft_by

    @property
    def stands(self) -> bool:
        """Say whether it brought events under a name that is known, and was not taken back.

        What it found known already is no longer counted on where another's undoing may have taken it away.
        """
        is_named = not self.source.startswith(STAND_IN)
        found = 0 if self.bereft_by else self.duplicates
        return is_named and not self.undo_begun_at and self.stored + found > 0


Standing = Literal["whole", "made good", "lost rows", "interrupted", "undone", "undo interrupted"]


def imports_in(path: Path) -> list[ImportRecord]:
    """Return every import of a ledger, the oldest first; none where there is no ledger yet."""
    if not path.exists():
        return []
    with closing(ImportLedger(path)) as ledger:
        return ledger.imports()


def standing_of(record: ImportRecord, records: Iterable[ImportRecord]) -> Standing:
    """Say what became of an import, among all of the ledger.

    *made good*: it was interrupted or lost rows, and another import of the same file is whole.
    """
    if record.undone_at:
        return "undone"
    if record.undo_begun_at:
        return "undo interrupted"
    if record.is_whole:
        return "whole"
    same = (one for one in records if (one.source, one.file_hash) == (record.source, record.file_hash))
    if any(one.is_whole for one in same):
        return "made good"
    return "lost rows" if record.bereft_by else "interrupted"


_COLUMNS: Final = ("id", "source", "file_hash", "begun_at", "finished_at", *_LATER)
_SUMS: Final = ("stored", "duplicates", "refused")


class ImportLedger(Ledger):
    """``imports.db``: one row an import, one row an acknowledged batch."""

    schema = _SCHEMA

    def has_finished(self, source: str, file_hash: str) -> bool:
        """Say whether a file was imported to its end under this source name, and all of it is still there."""
        if not file_hash:
            return False
        query = (
            "SELECT 1 FROM imports WHERE source = ? AND file_hash = ? AND finished_at <> '' "
            "AND undo_begun_at = '' AND bereft_by = 0 LIMIT 1"
        )
        return bool(rows(self._open(), self.path, query, source, file_hash))

    def known_as(self, content_hash: str, source: str) -> ImportRecord | None:
        """Return the last import that brought these very bytes, where none did so under this source name.

        One that was taken back, that found no event, or whose source lost its name to an erasure is none.
        """
        found = [one for one in self.imports() if one.content_hash == content_hash and one.stands]
        return None if not found or any(one.source == source for one in found) else found[-1]

    def has_untold(self, source: str) -> bool:
        """Say whether a load of the source did not note the time of receipt of its events."""
        query = "SELECT 1 FROM imports WHERE source = ? AND received_us IS NULL LIMIT 1"
        return bool(rows(self._open(), self.path, query, source))

    def free_moment(self, source: str, received_us: int, others: Iterable[int] = ()) -> int:
        """Return a time of receipt, moved on by microseconds while an import of the source has the same.

        ``others``: times of receipt of events of the source that no import noted.
        """
        query = "SELECT received_us FROM imports WHERE source = ? AND received_us >= ?"
        taken = {row[0] for row in rows(self._open(), self.path, query, source, received_us)}.union(others)
        while received_us in taken:
            received_us += 1
        return received_us

    def begin(self, source: str, file_hash: str, origin: Origin | None = None) -> int:
        """Note that an import begins; return its number."""
        fault_point("imports.before_begin")
        told = (
            (origin.path, origin.content_hash, origin.received_us, origin.brought_by)
            if origin
            else ("", "", None, "")
        )
        connection = self._open()
        with transaction(connection, self.path):
            cursor = connection.execute(
                "INSERT INTO imports "
                "(source, file_hash, begun_at, path, content_hash, received_us, brought_by) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (source, file_hash, _now(), *told),
            )
        fault_point("imports.after_begin")
        return int(cursor.lastrowid or 0)

    def acknowledge(self, import_id: int, batch: Batch) -> None:
        """Note that a batch is durable; from now on it must never be lost."""
        fault_point("imports.before_acknowledge")
        values = (import_id, batch.number, batch.stored, batch.duplicates, batch.refused, batch.version)
        connection = self._open()
        with transaction(connection, self.path):
            connection.execute("INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?)", values)
        fault_point("imports.after_acknowledge")

    def finish(self, import_id: int, rejected: Rejected | None = None) -> None:
        """Note that an import came to its end; a file of rejected rows belongs to the last that wrote it."""
        rejected = rejected or Rejected()
        fault_point("imports.before_finish")
        connection = self._open()
        with transaction(connection, self.path):
            if rejected.file:
                connection.execute(
                    "UPDATE imports SET rejects_file = '' WHERE rejects_file = ?", (rejected.file,)
                )
            connection.execute(
                "UPDATE imports SET finished_at = ?, rejected = ?, rejects_file = ? WHERE id = ?",
                (_now(), rejected.rows, rejected.file, import_id),
            )
        fault_point("imports.after_finish")

    def begin_undo(self, import_id: int, events: int) -> None:
        """Note that an import is being taken back: from now on it no longer counts, whatever happens."""
        fault_point("imports.before_undo")
        connection = self._open()
        with transaction(connection, self.path):
            connection.execute(
                "UPDATE imports SET undo_begun_at = ?, removed = ? WHERE id = ?", (_now(), events, import_id)
            )
        fault_point("imports.after_undo")

    def finish_undo(self, record: ImportRecord) -> None:
        """Note that all an import added is gone, and which imports of its source miss rows for that."""
        fault_point("imports.before_undone")
        connection = self._open()
        with transaction(connection, self.path):
            connection.executemany(
                "UPDATE imports SET bereft_by = ? WHERE id = ?",
                [(record.id, one.id) for one in self.bereft_of(record)],
            )
            connection.execute("UPDATE imports SET undone_at = ? WHERE id = ?", (_now(), record.id))
        fault_point("imports.after_undone")

    def bereft_of(self, record: ImportRecord) -> list[ImportRecord]:
        """Return the imports that may have found rows known already which this one added.

        Those of the same source that found any; an earlier one, too, since another may have been taken back
        in between and its rows brought by this one.
        """
        others = [one for one in self.imports() if one.source == record.source and one.id != record.id]
        return [one for one in others if one.duplicates and not one.undo_begun_at]

    def find(self, import_id: int) -> ImportRecord:
        """Return one import.

        Raises
        ------
        UnknownNameError
            If there is none of this number.
        """
        every = self.imports()
        for one in every:
            if one.id == import_id:
                return one
        raise UnknownNameError(
            f"There is no import {import_id}.",
            hint=f"There are 1 to {every[-1].id}: `trodden imports` lists them."
            if every
            else "Nothing has been imported.",
        )

    def imports(self) -> list[ImportRecord]:
        """Return every import, oldest first."""
        sums = ", ".join(f"coalesce(sum({name}), 0)" for name in _SUMS)
        query = (
            f"SELECT {', '.join(_COLUMNS)}, count(number), {sums} "  # noqa: S608 -- constants
            "FROM imports LEFT JOIN batches ON import_id = id GROUP BY id ORDER BY id"
        )
        keys = (*_COLUMNS, "batches", *_SUMS)
        found = rows(self._open(), self.path, query)
        return [ImportRecord(**dict(zip(keys, row, strict=True))) for row in found]

    def batches(self, import_id: int) -> list[Batch]:
        """Return the acknowledged batches of one import, in order."""
        query = (
            "SELECT number, stored, duplicates, refused, version FROM batches WHERE import_id = ? ORDER BY 1"
        )
        return [Batch(*row) for row in rows(self._open(), self.path, query, import_id)]

    def rename_sources(self, names: Mapping[str, str]) -> None:
        """Forget names of sources and paths, keeping what stands for them (erasure, storage section 7)."""
        connection = self._open()
        with transaction(connection, self.path):
            for old, new in names.items():
                connection.execute("UPDATE imports SET source = ? WHERE source = ?", (new, old))
                connection.execute("UPDATE imports SET path = ? WHERE path = ?", (new, old))
        scrub(connection, self.path)

    def check(self) -> None:
        """Raise `DamagedFileError` unless every page of the ledger is in order."""
        if self.path.exists():
            check_integrity(self._open(), self.path)

    def _opened(self, connection: sqlite3.Connection) -> None:
        _add_columns(connection, self.path)


def _add_columns(connection: sqlite3.Connection, path: Path) -> None:
    if not _lacking(connection, path):
        return
    with transaction(connection, path):
        for name in _lacking(connection, path):  # somebody else may have been first
            connection.execute(f"ALTER TABLE imports ADD COLUMN {name} {_LATER[name]}")


def _lacking(connection: sqlite3.Connection, path: Path) -> list[str]:
    known = {row[1] for row in rows(connection, path, "PRAGMA table_info(imports)")}
    return [name for name in _LATER if name not in known]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
