"""Remember whom we have forgotten: salted hashes, enough to refuse a return and for nothing else."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trodden.model.errors import CallerError
from trodden.store._arrow import Column, Table, pa, pc
from trodden.store._sqlite import Ledger, rows, scrub, transaction
from trodden.store.durable import STAND_IN
from trodden.store.faultpoints import declare, fault_point

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS salt (id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS erased (hash BLOB PRIMARY KEY, asked_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS pending (value TEXT PRIMARY KEY) STRICT
"""
_SALT_BYTES: Final = 32

declare("erased.before_note", "erased.after_note", "erased.before_settle", "erased.after_settle")


class ErasedIds(Ledger):
    """The identifiers that were erased from one workspace, as salted hashes.

    While an erasure is under way its identifier stands here in full, so that an interrupted one can
    be finished; `settle` takes it away.
    """

    schema = _SCHEMA

    def note(self, value: str) -> None:
        """Refuse this identifier from now on, and remember that its erasure is not finished."""
        connection, salt, now = self._open(), self.salt(), datetime.now(UTC).isoformat(timespec="seconds")
        fault_point("erased.before_note")
        with transaction(connection, self.path):
            connection.execute("INSERT OR IGNORE INTO erased VALUES (?, ?)", (_hash(salt, value), now))
            connection.execute("INSERT OR IGNORE INTO pending VALUES (?)", (value,))
        fault_point("erased.after_note")

    def hashes(self) -> list[bytes]:
        """Return the salted hashes of all who were erased."""
        return [bytes(found) for found, _asked_at in self.dated()]

    def dated(self) -> list[tuple[bytes, str]]:
        """Return the salted hashes, each with the time of the erasure."""
        return rows(self._open(), self.path, "SELECT hash, asked_at FROM erased")

    def join(self, other: Path) -> int:
        """Refuse from now on whom another ledger of the same salt refuses; return how many are new.

        Its erasures that were begun and not finished are begun here.

        Raises
        ------
        CallerError
            The other has another salt: it is of another workspace.
        """
        connection, salt = self._open(), self.salt()
        before = len(self)
        with closing(ErasedIds(other)) as theirs:
            if not len(theirs):
                return 0
            if theirs.salt() != salt:
                raise CallerError(
                    f"{other} is of another workspace: its hashes were made with another salt.",
                    hint="Name the home folder the backup was made of.",
                )
            found = theirs.dated()
            begun = [(value,) for value in theirs.pending()]
        with transaction(connection, self.path):
            connection.executemany("INSERT OR IGNORE INTO erased VALUES (?, ?)", found)
            connection.executemany("INSERT OR IGNORE INTO pending VALUES (?)", begun)
        return len(self) - before

    def pending(self) -> list[str]:
        """Return the identifiers whose erasure was begun and not finished."""
        if not self._is_there:
            return []
        return [str(row[0]) for row in rows(self._open(), self.path, "SELECT value FROM pending")]

    def settle(self, value: str) -> None:
        """Note that an erasure is finished; only the salted hash of the identifier stays."""
        fault_point("erased.before_settle")
        connection = self._open()
        with transaction(connection, self.path):
            connection.execute("DELETE FROM pending WHERE value = ?", (value,))
        scrub(connection, self.path)
        fault_point("erased.after_settle")

    def stand_in(self, value: str) -> str:
        """Return what stands for a value that must not be kept: a few letters of its salted hash."""
        return f"{STAND_IN}{_hash(self.salt(), value).hex()[:16]}"

    def __len__(self) -> int:
        """Count the identifiers that were erased."""
        if not self._is_there:
            return 0
        return int(rows(self._open(), self.path, "SELECT count(*) FROM erased")[0][0])

    def among(self, values: Iterable[str]) -> list[str]:
        """Return those values that were erased."""
        salt = self.salt()
        known = set(self.hashes())
        return [value for value in values if _hash(salt, value) in known]

    def keep(self, events: Table) -> Table:
        """Return the events that bear no erased identifier; all of them where nobody was erased."""
        if not len(self):
            return events
        values = pc.struct_field(pc.list_flatten(events.column("ids")), "value")
        erased = self.among(value for value in pc.unique(values).to_pylist() if value is not None)
        return events.filter(pa.array(~bears(events.column("ids"), erased))) if erased else events

    def salt(self) -> bytes:
        """Return what hashes are made with, made where there is none."""
        connection = self._open()
        found = rows(connection, self.path, "SELECT value FROM salt")
        if found:
            return bytes(found[0][0])
        with transaction(connection, self.path):
            connection.execute(
                "INSERT OR IGNORE INTO salt VALUES (1, ?)", (secrets.token_bytes(_SALT_BYTES),)
            )
        return self.salt()


def bears(ids: Column, values: Iterable[str]) -> NDArray[np.bool_]:
    """Mark the events any of whose identifiers has one of these values, whatever its kind.

    Parameters
    ----------
    ids
        (events,) lists of ``{kind, value}``.
    """
    found = np.zeros(len(ids), dtype=np.bool_)
    hits = pc.is_in(pc.struct_field(pc.list_flatten(ids), "value"), value_set=pa.array(values, pa.string()))
    found[pc.list_parent_indices(ids).filter(hits).to_numpy()] = True
    return found


def _hash(salt: bytes, value: str) -> bytes:
    return hashlib.blake2b(value.encode(), key=salt, digest_size=32).digest()
