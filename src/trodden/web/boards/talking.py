"""What people say about a board, a card of it, or a mark of a card's chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from trodden.charts.formats import format_moment
from trodden.model.errors import CallerError, LockedError
from trodden.web.actors import actor_of
from trodden.web.addresses import version_in
from trodden.web.audit.requests import record
from trodden.web.boards.answering import name_of
from trodden.web.boards.keeping import board_of, cards_of, may_change
from trodden.web.boards.models import LONGEST_NOTE, Comment

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.web.actors import Actor
    from trodden.web.boards.models import Board, Card

MOST: Final = 500
"""Open comments of a board."""
_OF_THE_BOARD: Final = frozenset({"resolve", "reopen", "take-back"})
"""What who may change a board does with what others said."""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as it is shown; ``where`` names its card and its mark, a value of everybody's customers."""

    key: str
    version: int
    text: str
    by: str
    at: str
    where: str
    is_edited: bool
    is_resolved: bool
    is_own: bool
    may_resolve: bool


def said_on(board: Board, actor: Actor, zone: str) -> tuple[dict[str, tuple[Said, ...]], tuple[Said, ...]]:
    """Return the open comments by card, empty for the board itself, and all of them."""
    held = Comment.here.filter(board=board).select_related("card").order_by("at")
    shown = [(str(one.card.pk) if one.card else "", _said(one, board, actor, zone)) for one in held]
    still = {key: tuple(one for at, one in shown if at == key and not one.is_resolved) for key, _one in shown}
    return still, tuple(one for _key, one in shown)


def _said(one: Comment, board: Board, actor: Actor, zone: str) -> Said:
    is_own = one.by == actor.name
    about = "" if actor.limit else one.about
    where = " · ".join(part for part in (name_of(one.card) if one.card else "", about) if part)
    return Said(
        key=str(one.pk),
        version=one.version,
        text=one.text,
        by=one.by,
        at=format_moment(one.at, zone),
        where=where,
        is_edited=one.edited_at is not None,
        is_resolved=one.resolved_at is not None,
        is_own=is_own,
        may_resolve=is_own or may_change(actor, board),
    )


@require_POST
def comment(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say something, change it, take it back, resolve it or open it again."""
    board, act = board_of(key), request.POST.get("act", "")
    actor = actor_of(request)
    with transaction.atomic():
        if act == "say":
            card = _say(board, actor, request.POST.dict())
        else:
            card = _change(board, actor, act, request.POST.dict())
        record(request, f"board.comment-{act}", str(key))
    return HttpResponseRedirect(f"{reverse('board', args=[key])}#{f'card-{card.pk}' if card else 'said'}")


def _say(board: Board, actor: Actor, given: dict[str, str]) -> Card | None:
    card = cards_of(board).filter(pk=_key(given["card"])).first() if given.get("card") else None
    if given.get("card") and card is None:
        raise Http404(_("This card is not on the board any more."))
    _hold_room(board)
    mark, _bar, about = given.get("mark", "").replace("\0", "").partition("|")
    Comment.here.create(
        workspace=board.workspace,
        board=board,
        card=card,
        mark=mark[:500],
        about=about[:200],
        text=_text(given),
        by=actor.name,
    )
    return card


def _hold_room(board: Board) -> None:
    if Comment.here.filter(board=board, resolved_at=None).count() >= MOST:
        raise CallerError(
            _("A board holds at most {n} open comments.").format(n=MOST), hint=_("Resolve some of them.")
        )


def _change(board: Board, actor: Actor, act: str, given: dict[str, str]) -> Card | None:
    one = Comment.here.filter(board=board, pk=_key(given.get("comment", ""))).select_related("card").first()
    if one is None:
        raise Http404(_("There is no such comment any more."))
    is_own = one.by == actor.name
    if not is_own and (act not in _OF_THE_BOARD or not may_change(actor, board)):
        raise PermissionDenied
    if act == "reopen":
        _hold_room(board)
    held = Comment.here.filter(pk=one.pk, version=version_in(given))
    if not (
        held.delete()[0]
        if act == "take-back"
        else held.update(version=one.version + 1, **_changes(act, given))
    ):
        raise LockedError(_("Somebody changed this comment meanwhile."), hint=_("Open the board anew."))
    return one.card


def _changes(act: str, given: dict[str, str]) -> dict[str, object]:
    if act == "edit":
        return {"text": _text(given), "edited_at": timezone.now()}
    if act == "resolve":
        return {"resolved_at": timezone.now()}
    if act == "reopen":
        return {"resolved_at": None}
    raise CallerError(f"{act!r} cannot be done to a comment.")


def _text(given: dict[str, str]) -> str:
    text = given.get("text", "").replace("\0", "").strip()[:LONGEST_NOTE]
    if not text:
        raise CallerError(_("Say something: a comment is plain text."))
    return text


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404(_("There is no such comment any more.")) from None
