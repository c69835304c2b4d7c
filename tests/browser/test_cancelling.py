"""Ctrl-C and connections that close, with real processes: the work stops, and says so."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import PATIENCE_S, address_of, serve_json
from tests.support.firm import fill_home
from tests.support.waiting import ALL, NAME

pytestmark = pytest.mark.requires("linux")

THREADS = 2


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill_home(tmp_path, customers=100)
    return tmp_path


@contextmanager
def started(home: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command in a process that knows the analysis that waits."""
    command = [sys.executable, "-m", "tests.support.waiting", "--home", str(home), *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "TRODDEN_THREADS": str(THREADS)}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(stream: IO[str] | None, wanted: str) -> str:
    """Read lines until one says what is wanted."""
    assert stream is not None
    for line in stream:
        if wanted in line:
            return line
    pytest.fail(f"{wanted!r} was never said")


def interrupt(process: subprocess.Popen[str]) -> tuple[int, str]:
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    return process.wait(PATIENCE_S), process.stderr.read()


def let_on(server: subprocess.Popen[str]) -> None:
    """Let all buckets on."""
    assert server.stdin is not None
    server.stdin.write(f"{ALL}\n")
    server.stdin.flush()


def begun_after(server: subprocess.Popen[str]) -> int:
    """Return how many buckets a server that is stopping still begins."""
    assert server.stdout is not None
    return server.stdout.read().count("begun")


def test_ctrl_c_ends_a_question_at_once(home: Path) -> None:
    with started(home, "ask", NAME) as asking:
        line_of(asking.stdout, "begun")
        assert interrupt(asking) == (130, "Stopped.\n")


def test_ctrl_c_ends_what_a_server_does_for_the_question(home: Path) -> None:
    with started(home, "serve", "--port", "0") as server:
        address_of(server)
        with started(home, "ask", NAME) as asking:
            for _ in range(THREADS):
                line_of(server.stdout, "begun")
            assert interrupt(asking) == (130, "Stopped.\n")
        line_of(server.stderr, "question.abandoned path=/api/said/waiting")
        let_on(server)
        server.send_signal(signal.SIGINT)
        assert begun_after(server) == 0


def test_a_connection_that_closes_stops_its_own_question_alone(home: Path) -> None:
    with started(home, "serve", "--port", "0") as server:
        place = urlsplit(address_of(server))
        token = serve_json(home)["token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        leaving, staying = (
            http.client.HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE_S) for _ in range(2)
        )
        leaving.request("POST", f"/api/ask/{NAME}", b"{}", headers)
        for _ in range(THREADS):
            line_of(server.stdout, "begun")
        staying.request("POST", f"/api/ask/{NAME}", b"{}", headers)
        leaving.close()
        line_of(server.stderr, "question.abandoned")
        let_on(server)
        assert staying.getresponse().status == http.client.OK
        staying.close()


def test_a_server_that_is_stopped_finishes_no_question(home: Path) -> None:
    with started(home, "serve", "--port", "0") as server:
        address_of(server)
        with started(home, "ask", NAME):
            for _ in range(THREADS):
                line_of(server.stdout, "begun")
            server.send_signal(signal.SIGINT)
            line_of(server.stderr, "question.abandoned")
            let_on(server)
            assert begun_after(server) == 0
            assert server.wait(PATIENCE_S) == 0
