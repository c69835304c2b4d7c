"""The ledger of imports: what was read from where, and which batches of it are on disk.

A batch is acknowledged when it stands here, and it is written here after its events are durable.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from trodden.store._sqlite import check_integrity, open_db, rows, scrub, transaction
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

declare("imports.before_begin", "imports.after_begin")
declare("imports.before_acknowledge", "imports.after_acknowledge")
declare("imports.before_finish", "imports.after_finish")


class Batch(msgspec.Struct, frozen=True):
    """One acknowledged batch: its events are in the table at ``version`` or were there before.

    ``refused`` events bear an identifier of somebody who was erased.
    """

    number: int
    stored: int
    duplicates: int
    refused: int
    version: int


class ImportRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One run of an import; ``finished_at`` is empty where it was interrupted."""

    id: int
    source: str
    file_hash: str
    begun_at: str
    finished_at: str
    batches: int
    stored: int
    duplicates: int
    refused: int


class ImportLedger:
    """``imports.db``: one row an import, one row an acknowledged batch."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None

    def has_finished(self, source: str, file_hash: str) -> bool:
        """Say whether a file of this hash was imported to its end under this source name."""
        if not file_hash:
            return False
        query = "SELECT 1 FROM imports WHERE source = ? AND file_hash = ? AND finished_at <> '' LIMIT 1"
        return bool(rows(self._open(), self.path, query, source, file_hash))

    def begin(self, source: str, file_hash: str) -> int:
        """Note that an import begins; return its number."""
        fault_point("imports.before_begin")
        connection = self._open()
        with transaction(connection, self.path):
            cursor = connection.execute(
                "INSERT INTO imports (source, file_hash, begun_at) VALUES (?, ?, ?)",
                (source, file_hash, _now()),
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

    def finish(self, import_id: int) -> None:
        """Note that an import came to its end."""
        fault_point("imports.before_finish")
        connection = self._open()
        with transaction(connection, self.path):
            connection.execute("UPDATE imports SET finished_at = ? WHERE id = ?", (_now(), import_id))
        fault_point("imports.after_finish")

    def imports(self) -> list[ImportRecord]:
        """Return every import, oldest first."""
        names = ("id", "source", "file_hash", "begun_at", "finished_at")
        query = (
            f"SELECT {', '.join(names)}, count(number), coalesce(sum(stored), 0), "  # noqa: S608 -- constants
            "coalesce(sum(duplicates), 0), coalesce(sum(refused), 0) "
            "FROM imports LEFT JOIN batches ON import_id = id GROUP BY id ORDER BY id"
        )
        keys = (*names, "batches", "stored", "duplicates", "refused")
        found = rows(self._open(), self.path, query)
        return [ImportRecord(**dict(zip(keys, row, strict=True))) for row in found]

    def batches(self, import_id: int) -> list[Batch]:
        """Return the acknowledged batches of one import, in order."""
        query = (
            "SELECT number, stored, duplicates, refused, version FROM batches WHERE import_id = ? ORDER BY 1"
        )
        return [Batch(*row) for row in rows(self._open(), self.path, query, import_id)]

    def rename_sources(self, names: Mapping[str, str]) -> None:
        """Forget names of sources, keeping what stands for them (erasure, storage section 7)."""
        connection = self._open()
        with transaction(connection, self.path):
            for old, new in names.items():
                connection.execute("UPDATE imports SET source = ? WHERE source = ?", (new, old))
        scrub(connection, self.path)

    def check(self) -> None:
        """Raise `DamagedFileError` unless every page of the ledger is in order."""
        if self.path.exists():
            check_integrity(self._open(), self.path)

    def close(self) -> None:
        """Close the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_db(self.path, _SCHEMA, self)
        return self._connection


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
