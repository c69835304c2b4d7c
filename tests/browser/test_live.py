"""Live counts over a real connection: told, told anew, and ended with what let somebody listen."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import PATIENCE_S, serve_json, served, trodden
from tests.support.firm import fill_home

pytestmark = pytest.mark.slow

MOST = 8
"""Streams of one person."""
MORE = "customer,touchpoint,time\nnew-1,order,2026-03-01 10:00:00\nnew-1,call,2026-03-02 10:00:00\n"
PASSWORD = "a kettle of violet fish\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home with a member and a token."""
    place = tmp_path_factory.mktemp("live") / "home"
    fill_home(place, 30)
    return place


@pytest.fixture(scope="module")
def token(home: Path) -> str:
    """Make a member and a token of theirs."""
    add = ("user", "add", "--password-stdin", "--role")
    for email, role in (("ada@example.org", "admin"), ("bob@example.org", "manager")):
        command = [sys.executable, "-m", "trodden", "--home", str(home), *add, role, email]
        subprocess.run(command, input=PASSWORD, text=True, check=True, capture_output=True)
    command = [
        sys.executable,
        "-m",
        "trodden",
        "--home",
        str(home),
        "token",
        "add",
        "bob@example.org",
        "live",
    ]
    made = subprocess.run([*command, "--may", "see"], text=True, check=True, capture_output=True)
    return made.stdout.strip()


@pytest.fixture(scope="module")
def address(home: Path, token: str) -> Iterator[str]:
    """Serve it."""
    assert token
    with served(home) as found:
        yield found


@contextmanager
def listening(address: str, bearer: str) -> Iterator[http.client.HTTPResponse]:
    """Open a stream."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/api/live", headers={"Authorization": f"Bearer {bearer}"})
        yield connection.getresponse()
    finally:
        connection.close()


def told(stream: http.client.HTTPResponse) -> tuple[str, dict[str, object]]:
    """Read the next event."""
    name = ""
    for line in iter(stream.readline, b""):
        if line.startswith(b"event: "):
            name = line[7:].decode().strip()
        if line.startswith(b"data: "):
            return name, json.loads(line[6:])
    return "closed", {}


def test_counts_are_told_at_once_and_when_something_came_in(home: Path, address: str) -> None:
    with listening(address, serve_json(home)["token"]) as stream:
        assert (stream.status, stream.headers["Content-Type"]) == (200, "text/event-stream")
        name, first = told(stream)
        assert name == "counts"
        (home / "more.csv").write_text(MORE)
        trodden("--home", str(home), "import", str(home / "more.csv"), "--quiet")
        _name, second = told(stream)
        assert (second["customers"], second["events"]) == (first["customers"] + 1, first["events"] + 2)  # type: ignore[operator]


def test_33_a_stream_ends_when_the_role_changes(home: Path, address: str, token: str) -> None:
    with listening(address, token) as stream, listening(address, serve_json(home)["token"]) as other:
        assert told(stream)[0] == told(other)[0] == "counts"
        trodden("--home", str(home), "user", "set-role", "bob@example.org", "viewer")
        assert told(stream) == ("end", {})
        assert told(stream)[0] == "closed"
    with listening(address, token) as stream:
        assert stream.status == 401


def test_only_so_many_listen_at_a_time(home: Path, address: str) -> None:
    from contextlib import ExitStack

    with ExitStack() as stack:
        bearer = serve_json(home)["token"]
        streams = [stack.enter_context(listening(address, bearer)) for _ in range(MOST)]
        assert {told(stream)[0] for stream in streams} == {"counts"}
        with listening(address, bearer) as refused:
            assert (refused.status, refused.headers["Retry-After"]) == (503, "30")
        streams[0].close()
