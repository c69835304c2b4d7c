"""Backups by the real commands: while a server answers, with records in a file and in PostgreSQL."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.browser.conftest import served
from tests.records.test_erased import LOG, PREPARE, ran, tidied
from tests.records.test_postgresql import url
from tests.records.test_upgrade import rows, trodden
from tests.support.firm import fill_home
from trodden import api
from trodden.model.errors import CallerError
from trodden.registry import registrations
from trodden.store.erasure import pending_erasures
from trodden.store.folder import Workspace
from trodden.store.proof import traces
from trodden.web.keys import key_path

PASSWORD = "a kettle of violet fish\n"

__all__ = ["url"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home with events, a map, settings and an admin."""
    place = tmp_path_factory.mktemp("backed") / "home"
    fill_home(place, 60)
    (place / "trodden.toml").write_text("threads = 1\n")
    added = ("user", "add", "ada@example.org", "--role", "admin", "--password-stdin")
    assert trodden(place, *added, said=PASSWORD).returncode == 0
    return place


def answers(home: Path) -> dict[str, str]:
    """Ask every analysis its example; names of snapshots count builds of walks, and are left out."""
    walks = api.open(home)
    found: dict[str, str] = {}
    for name, known in registrations().items():
        try:
            answer = walks.ask(known.example)
        except CallerError as error:
            found[name] = error.message
            continue
        encoded = json.loads(api_text(answer))
        del encoded["about"]["snapshot"]
        found[name] = json.dumps(encoded)
    return found


def api_text(answer: object) -> bytes:
    import msgspec

    return msgspec.json.encode(answer)


