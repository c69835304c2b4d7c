"""Records made, saved and brought up to date by the real commands; killed in the middle."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.records.test_erased import tidied
from trodden.charts.formats import format_day
from trodden.store.folder import Workspace
from trodden.web.saved import place_of_copy


def trodden(home: Path, *arguments: str, said: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command over a home folder."""
    command = [sys.executable, "-m", "trodden", "--home", str(home), *arguments]
    return subprocess.run(
        command, input=said, capture_output=True, text=True, check=False, env={**os.environ, **more}
    )


def rows(home: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "records.sqlite3")) as connection:
        return connection.execute(statement).fetchall()


def change(home: Path, *statements: str) -> None:
    with closing(sqlite3.connect(home / "records.sqlite3", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make records with an admin in them."""
    home = tmp_path_factory.mktemp("made")
    password = "a kettle of violet fish\n"
    done = trodden(
        home, "user", "add", "Ada@Example.org", "--role", "admin", "--password-stdin", said=password
    )
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """Copy them."""
    found, copy = (folder / "records.sqlite3" for folder in (made, tmp_path))
    with closing(sqlite3.connect(found)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return tmp_path


def test_records_are_their_owners_alone_and_set_so_that_a_commit_survives(made: Path) -> None:
    assert stat.S_IMODE((made / "records.sqlite3").stat().st_mode) == 0o600
    assert rows(made, "PRAGMA journal_mode") == [("wal",)]
    code = (
        "from trodden.web.records import connect; import sys; connect(sys.argv[1], 'default');"
        "from django.db import connection; c = connection.cursor();"
        "print([c.execute(f'PRAGMA {n}').fetchone()[0] for n in"
        " ('journal_mode', 'synchronous', 'secure_delete', 'foreign_keys')])"
    )
    said = subprocess.run([sys.executable, "-c", code, str(made)], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "['wal', 2, 1, 1]"


def test_copies_are_removed_after_a_month_and_named_by_the_proof_of_an_erasure_until_then(
    tmp_path: Path,
) -> None:
    Workspace.create(tmp_path)
    now = datetime.now(UTC)
    old, young = (place_of_copy(tmp_path, now - timedelta(days=days)) for days in (31, 29))
    other = old.with_name("records-mine.sqlite3")
    old.parent.mkdir()
    for path in (old, young, other):
        path.write_bytes(b"x")
    assert tidied(tmp_path) == 0
    assert sorted(old.parent.iterdir()) == sorted((young, other))
    said = trodden(tmp_path, "erase", "ann@a.example", "--yes").stderr
    assert f"1 in backups/, removed by the worker until {format_day(now + timedelta(days=1), 'UTC')}" in said


def test_an_upgrade_saves_first_and_keeps_what_there_was(home: Path) -> None:
    change(
        home,
        "DROP TRIGGER audit_entry_no_update",
        "DROP TRIGGER audit_entry_no_delete",
        "DELETE FROM django_migrations WHERE app = 'audit' AND name = '0002_append_only'",
    )
    done = trodden(home, "upgrade")
    assert done.returncode == 0, done.stderr
    (saved,) = (home / "backups").iterdir()
    assert str(saved) in done.stdout
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    with closing(sqlite3.connect(saved)) as connection:
        assert connection.execute("SELECT email FROM people_user").fetchall() == [("ada@example.org",)]
    assert rows(home, "SELECT email FROM people_user") == [("ada@example.org",)]
    assert rows(home, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'") == [(2,)]
    assert trodden(home, "upgrade").stdout == "The records are up to date.\n"
    assert len(list((home / "backups").iterdir())) == 1


def test_records_of_a_newer_version_are_refused_and_left_alone(home: Path) -> None:
    change(
        home,
        "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '9999_later', '2027-01-01')",
    )
    before = (home / "records.sqlite3").read_bytes()
    done = trodden(home, "upgrade")
    assert done.returncode == 2
    assert "newer version: people.9999_later" in done.stderr
    assert (home / "records.sqlite3").read_bytes() == before


@pytest.mark.slow
@pytest.mark.requires("strace")
@pytest.mark.parametrize("write", [3, 40, 120, 250])
def test_records_killed_while_they_are_made_are_finished_by_the_next_start(
    tmp_path: Path, write: int
) -> None:
    command = ["strace", "-f", "-o", "/dev/null", "-e", f"inject=pwrite64:signal=KILL:when={write}"]
    killed = [*command, sys.executable, "-m", "trodden", "--home", str(tmp_path), "upgrade"]
    assert subprocess.run(killed, capture_output=True, check=False).returncode != 0
    done = trodden(tmp_path, "upgrade")
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(tmp_path, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'") == [(2,)]


@pytest.mark.slow
def test_people_are_listed_changed_and_disabled_by_command(home: Path) -> None:
    invited = trodden(home, "user", "add", "bob@example.org", "--role", "analyst", "--department", "sales")
    assert invited.stdout.startswith("http://localhost:8000/join/")
    assert "ada@example.org" in trodden(home, "user", "list").stdout
    last = trodden(home, "user", "set-role", "ada@example.org", "viewer")
    assert (last.returncode, "left to administer" in last.stderr) == (2, True)
    assert trodden(home, "user", "disable", "ada@example.org").returncode == 2
    assert trodden(home, "user", "add", "eve@example.org", "--role", "emperor").returncode == 2
    password = "another kettle of fish\n"
    added = ("user", "add", "carl@example.org", "--role", "admin", "--password-stdin")
    assert "elevenchars" not in trodden(home, *added, said="elevenchars\n").stdout
    assert trodden(home, *added, said=password).returncode == 0
    assert trodden(home, "user", "set-role", "ada@example.org", "analyst", "--see-pii").stdout == (
        "role admin -> analyst; see_pii False -> True\n"
    )
    assert trodden(home, "user", "disable", "ada@example.org").returncode == 0
    unknown = trodden(home, "user", "disable", "nobody@example.org")
    assert (unknown.returncode, "Members: " in unknown.stderr) == (2, True)
    said = [row[0] for row in rows(home, "SELECT action FROM audit_entry ORDER BY number DESC LIMIT 3")]
    assert said == ["account.disable", "people.change", "people.change"]
    assert b"another kettle" not in (home / "records.sqlite3").read_bytes()


def test_how_long_events_are_kept_is_not_changed_where_it_cannot_be_logged(home: Path) -> None:
    log = home / "one.csv"
    log.write_text("customer,touchpoint,time\nc1,a,2026-01-01 10:00:00\n")
    assert trodden(home, "import", str(log), "--quiet").returncode == 0
    mark = home / "workspaces/default/workspace.json"
    before = mark.read_bytes()
    change(
        home, "CREATE TRIGGER full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    assert trodden(home, "keep", "--months", "3", "--yes").returncode != 0
    assert mark.read_bytes() == before


def test_doctor_finds_damage_and_a_log_that_was_touched(home: Path) -> None:
    log = home / "one.csv"
    log.write_text("customer,touchpoint,time\nc1,a,2026-01-01 10:00:00\n")
    assert trodden(home, "import", str(log), "--quiet").returncode == 0
    well = trodden(home, "doctor")
    assert "ok      log: " in well.stdout
    change(home, "DROP TRIGGER audit_entry_no_update", "UPDATE audit_entry SET actor = 'x' WHERE number = 1")
    touched = trodden(home, "doctor")
    assert touched.returncode == 1
    assert "wrong   log: Its chain is broken at entry 1" in touched.stdout
