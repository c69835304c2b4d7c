"""Our databases: set so that a commit is on disk, and saying so when they are damaged."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from trodden.model.errors import DamagedFileError, DiskFullError, DurabilityError
from trodden.store import _sqlite
from trodden.store._sqlite import check_integrity, fold_log, open_db, rows, transaction

TABLE = "CREATE TABLE one (value TEXT) STRICT"

Opener = Callable[..., sqlite3.Connection]


class Owner:
    """Holds a connection, as a ledger does."""


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Open databases that are closed at the end of the test."""
    owners: list[Owner] = []

    def open_one(path: Path, schema: str = TABLE) -> sqlite3.Connection:
        owners.append(Owner())
        return open_db(path, schema, owners[-1])

    yield open_one
    owners.clear()


def test_every_commit_is_flushed_and_what_is_deleted_is_overwritten(tmp_path: Path, opened: Opener) -> None:
    connection = opened(tmp_path / "a.db", TABLE)
    found = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    }
    assert found == {"journal_mode": "wal", "synchronous": 2}
    assert connection.execute("PRAGMA secure_delete").fetchone()[0] == 1


def test_only_the_owner_may_read_it(tmp_path: Path, opened: Opener) -> None:
    opened(tmp_path / "a.db", TABLE).close()
    assert (tmp_path / "a.db").stat().st_mode & 0o077 == 0


def test_an_error_inside_a_transaction_takes_all_of_it_back(tmp_path: Path, opened: Opener) -> None:
    path = tmp_path / "a.db"
    connection = opened(path, TABLE)
    with pytest.raises(sqlite3.IntegrityError), transaction(connection, path):
        connection.executemany("INSERT INTO one VALUES (?)", [("x",), (b"not a text",)])
    assert rows(connection, path, "SELECT * FROM one") == []


def test_folding_the_log_empties_it(tmp_path: Path, opened: Opener) -> None:
    path = tmp_path / "a.db"
    connection = opened(path, TABLE)
    with transaction(connection, path):
        connection.execute("INSERT INTO one VALUES ('x')")
    log = path.with_name("a.db-wal")
    assert log.stat().st_size > 0
    fold_log(connection, path)
    assert log.stat().st_size == 0


def test_folding_is_refused_while_somebody_reads(tmp_path: Path, opened: Opener) -> None:
    path = tmp_path / "a.db"
    connection, reader = opened(path, TABLE), opened(path)
    connection.execute("PRAGMA busy_timeout = 1")
    reader.execute("BEGIN").connection.execute("SELECT * FROM one").fetchall()
    with transaction(connection, path):
        connection.execute("INSERT INTO one VALUES ('x')")
    with pytest.raises(DurabilityError, match="in use"):
        fold_log(connection, path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path, opened: Opener) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(DamagedFileError, match=r"a\.db"):
        opened(path, TABLE)


def test_a_damaged_page_is_found(tmp_path: Path, opened: Opener) -> None:
    path = tmp_path / "a.db"
    connection = opened(path, TABLE + "; CREATE INDEX by_value ON one (value)")
    with transaction(connection, path):
        connection.executemany("INSERT INTO one VALUES (?)", [(str(number) * 50,) for number in range(200)])
    fold_log(connection, path)
    check_integrity(connection, path)
    connection.close()
    data = bytearray(path.read_bytes())
    data[2 * 4096 : 2 * 4096 + 600] = b"\xff" * 600
    path.write_bytes(data)
    damaged = opened(path, TABLE)
    with pytest.raises(DamagedFileError, match=r"a\.db"):
        check_integrity(damaged, path)


def test_a_full_database_says_that_there_is_no_room(tmp_path: Path, opened: Opener) -> None:
    path = tmp_path / "a.db"
    connection = opened(path, TABLE)
    connection.execute("PRAGMA max_page_count = 4").fetchall()
    with pytest.raises(DiskFullError, match="no room"), transaction(connection, path):
        connection.execute("INSERT INTO one VALUES (?)", ("x" * 100_000,))
    assert rows(connection, path, "SELECT * FROM one") == []


def test_an_error_on_a_full_disk_is_told_as_that(
    tmp_path: Path, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.db"
    path.mkdir()
    with pytest.raises(DurabilityError, match="unable to open"):
        opened(path)
    monkeypatch.setattr(_sqlite, "_LEAST_BYTES", 1 << 62)
    with pytest.raises(DiskFullError, match="the disk is full"):
        opened(path)
