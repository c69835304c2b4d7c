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
from tests.support.firm import fill_home

pytestmark = [pytest.mark.slow, pytest.mark.requires("strace"), pytest.mark.timeout(600)]

AWAY = re.compile(r'sa_family=AF_INET6?,(?!.*(?:inet_addr\("127\.|inet_pton\(AF_INET6, "::1"))')
"""A connection, or a datagram, to another machine."""


def traced(log: Path, *arguments: str) -> list[str]:
    """Return how to run a command so that what it connects to is written down."""
    calls = "trace=connect,sendto,sendmsg,sendmmsg"
    return [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-o",
        str(log),
        "-e",
        calls,
        sys.executable,
        "-m",
        "trodden",
        *arguments,
    ]


def away(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if AWAY.search(line)]


def test_54_no_command_connects_to_another_machine(tmp_path: Path) -> None:
    home, events = str(tmp_path / "home"), tmp_path / "one.csv"
    events.write_text("customer,touchpoint,time\nc1,a,2026-01-01 10:00:00\nc1,b,2026-01-02 10:00:00\n")
    for number, arguments in enumerate(
        (
            ("import", str(events), "--quiet"),
            ("ask", "overview"),
            ("upgrade",),
            ("doctor",),
            ("backup", str(tmp_path / "saved")),
        )
    ):
        log = tmp_path / f"log{number}"
        done = subprocess.run(traced(log, "--home", home, *arguments), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert away(log) == []


def test_54_a_server_connects_to_no_other_machine(tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "log"
    fill_home(home, 20)
    command = traced(log, "serve", str(home), "--port", "0")
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
