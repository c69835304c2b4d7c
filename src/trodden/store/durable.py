"""What is known to be on disk in the events table: the version, and the log files that say so.

Kept in ``loader.db``. The version moves in one transaction, after everything it names was flushed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from trodden.model.errors import DamagedFileError
from trodden.store._sqlite import Ledger, fold_log, rows, scrub, transaction
from trodden.store.faultpoints import declare, fault_point
from trodden.store.harden import crc32c

NO_VERSION: Final = -1
"""The durable version of a workspace that holds no event yet."""

STAND_IN: Final = "erased-"
"""How the name that stands for a forgotten one begins."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS durable (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS log_files (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, crc32c INTEGER NOT NULL)
    STRICT;
CREATE TABLE IF NOT EXISTS sources (name TEXT PRIMARY KEY) STRICT
"""

declare("durable.before_version", "durable.after_version", "durable.before_source", "durable.after_source")


class LogFile(msgspec.Struct, frozen=True):
    """A file of the table's log as it was when it was flushed."""

    name: str
    bytes: int
    crc32c: int

    @classmethod
    def of(cls, path: Path) -> LogFile:
        """Describe a file that lies on disk."""
        data = path.read_bytes()
        return cls(path.name, len(data), crc32c(data))


class DurableState(Ledger):
    """The durable version, the log files behind it, and the sources ever written."""

    schema = _SCHEMA

    @property
    def version(self) -> int:
        """Return the last version of the table that a power cut cannot take back; -1 for none."""
        if not self._is_there:
            return NO_VERSION
        found = rows(self._open(), self.path, "SELECT version FROM durable")
        return int(found[0][0]) if found else NO_VERSION

    @property
    def log_files(self) -> dict[str, LogFile]:
        """Return the log files that belong to the durable version, by name."""
        if self.version == NO_VERSION:
            return {}
        found = rows(self._open(), self.path, "SELECT name, bytes, crc32c FROM log_files")
        return {str(row[0]): LogFile(str(row[0]), int(row[1]), int(row[2])) for row in found}

    def advance(self, version: int, added: Iterable[LogFile], dropped: Iterable[str] = ()) -> None:
        """Say, in one transaction, that a version and its log files are on disk.

        Parameters
        ----------
        version
            The new durable version; everything up to it has been flushed.
        added
            Log files flushed since the last call.
        dropped
            Names of log files about to be removed.
        """
        fault_point("durable.before_version")
        connection = self._open()
        with transaction(connection, self.path):
            connection.execute("INSERT OR REPLACE INTO durable (id, version) VALUES (1, ?)", (version,))
            connection.executemany("DELETE FROM log_files WHERE name = ?", [(name,) for name in dropped])
            connection.executemany(
                "INSERT OR REPLACE INTO log_files VALUES (?, ?, ?)",
                [(file.name, file.bytes, file.crc32c) for file in added],
            )
        fault_point("durable.after_version")

    def new_sources(self, names: Iterable[str]) -> set[str]:
        """Note sources about to be written; return those never noted before.

        A source is on disk here before the first event of it can be, so a source this returns has no
        event in the table. Once a source has lost its name to an erasure, none is new any more.
        """
        known = set(self.sources())
        new = set(names) - known
        if new:
            self._note(new)
        return set() if any(name.startswith(STAND_IN) for name in known) else new

    def sources(self) -> list[str]:
        """Return the names of all sources ever written, in order."""
        if not self._is_there:
            return []
        return [str(row[0]) for row in rows(self._open(), self.path, "SELECT name FROM sources ORDER BY 1")]

    def rename_sources(self, names: Mapping[str, str]) -> None:
        """Forget names of sources, keeping what stands for them (erasure, storage section 7)."""
        connection = self._open()
        with transaction(connection, self.path):
            for old, new in names.items():
                connection.execute("UPDATE OR REPLACE sources SET name = ? WHERE name = ?", (new, old))
        scrub(connection, self.path)

    def settle(self) -> None:
        """Write anew what an unclean end may have left in the write-ahead log alone."""
        fold_log(self._open(), self.path)

    def _note(self, new: set[str]) -> None:
        fault_point("durable.before_source")
        connection = self._open()
        with transaction(connection, self.path):
            connection.executemany(
                "INSERT OR IGNORE INTO sources VALUES (?)", [(name,) for name in sorted(new)]
            )
        fault_point("durable.after_source")


def check_log_file(folder: Path, expected: LogFile) -> None:
    """Compare a log file with what was flushed.

    Raises
    ------
    DamagedFileError
        If it is missing or its bytes are not those that were flushed.
    """
    path = folder / expected.name
    try:
        found = LogFile.of(path)
    except FileNotFoundError:
        found = None
    if found != expected:
        state = "is missing" if found is None else f"has {found.bytes} bytes with crc {found.crc32c:08x}"
        raise DamagedFileError(
            f"{path} {state}; {expected.bytes} bytes with crc {expected.crc32c:08x} were written.",
            hint="Restore the workspace from a backup: events may be missing.",
        )
