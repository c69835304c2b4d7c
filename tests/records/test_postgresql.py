"""The same tests of accounts, rights and the log, over a PostgreSQL server of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.records.posters import addressed, once_each
from tests.support.mail import mail_server
from tests.support.scripts import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.requires("postgresql"), pytest.mark.timeout(1200)]

SUITES = (
    "tests/http/test_home.py",
    "tests/http/test_sign_in.py",
    "tests/http/test_policy.py",
    "tests/http/test_log.py",
    "tests/http/test_tokens.py",
    "tests/http/test_programs.py",
    "tests/http/test_editor.py",
    "tests/http/test_versions.py",
    "tests/http/test_segments.py",
    "tests/http/test_customers.py",
)


def run(*command: str | Path) -> None:
    """Run a command of PostgreSQL, which refuses to be run by root."""
    user = {"user": "nobody"} if os.geteuid() == 0 else {}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **user)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Start a server that listens on a socket of its own folder alone."""
    place = Path(tempfile.mkdtemp(prefix="trodden-pg-"))
    if os.geteuid() == 0:
        shutil.chown(place, "nobody")
    data = place / "data"
    run("initdb", "-D", data, "-U", "trodden", "--auth=trust", "-E", "UTF8", "--locale=C")
    options = f"-k {place} -c listen_addresses= -c fsync=off"
    run("pg_ctl", "-D", data, "-l", place / "log", "-o", options, "-w", "start")
    try:
        yield f"postgresql://trodden@{quote(str(place), safe='')}/postgres"
    finally:
        run("pg_ctl", "-D", data, "-m", "fast", "-w", "stop")
        shutil.rmtree(place)


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_passes_over_postgresql(url: str, suite: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", suite]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**environment, "DATABASE_URL": url},
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout


@pytest.mark.requires("strace")
@pytest.mark.parametrize("message", [8, 40, 90])
def test_an_upgrade_killed_in_the_middle_is_finished_by_the_next(
    url: str, tmp_path: Path, message: int
) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE killed{message}")
    address = {**os.environ, "DATABASE_URL": url.replace("/postgres", f"/killed{message}")}
    upgrade = [sys.executable, "-m", "trodden", "--home", str(tmp_path), "upgrade"]
    killing = ["strace", "-f", "-o", "/dev/null", "-e", f"inject=sendto:signal=KILL:when={message}"]
    assert subprocess.run([*killing, *upgrade], capture_output=True, check=False, env=address).returncode
    done = subprocess.run(upgrade, capture_output=True, text=True, check=False, env=address)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(address["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT count(*) FROM django_migrations").fetchone() != (0,)
        with pytest.raises(psycopg.Error, match="append-only"):
            connection.execute("TRUNCATE audit_entry")


def test_two_who_send_at_once_bring_one_mail_to_each_address_a_day(url: str, tmp_path: Path) -> None:
    with mail_server() as server:
        assert addressed(tmp_path, server, DATABASE_URL=url) == (once_each(), "sent")


def test_a_server_that_does_not_answer_is_told_of(tmp_path: Path) -> None:
    address = f"postgresql://trodden@{quote(str(tmp_path), safe='')}/postgres"
    command = [sys.executable, "-m", "trodden", "--home", str(tmp_path), "upgrade"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "DATABASE_URL": address}
    )
    assert done.returncode == 2
    assert "does not answer" in done.stderr
