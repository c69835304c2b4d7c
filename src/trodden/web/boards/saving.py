"""The way from an answer to a board: the form beside it, and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from trodden.model.errors import CallerError
from trodden.web.actors import actor_of
from trodden.web.addresses import key_in
from trodden.web.audit.requests import record
from trodden.web.boards.keeping import board_of, made, may_change
from trodden.web.boards.models import Board
from trodden.web.boards.putting import analysis_of, kept_question, put, usual_period
from trodden.web.explore.pages import title_of
from trodden.web.explore.periods import text_of, usual
from trodden.web.home import walked
from trodden.web.people.rights import Right
from trodden.web.shield import is_naming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from trodden.api import StoredWalks
    from trodden.registry import Registration
    from trodden.web.actors import Actor


@dataclass(frozen=True, slots=True)
class SaveForm:
    """What an answer is saved with.

    ``asked``: its question as in an address. ``periods``: the usual ones, each with whether it is what was
    asked. ``boards``: those of others are not among them where somebody changes but their own.
    """

    action: str
    analysis: str
    asked: str
    name: str
    period: str
    periods: tuple[tuple[str, str, bool], ...]
    boards: tuple[tuple[str, str], ...]


def save_form(
    actor: Actor, registration: Registration, fields: Mapping[str, str], found: StoredWalks, name: str = ""
) -> SaveForm | None:
    """Return the form that saves an answer, as ``name`` or as what it asks.

    None where who asks may not, or it names customers.
    """
    if is_naming(registration.name, fields) or not actor.may(Right.ASK):
        return None
    asked = fields.get("period", "")
    periods = usual(found.catalog.as_of, found.catalog.time_zone)
    return SaveForm(
        action=reverse("board-save"),
        analysis=registration.name,
        asked=urlencode(fields),
        name=name or registration.question_asked or title_of(registration),
        period=asked,
        periods=tuple((one.key, one.label, text_of(one.span) == asked) for one in periods),
        boards=tuple((str(one.pk), one.name) for one in own(actor)),
    )


def own(actor: Actor) -> list[Board]:
    """Return the boards somebody may add to, by name."""
    boards = Board.here.filter(deleted_at=None).order_by("name", "made_at")
    return [one for one in boards if may_change(actor, one)]


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Put a question on a board, or on a new one."""
    found = walked()
    if found is None:
        raise CallerError(_("Nothing has come in yet."), hint="trodden import FILE")
    registration = analysis_of(request.POST.get("analysis", ""))
    period = usual_period(found, request.POST.get("period", ""))
    kept = kept_question(registration, parse_qs(request.POST.get("asked", "")), period)
    with transaction.atomic():
        board = _chosen(request)
        card = put(board, actor_of(request), registration, kept, period, request.POST.get("name", ""))
        record(request, "board.save", f"{registration.name} on {board.pk}")
    return redirect(f"{reverse('board', args=[board.pk])}#card-{card.pk}")


def _chosen(request: HttpRequest) -> Board:
    """Return a new board where one was named, or the one that was chosen."""
    key, actor = request.POST.get("board", ""), actor_of(request)
    name = request.POST.get("new", "").strip()
    if name or not key:
        return made(name, actor.name)
    known = key_in(key)
    if known is None:
        raise CallerError(_("Choose a board, or name a new one."))
    board = board_of(known)
    if not may_change(actor, board):
        raise CallerError(_("This board is somebody else's."), hint=_("Save to one of your own."))
    return board
