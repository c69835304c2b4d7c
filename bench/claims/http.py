"""Claim: transitions, funnel, flow, retention of five million events over HTTP in 0.1 s, not remembered."""

from __future__ import annotations

import http.client
import json
import sys
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from bench.ledger import measured
from bench.measure import LONGEST_S, RUNS, FailedError, Timed, timed
from bench.page import Row
from bench.serving import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.claims.data import Data

BUDGET_S: Final = 0.1
BUDGET_EVENTS: Final = 5_000_000
QUESTIONS: Final[dict[str, dict[str, Any]]] = {
    "transitions": {},
    "funnel": {"steps": [f"touchpoint {number}" for number in range(4)], "within": "P7D"},
    "flow": {},
    "retention": {},
}


def measure(data: Data) -> Iterator[Row]:
    """Ask a server at rest that remembers nothing, over one connection, from request to the whole answer."""
    if not data.is_middle:
        return
    for name, asked in measured(data.folder, "http", dict[str, Timed], lambda: _asked(data.home)).items():
        budget = BUDGET_S * data.events / BUDGET_EVENTS
        yield Row(f"{name} over HTTP, warm", str(asked), asked.median, budget, "s", f"{data.events:,} events")


def _asked(home: str) -> dict[str, Timed]:
    with serving(home, TRODDEN_CACHED_ANSWERS="0", TRODDEN_SEEK_FINDINGS="false") as server:
        server.rest()
        place = urlsplit(server.url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=LONGEST_S)
        found = {
            name: timed([_seconds(connection, server, name) for _ in range(1 + RUNS)][1:])
            for name in QUESTIONS
        }
        connection.close()
        return found


def _seconds(connection: http.client.HTTPConnection, server: Server, name: str) -> float:
    begin = time.perf_counter()
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    connection.request("POST", f"/api/ask/{name}", json.dumps(QUESTIONS[name]), headers)
    response = connection.getresponse()
    answer = response.read()
    if response.status != http.client.OK:
        print(answer[:1000], file=sys.stderr)
        raise FailedError(f"{name} over HTTP: status {response.status}")
    return time.perf_counter() - begin
