"""Pages of long questions: progress, Cancel, and others who ask the same."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import count
from threading import Event
from time import monotonic
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.http.conftest import Serve
from tests.support.waiting import ALL, NAME, PATIENCE_S, Gate, WaitingQuestion, waiting
from trodden.model.errors import CancelledError
from trodden.web import running
from trodden.web.home import walks
from trodden.web.running import AT_ONCE, FORGOTTEN_S, RUNS, Run

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
    run = RUNS.find(ticket_of(response["Location"]))
    assert run is not None
    return response["Location"], run


def ticket_of(here: str) -> str:
    return here.split("/")[3]


def cancel_of(here: str) -> str:
    return here.replace("/?", "/cancel?")


def links(response: HttpResponse) -> list[str]:
    return re.findall(r'href="([^"]*)"', text(response))


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
    assert reloaded["Location"] == f"{question}&ticket={ticket_of(here)}"
    for address in (reloaded["Location"], question):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "<svg" in text(answer)
    shown = links(client.get(reloaded["Location"]))
    assert shown
    assert not [link for link in shown if "ticket" in link], "links carry on the question only"


def test_the_answer_waited_for_is_shown_though_the_walks_were_renewed_meanwhile(
    client: Client, gate: Gate, question: str
) -> None:
    here, run = asked(client, question)
    gate.on.release(ALL)
    run.answer.result(PATIENCE_S)
    known = walks()
    assert known is not None
    known.refresh()
    assert known.catalog is not run.catalog
    answer = client.get(client.get(here)["Location"])
    assert answer.status_code == 200
    assert "<svg" in text(answer)


def test_a_ticket_shows_no_answer_to_another_question(client: Client, gate: Gate, question: str) -> None:
    here, run = asked(client, question)
    gate.on.release(ALL)
    run.answer.result(PATIENCE_S)
    other, begun = asked(client, f"/explore/waiting/?top={next(NUMBERS)}&ticket={ticket_of(here)}")
    assert begun is not run
    assert ticket_of(other) != ticket_of(here)


def test_who_waits_for_the_page_itself_is_not_forgotten(
    client: Client, gate: Gate, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRODDEN_PROGRESS_AFTER", "600")
    monkeypatch.setattr(running, "FORGOTTEN_S", 0.2)
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(client.get, question)
        gate.begun.get(timeout=PATIENCE_S)
        assert not wait([asking], 5 * running.FORGOTTEN_S).done
        gate.on.release(ALL)
        assert asking.result(PATIENCE_S).status_code == 200


@pytest.mark.usefixtures("client")
def test_an_answer_nobody_comes_for_is_forgotten(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "FORGOTTEN_S", 0.2)
    forgotten = Event()
    runs = running.Runs()
    known = walks()
    assert known is not None
    gate.on.release(ALL)
    _ticket, run = runs.join(known, WaitingQuestion(top=next(NUMBERS)))
    run.answer.result(PATIENCE_S)
    weakref.finalize(run.cancel, forgotten.set)
    del run
    assert forgotten.wait(PATIENCE_S)


@pytest.mark.usefixtures("gate")
def test_a_queued_question_does_not_count_parts(client: Client, question: str) -> None:
    others = [asked(client, f"/explore/waiting/?top={next(NUMBERS)}") for _ in range(AT_ONCE)]
    here, run = asked(client, question)
    assert not run.answer.running()
    shown = text(client.get(here))
    assert "Other questions are being answered first." in shown
    assert "0 of 0" not in shown
    assert 'max="0"' not in shown
    assert len(others) == AT_ONCE


def test_each_visitor_is_led_to_the_address_they_asked_at(client: Client, gate: Gate, question: str) -> None:
    first, run = asked(client, question)
    theirs = f"{question}&unit="
    joined, same = asked(client, theirs)
    assert same is run
    gate.on.release(ALL)
    run.answer.result(PATIENCE_S)
    assert client.get(first)["Location"] == f"{question}&ticket={ticket_of(first)}"
    assert client.get(joined)["Location"] == f"{theirs}&ticket={ticket_of(joined)}"


def test_a_lost_ticket_leads_back_to_its_question(client: Client, question: str) -> None:
    here = f"/explore/running/lost/?{urlencode({'asked': question.replace('waiting', 'overview')})}"
    polled = client.get(here, headers={"HX-Request": "true"})
    assert (polled.status_code, polled["HX-Refresh"]) == (200, "true")
    for response in (client.get(here), client.post(cancel_of(here))):
        assert response.status_code == 404
        assert f'href="{question.replace("waiting", "overview")}"' in text(response)
        assert "Nobody waits for this any more" in text(response)


@pytest.mark.parametrize(
    "asked_at",
    ["https://evil.example/explore/overview/", "//evil.example/explore/overview/", "/data/", "/explore/no/"],
)
def test_a_lost_ticket_leads_nowhere_else(client: Client, asked_at: str) -> None:
    response = client.get(f"/explore/running/lost/?{urlencode({'asked': asked_at})}")
    assert response.status_code == 404
    assert not [link for link in links(response) if "evil" in link]
    assert "Ask it again</a>" not in text(response)


def test_cancel_stops_the_work(client: Client, gate: Gate, question: str) -> None:
    here, run = asked(client, question)
    gate.begun.get(timeout=PATIENCE_S)
    sent = client.post(cancel_of(here))
    assert sent.status_code == 302, "loading the page anew sends nothing again"
    stopped = client.get(sent["Location"])
    assert stopped.status_code == 200
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
    client.post(cancel_of(mine))
    gate.on.release(ALL)
    assert run.answer.result(PATIENCE_S).about.customers > 0
    assert client.get(theirs)["Location"] == f"{question}&ticket={ticket_of(theirs)}"
    assert client.get(mine).status_code == 404


def test_a_question_cancelled_by_all_is_begun_anew_for_the_next(
    client: Client, gate: Gate, question: str
) -> None:
    here, cancelled = asked(client, question)
    client.post(cancel_of(here))
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
