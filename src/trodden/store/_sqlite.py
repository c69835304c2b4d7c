"""SQLite set so that a committed row survives a power cut, and a deleted one is gone."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import weakref
from collections.abc import Generator
from pathlib import Path
from typing import Any, ClassVar, Final

from trodden.model.errors import DamagedFileError, DiskFullError, DurabilityError
from trodden.store.harden import flush

_SETTINGS: Final = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
"""What is asked and what SQLite must answer; an unfetched PRAGMA swallows its error."""

_WAIT_SECONDS: Final = 30.0


def open_db(path: Path, schema: str, owner: object) -> sqlite3.Connection:
    """Open a database, make its tables where it is new, and check every setting's answer.

    ``synchronous=FULL`` over a write-ahead log: a commit that returned is on disk. The connection is closed
    with its ``owner`` at the latest.

    Raises
    ------
    DamagedFileError
        If the file is no database or a setting was not taken.
    """
    with _named(path):
        connection = sqlite3.connect(
            path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
    weakref.finalize(owner, connection.close)
    with _named(path):
        for name, value in _SETTINGS.items():
            _set(connection, path, name, value)
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables:
        _make_tables(connection, path, schema)
    return connection


class Ledger:
    """A database that is opened when it is first asked for, made of ``schema`` where it is new."""

    schema: ClassVar[str]

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def _is_there(self) -> bool:
        """Say whether there is anything to read; a ledger nobody wrote is not made by reading it."""
        return self._connection is not None or self.path.exists()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_db(self.path, self.schema, self)
            self._opened(self._connection)
        return self._connection

    def _opened(self, connection: sqlite3.Connection) -> None:
        """See to what a ledger made by an earlier version lacks; most lack nothing."""


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Generator[sqlite3.Connection]:
    """Run a block as one immediate transaction that is on disk when the block ends.

    Raises
    ------
    DiskFullError
        If there was no room; nothing happened.
    DurabilityError
        If the disk refused any of it; whether it happened is not known.
    """
    with _named(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite has rolled back by itself when the disk was full
                connection.execute("ROLLBACK")
            raise


def rows(connection: sqlite3.Connection, path: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Return all rows of a query."""
    with _named(path):
        return connection.execute(query, values).fetchall()


def fold_log(connection: sqlite3.Connection, path: Path) -> None:
    """Move the write-ahead log into the database file and empty it.

    What an unclean end left in the log is written anew, so it rests on no flush that may have failed.
    """
    with _named(path):
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise DurabilityError(f"{path} is in use, so its log could not be folded in.", hint="Try again.")


def scrub(connection: sqlite3.Connection, path: Path) -> None:
    """Write the database anew without what was deleted from it, free pages and log included."""
    with _named(path):
        connection.execute("VACUUM")
    fold_log(connection, path)


def copy_db(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, whoever writes it; the copy is one file, not yet flushed.

    Raises
    ------
    DamagedFileError
        If the database is not in order.
    """
    reading = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=_WAIT_SECONDS)
    writing = sqlite3.connect(target)
    with _named(source), contextlib.closing(reading) as origin, contextlib.closing(writing) as copy:
        origin.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE").fetchone()
        check_integrity(copy, source)


def check_integrity(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `DamagedFileError` unless SQLite finds every page in order."""
    with _named(path):
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise DamagedFileError(f"{path} is damaged: {verdict}.", hint=_HINT)


_OF_ROOM: Final = ("SQLITE_IOERR_SHM", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE", "SQLITE_CANTOPEN")
"""Errors SQLite gives, too, where a file beside the database finds no room."""

_LEAST_BYTES: Final = 64 << 10
"""Less free room than this is none: the index of a write-ahead log alone takes half of it."""

_HINT: Final = "Restore it from a backup, or run `trodden doctor`."


def _set(connection: sqlite3.Connection, path: Path, name: str, value: str | int) -> None:
    connection.execute(f"PRAGMA {name}={value}").fetchall()
    answer = connection.execute(f"PRAGMA {name}").fetchone()
    if answer is None or answer[0] != value:
        raise DurabilityError(f"{path} did not take {name}={value}: it answered {answer}.")


def _make_tables(connection: sqlite3.Connection, path: Path, schema: str) -> None:
    path.chmod(0o600)
    with transaction(connection, path):
        for statement in schema.split(";"):
            connection.execute(statement)
    fold_log(connection, path)
    flush(path)
    flush(path.parent)


@contextlib.contextmanager
def _named(path: Path) -> Generator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _translated(path, error) from error


def _is_full(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free < _LEAST_BYTES


def _translated(path: Path, error: sqlite3.DatabaseError) -> Exception:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_FULL") or (name.startswith(_OF_ROOM) and _is_full(path.parent)):
        return DiskFullError(
            f"{path} has no room: the disk is full.",
            hint="Free some room, then run this again: what is stored already is not stored twice.",
        )
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_BUSY")):
        return DurabilityError(
            f"{path} could not be written: {error}.",
            hint="What was acknowledged is safe. Look at the disk, then start again.",
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DamagedFileError(f"{path} is damaged: {error}.", hint=_HINT)
    return error
