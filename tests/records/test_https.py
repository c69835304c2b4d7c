"""Served behind a proxy that speaks https: cookies of this host alone, and no way back to http."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = """
import json
import logging
from trodden.web.records import open_records
import sys
open_records(sys.argv[1], "default", "")
from django.conf import settings
from django.core.management import call_command
from django.test import Client
settings.TRODDEN_SIGN_IN = True
from django.core.checks import run_checks
found = [one.id for one in run_checks(include_deployment_checks=True)]
client = Client(headers={"host": "trodden.example"})
response = client.get("/sign-in/")
cookies = {name: [bool(one["secure"]), bool(one["httponly"]), one["samesite"], one["path"], one["domain"]]
           for name, one in response.cookies.items()}
print(json.dumps({"status": response.status_code, "hsts": response.headers.get("Strict-Transport-Security"),
                  "cookies": cookies, "session": settings.SESSION_COOKIE_NAME, "checks": found,
                  "log": len(logging.getLogger("trodden").handlers)}))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Ask a process that serves a public https address for its sign-in page."""
    home = tmp_path_factory.mktemp("https")
    (home / "trodden.toml").write_text('public_url = "https://trodden.example"\n')
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(home)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TRODDEN_SERVE_HOME": str(Path(home))},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_21_cookies_belong_to_this_host_and_travel_by_https_alone(said: dict[str, object]) -> None:
    assert said["status"] == 200
    assert said["cookies"] == {"__Host-csrf": [True, True, "Strict", "/", ""]}
    assert said["session"] == "__Host-session"


def test_22_browsers_are_told_to_come_by_https_for_a_year(said: dict[str, object]) -> None:
    assert said["hsts"] == "max-age=31536000"


def test_nothing_is_left_of_djangos_checks_of_a_deployment(said: dict[str, object]) -> None:
    """What is left is of redirects and forwarding, which the proxy before us does."""
    assert set(said["checks"]) <= {"security.W005", "security.W008", "security.W021"}  # type: ignore[arg-type]


def test_a_command_that_opens_records_writes_no_log_lines(said: dict[str, object]) -> None:
    """Servers do; the output of a command is its own."""
    assert said["log"] == 0
