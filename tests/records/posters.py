"""Two processes that send the same boards at the same moment, over one home and one mail server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.homes import make_home
from tests.support.mail import MailServer
from tests.support.scripts import ROOT

READERS = 12
DAYS = 2

_CODE = f"""
import sys
from datetime import UTC, datetime, timedelta
from trodden.web.records import open_records
open_records(sys.argv[1], "default", "http://localhost")
from trodden.web.boards.models import Board, Card, Delivery, Mailing, Recipient
from trodden.web.boards.posting import post_due
at, here = datetime(2026, 7, 6, 7, tzinfo=UTC), {{"workspace": "default"}}
if sys.argv[2] == "first":
    board = Board.here.create(name="Waits", made_by="ada", **here)
    Card.here.create(board=board, place=0, text="Look at this", **here)
    mailing = Mailing.here.create(board=board, every="day", due_at=at, made_by="ada", language="en", **here)
    for number in range({READERS}):
        Recipient.here.create(mailing=mailing, address=f"r{{number}}@example.org", **here)
print("ready", flush=True)
sys.stdin.readline()
for number in range({DAYS}):
    post_due(at + timedelta(days=number))
print("done", flush=True)
sys.stdin.readline()
print(*sorted(set(Delivery.here.values_list("state", flat=True))))
"""


def addressed(home: Path, server: MailServer, **more: str) -> tuple[list[str], str]:
    """Let two processes send the same mails for the same days; return to whom they went, and their states."""
    environment = {**os.environ, **server.environment(), **more}
    place = make_home(home, "few", 0)
    with _poster(place, "first", environment) as first, _poster(place, "second", environment) as second:
        for one in (first, second):
            _tell(one)
        done = [_heard(one) for one in (first, second)]
        for one in (first, second):
            _tell(one)
        states = [_heard(one) for one in (first, second)]
    assert done == ["done", "done"]
    return sorted(to for (to,) in server.addressed()), states[0]


@contextmanager
def _poster(home: Path, name: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Start a process, wait until it is ready, and see that it ends well."""
    command = [sys.executable, "-c", _CODE, str(home), name]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdin=pipe, stdout=pipe) as one:
        try:
            assert _heard(one) == "ready"
            yield one
        finally:
            assert one.stdin
            one.stdin.close()
    assert one.returncode == 0


def _tell(poster: subprocess.Popen[str]) -> None:
    assert poster.stdin
    poster.stdin.write("go\n")
    poster.stdin.flush()


def _heard(poster: subprocess.Popen[str]) -> str:
    assert poster.stdout
    return poster.stdout.readline().strip()


def once_each() -> list[str]:
    """Return who gets how many mails where each gets one a day."""
    return sorted(f"r{number}@example.org" for number in range(READERS) for _day in range(DAYS))
