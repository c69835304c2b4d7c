"""Boards as they are changed: begun, arranged, duplicated, deleted, brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from trodden.model.errors import CallerError
from trodden.web.actors import actor_of
from trodden.web.addresses import key_in, version_in, with_query
from trodden.web.audit.requests import record
from trodden.web.boards.arranging import Change, arranged
from trodden.web.boards.keeping import board_of, duplicate, made, may_change, restored
from trodden.web.boards.sending import come_back
from trodden.web.boards.starters import begun
from trodden.web.boards.typed import REFUSED, change_given_back
from trodden.web.home import walked

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.web.boards.models import Board


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin a board, empty or from a starter."""
    found, actor = walked(), actor_of(request)
    if found is None:
        raise CallerError(_("Nothing has come in yet."), hint="trodden import FILE")
    with transaction.atomic():
        starter = request.POST.get("starter", "")
        board = begun(starter, actor, found) if starter else made(request.POST.get("name", ""), actor.name)
        if board is None:
            raise Http404(_("There is nothing of that name to begin with."))
        record(request, "board.new", f"{board.pk} {starter}".strip())
    return redirect("board", board.pk)


@require_POST
def change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Do something to a board: rename it, arrange its cards, write a note, delete it."""
    board, act = board_of(key), request.POST.get("act", "")
    actor = actor_of(request)
    if not may_change(actor, board):
        raise PermissionDenied
    try:
        with transaction.atomic():
            card = arranged(Change(board, version_in(request.POST.dict()), actor), act, request.POST.dict())
            record(request, f"board.{act}", f"{board.pk} {card.pk if card else ''}".strip())
    except REFUSED as error:
        page = change_given_back(request, board, error)
        if page is None:
            raise
        return page
    if act == "delete":
        return HttpResponseRedirect(with_query(reverse("boards"), {"deleted": str(key)}))
    if card is None:
        return redirect("board", key)
    return _back(board, str(card.pk), is_off=act == "take-off")


def _back(board: Board, card: str, *, is_off: bool) -> HttpResponse:
    address = reverse("board", args=[board.pk])
    return HttpResponseRedirect(with_query(address, {"off": card}) if is_off else f"{address}#card-{card}")


@require_POST
def copy(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make a board like another one, of one's own."""
    with transaction.atomic():
        twin = duplicate(board_of(key), actor_of(request))
        record(request, "board.copy", f"{key} as {twin.pk}")
    return redirect("board", twin.pk)


@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Bring a deleted board back."""
    key = key_in(request.POST.get("board", ""))
    if key is None:
        raise Http404(_("There is no such deleted board."))
    with transaction.atomic():
        board = restored(key, actor_of(request))
        come_back(board)
        record(request, "board.restore", str(key))
    return redirect("board", board.pk)