def test_what_is_restored_answers_every_question_byte_by_byte_the_same(home: Path, tmp_path: Path) -> None:
    with served(home):
        made = trodden(home, "backup", str(tmp_path / "saved"), "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["records"] == "sqlite"
    assert trodden(home, "restore", str(tmp_path / "saved"), "--check").returncode == 0
    done = trodden(tmp_path / "new", "restore", str(tmp_path / "saved"))
    assert done.returncode == 0, done.stderr
    assert "The key the backup was made under is not here" in done.stdout
    assert answers(tmp_path / "new") == answers(home)
    assert (tmp_path / "new" / "trodden.toml").read_text() == "threads = 1\n"
    doctor = trodden(tmp_path / "new", "doctor")
    assert doctor.returncode == 0, doctor.stdout
    for path in [tmp_path / "saved", *(tmp_path / "saved").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) in {0o600, 0o700}, path


OPENED = """
import sys
from datetime import timedelta
from django.utils import timezone
from trodden.web.records import open_records
open_records(sys.argv[1], "default", "")
from trodden.web.api.models import Token
from trodden.web.boards.models import Board, Delivery, Mailing, Recipient, ShareLink
from trodden.web.people.models import Membership
here, later = {"workspace": "default"}, timezone.now() + timedelta(days=9)
board = Board.everywhere.create(**here, name="Waits", made_by="ada@example.org")
given = {"secret_hash": "x", "expires_at": later}
ShareLink.everywhere.create(**here, **given, board=board, made_by="ada@example.org")
Token.everywhere.create(**here, **given, membership=Membership.everywhere.get(), name="t", scopes="see")
mailing = Mailing.everywhere.create(**here, board=board, every="day", made_by="ada@example.org", due_at=later)
reader = Recipient.everywhere.create(**here, mailing=mailing, address="eve@elsewhere.example")
Delivery.everywhere.create(**here, recipient=reader, due_at=timezone.now())
"""
"""Opens a board by a link, has it mailed, and makes a token."""


@pytest.mark.slow
def test_restored_records_hold_the_people_and_none_of_the_ways_in_of_that_time(
    home: Path, tmp_path: Path
) -> None:
    assert trodden(home, "user", "add", "bob@example.org").returncode == 0
    ran("-c", OPENED, str(home), home=home)
    with closing(sqlite3.connect(home / "records.sqlite3")) as connection, connection:
        connection.execute(
            "INSERT OR REPLACE INTO django_session VALUES ('stolen', 'x', '2999-01-01 00:00:00')"
        )
    assert trodden(home, "backup", str(tmp_path / "saved"), "--with-key").returncode == 0
    done = trodden(tmp_path / "new", "restore", str(tmp_path / "saved"))
    assert done.returncode == 0, done.stderr
    assert "The key" not in done.stdout
    assert key_path(tmp_path / "new").read_bytes() == key_path(home).read_bytes()
    new = tmp_path / "new"
    assert rows(new, "SELECT email FROM people_user") == [("ada@example.org",)]
    assert rows(new, "SELECT count(*) FROM django_session") == [(0,)]
    assert rows(new, "SELECT count(*) FROM people_invitation") == [(0,)]
    assert rows(new, "SELECT count(*) FROM api_token") == [(0,)]
    assert rows(new, "SELECT revoked_at IS NULL FROM boards_sharelink") == [(0,)]
    assert rows(new, "SELECT held_at IS NULL FROM boards_mailing") == [(0,)]
    assert rows(new, "SELECT state FROM boards_delivery") == [("unknown",)]
    assert rows(new, "SELECT action FROM audit_entry ORDER BY number DESC LIMIT 1") == [("restore",)]
    assert "ok      log: " in trodden(new, "doctor").stdout


def test_a_backup_without_the_key_holds_no_secret(home: Path, tmp_path: Path) -> None:
    made = trodden(home, "backup", str(tmp_path / "saved"))
    assert "The key is not among them" in made.stdout
    key = key_path(home).read_bytes()
    assert not [
        path for path in (tmp_path / "saved").rglob("*") if path.is_file() and key in path.read_bytes()
    ]
    assert not (tmp_path / "saved/home/secrets").exists()


@pytest.mark.parametrize("where", ["inside", "taken", "nothing"])
def test_a_backup_that_would_be_worth_nothing_is_refused(home: Path, tmp_path: Path, where: str) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/x").write_text("x")
    target = home / "saved" if where == "inside" else tmp_path / where
    made = trodden(tmp_path / "none" if where == "nothing" else home, "backup", str(target))
    assert made.returncode in {1, 2}
    assert {"inside": "lost with it", "taken": "written over", "nothing": "nothing to back up"}[
        where
    ] in made.stderr


@pytest.mark.slow
@pytest.mark.requires("postgresql")
@pytest.mark.timeout(600)
def test_records_in_postgresql_are_backed_up_and_restored_into_an_empty_database(
    url: str, tmp_path: Path
) -> None:
    first, second = (url.replace("/postgres", f"/{name}") for name in ("first", "second"))
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("first", "second"):
            connection.execute(f"CREATE DATABASE {name}")
    home, saved = tmp_path / "home", tmp_path / "saved"
    fill_home(home, 20)
    added = ("user", "add", "ada@example.org", "--role", "admin", "--password-stdin")
    assert trodden(home, *added, said=PASSWORD, DATABASE_URL=first).returncode == 0
    made = trodden(home, "backup", str(saved), DATABASE_URL=first)
    assert made.returncode == 0, made.stderr
    assert "records: postgresql" in made.stdout
    assert (saved / "records.pgdump").read_bytes()[:5] == b"PGDMP"
    unset = trodden(tmp_path / "new", "restore", str(saved))
    assert (unset.returncode, "Set DATABASE_URL" in unset.stderr) == (2, True)
    full = trodden(tmp_path / "new", "restore", str(saved), DATABASE_URL=first)
    assert (full.returncode, "nothing is written over" in full.stderr) == (2, True)
    assert not (tmp_path / "new").exists()
    done = trodden(tmp_path / "new", "restore", str(saved), DATABASE_URL=second)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT email FROM people_user").fetchall() == [("ada@example.org",)]
        with pytest.raises(psycopg.Error, match="append-only"):
            connection.execute("DELETE FROM audit_entry")
    assert "ok      log: " in trodden(tmp_path / "new", "doctor", DATABASE_URL=second).stdout
    without = trodden(home, "backup", str(tmp_path / "bare"), "--without-records", DATABASE_URL=first)
    assert without.returncode == 0
    assert not (tmp_path / "bare/records.pgdump").exists()
    missing = trodden(home, "backup", str(tmp_path / "lost"), DATABASE_URL=first, PATH="/nowhere")
    assert "pg_dump is not installed" in missing.stderr


@pytest.mark.parametrize("key", ["--with-key", ""])
def test_what_was_said_of_somebody_who_was_erased_since_is_not_restored(tmp_path: Path, key: str) -> None:
    home, new = tmp_path / "home", tmp_path / "new"
    (tmp_path / "log.csv").write_text(LOG)
    assert trodden(home, "import", str(tmp_path / "log.csv"), "--quiet").returncode == 0
    ran("-c", PREPARE, str(home), home=home)
    options = [key] if key else []
    assert trodden(home, "backup", str(tmp_path / "saved"), *options).returncode == 0
    assert trodden(home, "erase", "ann@a.example", "--yes").returncode == 0
    done = trodden(new, "restore", str(tmp_path / "saved"), "--erasures-of", str(home))
    assert done.returncode == 0, done.stderr
    if not key:
        shutil.copytree(home / "secrets", new / "secrets")
        assert tidied(new) == 0
    assert rows(new, "SELECT text FROM customers_wish") == [("Ask once.",)]
    assert traces(new, "ann@a.example") == []


def test_keys_that_were_replaced_find_who_was_erased_since_once_both_are_back(tmp_path: Path) -> None:
    home, new = tmp_path / "home", tmp_path / "new"
    (tmp_path / "log.csv").write_text(LOG)
    assert trodden(home, "import", str(tmp_path / "log.csv"), "--quiet").returncode == 0
    ran("-c", PREPARE, str(home), home=home)
    assert trodden(home, "key", "replace").returncode == 0
    made = trodden(home, "backup", str(tmp_path / "saved"))
    assert "secrets/key-of-pseudonyms" in made.stdout
    assert trodden(home, "erase", "ann@a.example", "--yes").returncode == 0
    key = {"TRODDEN_SECRET_KEY_FILE": str(key_path(home))}
    done = trodden(new, "restore", str(tmp_path / "saved"), "--erasures-of", str(home), **key)
    assert "secrets/key-of-pseudonyms" in done.stdout
    assert pending_erasures(Workspace.open(new)) == ["ann@a.example"]
    shutil.copytree(home / "secrets", new / "secrets")
    assert tidied(new) == 0
    assert rows(new, "SELECT text FROM customers_wish") == [("Ask once.",)]


def test_an_empty_variable_names_no_records(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "log.csv").write_text(LOG)
    assert trodden(home, "import", str(tmp_path / "log.csv"), "--quiet").returncode == 0
    before = sorted(home.iterdir())
    assert "records" not in trodden(home, "doctor", DATABASE_URL="").stdout
    assert sorted(home.iterdir()) == before
