"""By default nobody is asked anything: every connection a command or a server opens stays on this machine."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.browser.conftest import PATIENCE_S, address_of, serve_json

pytestmark = [pytest.mark.slow, pytest.mark.requires("strace"), pytest.mark.timeout(600)]

AWAY = re.compile(r'sa_family=AF_INET6?,(?!.*(?:inet_addr\("127\.|inet_pton\(AF_INET6, "::1"))')
"""A connection, or a datagram, to another machine."""


COMMANDS = """
import sys
from trodden.cli import main

home, events, saved = sys.argv[1:]
for arguments in (
    ["import", events, "--quiet"], ["ask", "overview"], ["upgrade"], ["doctor"], ["keep"], ["backup", saved]
):
    assert main(["--home", home, *arguments]) == 0, arguments
"""
"""One process for all: starting one under watch takes longer than what it does."""


def traced(log: Path, *arguments: str) -> list[str]:
    """Return how to run Python so that what it connects to is written down."""
    calls = "trace=connect,sendto,sendmsg,sendmmsg"
    return ["strace", "-f", "--seccomp-bpf", "-o", str(log), "-e", calls, sys.executable, *arguments]


def away(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if AWAY.search(line)]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run commands over a home, watched; return the folder of both the home and what was written down."""
    folder = tmp_path_factory.mktemp("watched")
    events = folder / "one.csv"
    events.write_text("customer,touchpoint,time\nc1,a,2026-01-01 10:00:00\nc1,b,2026-01-02 10:00:00\n")
    places = (str(folder / "home"), str(events), str(folder / "saved"))
    command = traced(folder / "log", "-c", COMMANDS, *places)
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_54_no_command_connects_to_another_machine(watched: Path) -> None:
    assert away(watched / "log") == []
    assert "exited with 0" in (watched / "log").read_text()
    assert (watched / "saved" / "backup.json").exists()


def test_54_a_server_connects_to_no_other_machine(watched: Path, tmp_path: Path) -> None:
    home, log = watched / "home", tmp_path / "log"
    command = traced(log, "-m", "trodden", "serve", str(home), "--port", "0")
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            address = address_of(process)
            for path in ("/journeys/", "/explore/overview/", "/data/"):
                urlopen(f"{address}{path}", timeout=PATIENCE_S).close()  # noqa: S310 - our own server's
        finally:
            os.kill(serve_json(home)["pid"], signal.SIGINT)  # strace itself would go on
            process.wait(PATIENCE_S)
    assert away(log) == []
    assert "AF_INET" in log.read_text()


def test_54_a_connection_elsewhere_would_be_noticed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('192.0.2.1', 9))"
    watch = ["strace", "-f", "-o", str(log), "-e", "trace=connect", sys.executable, "-c", code]
    subprocess.run(watch, capture_output=True, check=False)
    assert len(away(log)) == 1
