"""What is shown while a question is being answered: how far it has come, and a way to stop it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.registry import find_by_question
from trodden.web.explore.pages import crumbs_of, title_of
from trodden.web.pages import show
from trodden.web.running import RUNS

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.web.pages import Crumb
    from trodden.web.running import Run


@dataclass(frozen=True, slots=True)
class RunningPage:
    """A question under way, or stopped: ``here`` is its own address, ``again`` that of the question."""

    title: str
    crumbs: tuple[Crumb, ...]
    summary: str
    here: str
    cancel: str
    again: str
    pieces: int
    pieces_read: int
    is_under_way: bool


@require_safe
def running(request: HttpRequest, ticket: str) -> HttpResponse:
    """Show how far a question has come, or lead to its answer when it is there."""
    run = _known(RUNS.find(ticket))
    if not run.answer.done():
        return show(request, "explore/running.html", _page(run, ticket, is_under_way=True))
    if request.headers.get("HX-Request"):
        # Loading the page anew leads to the answer and leaves no step to come back to.
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect(run.address)


@require_POST
def cancel(request: HttpRequest, ticket: str) -> HttpResponse:
    """Wait no more; the question stops unless somebody else waits for it."""
    run = _known(RUNS.leave(ticket))
    return show(request, "explore/running.html", _page(run, ticket, is_under_way=False))


def _known(run: Run | None) -> Run:
    if run is None:
        raise Http404(_("Nobody waits for this question any more. Ask it again."))
    return run


def _page(run: Run, ticket: str, *, is_under_way: bool) -> RunningPage:
    registration = find_by_question(run.question)
    return RunningPage(
        title=title_of(registration),
        crumbs=crumbs_of(registration),
        summary=registration.summary,
        here=reverse("running", args=[ticket]),
        cancel=reverse("cancel", args=[ticket]),
        again=run.address,
        pieces=run.cancel.pieces,
        pieces_read=run.cancel.pieces_read,
        is_under_way=is_under_way,
    )
