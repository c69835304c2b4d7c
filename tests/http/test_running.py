"""Pages of long questions: progress, Cancel, and others who ask the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from time import monotonic

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.http.conftest import Serve
from tests.support.waiting import ALL, NAME, PATIENCE_S, Gate, waiting
from trodden.model.errors import CancelledError
from trodden.web.running import FORGOTTEN_S, RUNS, Run

NUMBERS = count(1)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Let every question be a long one, and this one as long as the test says."""
    monkeypatch.setenv("TRODDEN_PROGRESS_AFTER", "0")
    with waiting() as found:
        yield found
        RUNS.stop()


@pytest.fixture
def client(serve: Serve) -> Client:
    return serve("sample")


@pytest.fixture
def question() -> str:
    """Return a question nobody asked before, so that no answer is remembered."""
    return f"/explore/waiting/?top={next(NUMBERS)}"


def asked(client: Client, question: str) -> tuple[str, Run]:
    """Ask; return the address that shows progress, and the run."""
    response = client.get(question)
    assert response.status_code == 302
    assert response["Location"].startswith("/explore/running/")
    run = RUNS.find(response["Location"].split("/")[-2])
    assert run is not None
    return response["Location"], run


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_progress_is_shown_and_then_the_answer(client: Client, gate: Gate, question: str) -> None:
    here, run = asked(client, question)
    gate.begun.get(timeout=PATIENCE_S)
    shown = text(client.get(here))
    read, pieces = re.findall(r"(\d+) of (\d+) parts", shown)[0]
    assert (int(read), int(pieces)) == (0, run.cancel.pieces)
    assert run.cancel.pieces > 2
    assert f'hx-get="{here}"' in shown
    assert '<noscript><meta http-equiv="refresh"' in shown
    gate.on.release(ALL)
    run.answer.result(PATIENCE_S)
    polled = client.get(here, headers={"HX-Request": "true"})
    assert polled["HX-Refresh"] == "true"
    reloaded = client.get(here)
    assert reloaded["Location"] == question
    answer = client.get(question)
    assert answer.status_code == 200
    assert "<svg" in text(answer)


def test_cancel_stops_the_work(client: Client, gate: Gate, question: str) -> None:
    here, run = asked(client, question)
    gate.begun.get(timeout=PATIENCE_S)
    stopped = client.post(f"{here}cancel")
    assert "Stopped" in text(stopped)
    assert f'href="{question}"' in text(stopped)
    gate.on.release(ALL)
    with pytest.raises(CancelledError):
        run.answer.result(PATIENCE_S)
    assert run.cancel.pieces_read < run.cancel.pieces
    assert client.get(here).status_code == 404


def test_who_cancels_leaves_the_others_their_answer(client: Client, gate: Gate, question: str) -> None:
    mine, run = asked(client, question)
    theirs, shared = asked(client, question)
    assert mine != theirs
    assert shared is run
    client.post(f"{mine}cancel")
    gate.on.release(ALL)
    assert run.answer.result(PATIENCE_S).about.customers > 0
    assert client.get(theirs)["Location"] == question
    assert client.get(mine).status_code == 404


def test_a_question_cancelled_by_all_is_begun_anew_for_the_next(
    client: Client, gate: Gate, question: str
) -> None:
    here, cancelled = asked(client, question)
    client.post(f"{here}cancel")
    _, begun = asked(client, question)
    assert begun is not cancelled
    gate.on.release(ALL)
    assert begun.answer.result(PATIENCE_S).about.customers > 0


def test_work_nobody_was_heard_of_for_a_while_stops(client: Client, gate: Gate, question: str) -> None:
    here, run = asked(client, question)
    (ticket,) = run.cancel.waiting
    run.cancel.waiting[ticket] = monotonic() - FORGOTTEN_S / 2
    assert client.get(here).status_code == 200, "asking again is being heard of"
    run.cancel.waiting[ticket] = monotonic() - FORGOTTEN_S
    assert client.get(here).status_code == 404
    gate.on.release(ALL)
    with pytest.raises(CancelledError):
        run.answer.result(PATIENCE_S)


def test_a_ticket_nobody_was_given_leads_nowhere(client: Client) -> None:
    for response in (client.get("/explore/running/x/"), client.post("/explore/running/x/cancel")):
        assert response.status_code == 404
    assert reverse("ask", args=[NAME]) == "/explore/waiting/"
