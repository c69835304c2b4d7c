"""What is shown while a question is being answered: how far it has come, and a way to stop it.

The address of its progress carries that of the question, so that it leads there whatever became of the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.questions import write_question
from trodden.registry import find, find_by_question, registrations
from trodden.web.addresses import ask_address, with_query
from trodden.web.explore.pages import crumbs_of, title_of
from trodden.web.pages import show
from trodden.web.running import RUNS
from trodden.web.workspaces import plain

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.registry import Registration
    from trodden.web.pages import Crumb
    from trodden.web.running import Run

TICKET: Final = "ticket"
"""Beside the fields of a question: under what its answer was waited for."""
_ASKED: Final = "asked"
_STOPPED: Final = "stopped"


@dataclass(frozen=True, slots=True)
class RunningPage:
    """A question under way, stopped, or lost: ``here`` is its own address, ``again`` that of the question."""

    title: str
    crumbs: tuple[Crumb, ...]
    summary: str
    again: str
    state: Literal["queued", "begun", "stopped", "lost"]
    here: str = ""
    cancel: str = ""
    pieces: int = 0
    pieces_read: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """An analysis and the address at which it was asked."""

    registration: Registration
    address: str


def asked_in(request: HttpRequest) -> str:
    """Return the fields of the question in an address, as they stand there, without a ticket."""
    fields = request.GET.copy()
    fields.pop(TICKET, None)
    return fields.urlencode()


def running_address(ticket: str, name: str, fields: str) -> str:
    """Return where the progress of a question is shown."""
    return with_query(reverse("running", args=[ticket]), {_ASKED: _with(reverse("ask", args=[name]), fields)})


@require_safe
def running(request: HttpRequest, ticket: str) -> HttpResponse:
    """Show how far a question has come, or lead to its answer when it is there."""
    run = RUNS.find(ticket)
    if request.headers.get("HX-Request") and (run is None or run.answer.done()):
        # Loading the page anew leads to the answer, or says what became of it, and leaves no step to come
        # back to.
        return HttpResponse(headers={"HX-Refresh": "true"})
    if run is None:
        return _gone(request)
    asked = _asked(request) or _asked_by(run)
    if run.answer.done():
        return redirect(_with(asked.address, urlencode({TICKET: ticket})))
    return show(request, "explore/running.html", _page(request, run, ticket, asked))


@require_POST
def cancel(request: HttpRequest, ticket: str) -> HttpResponse:
    """Wait no more; the question stops unless somebody else waits for it."""
    run = RUNS.leave(ticket)
    if run is None:
        return _gone(request)
    asked = _asked(request) or _asked_by(run)
    return redirect(with_query(reverse("running", args=[ticket]), {_ASKED: asked.address, _STOPPED: "yes"}))


def _gone(request: HttpRequest) -> HttpResponse:
    """Say what became of a question nobody waits for under this ticket, and lead back to it.

    Raises
    ------
    Http404
        The address does not say which question that was.
    """
    asked = _asked(request)
    if asked is None:
        raise Http404(_("Nobody waits for this question any more. Ask it again."))
    is_stopped = request.method != "POST" and _STOPPED in request.GET
    page = RunningPage(**_heading(asked), state="stopped" if is_stopped else "lost")
    status = HTTPStatus.OK if is_stopped else HTTPStatus.NOT_FOUND
    return show(request, "explore/running.html", page, status=status)


def _asked(request: HttpRequest) -> Asked | None:
    """Return the question an address of progress carries; None where it carries none of ours."""
    path, _mark, fields = request.GET.get(_ASKED, "").partition("?")
    try:
        found = resolve(plain(path)[1])
    except Resolver404:
        return None
    name = found.kwargs.get("name", "")
    if found.url_name != "ask" or name not in registrations():
        return None
    return Asked(find(name), _with(reverse("ask", args=[name]), fields))


def _asked_by(run: Run) -> Asked:
    registration = find_by_question(run.question)
    return Asked(registration, ask_address(registration.name, write_question(run.question)))


def _with(address: str, fields: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{fields}" if fields else address


def _page(request: HttpRequest, run: Run, ticket: str, asked: Asked) -> RunningPage:
    return RunningPage(
        **_heading(asked),
        state="begun" if run.answer.running() else "queued",
        here=request.get_full_path(),
        cancel=with_query(reverse("cancel", args=[ticket]), {_ASKED: asked.address}),
        pieces=run.cancel.pieces,
        pieces_read=run.cancel.pieces_read,
    )


def _heading(asked: Asked) -> dict[str, Any]:
    return {
        "title": title_of(asked.registration),
        "crumbs": crumbs_of(asked.registration),
        "summary": asked.registration.summary,
        "again": asked.address,
    }
