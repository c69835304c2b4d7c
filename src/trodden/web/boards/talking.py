"""What people say about a board, a card of it, or a mark of a card's chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

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
from trodden.web.addresses import key_in, version_in, with_query
from trodden.web.audit.requests import record
from trodden.web.boards.answering import name_of
from trodden.web.boards.keeping import board_of, cards_of, may_change, plain_text
from trodden.web.boards.mentions import tell, with_mentions
from trodden.web.boards.models import Comment
from trodden.web.boards.typed import REFUSED, comment_given_back

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from trodden.web.actors import Actor
    from trodden.web.boards.models import Board

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


@dataclass(frozen=True, slots=True)
class Gone:
    """A comment somebody took back just now, and can bring back."""

    key: str
    version: int


def comments_of(board: Board) -> QuerySet[Comment]:
    """Return what is said on a board and was not taken back."""
    return Comment.here.filter(board=board, removed_at=None).select_related("card")


def taken_back(board: Board, key: str, actor: Actor) -> Comment | None:
    """Return a comment that somebody took back or removed themselves."""
    held = Comment.here.filter(board=board, pk=key_in(key), removed_by=actor.name)
    return held.exclude(removed_at=None).select_related("card").first()


def gone_on(board: Board, key: str, actor: Actor) -> Gone | None:
    """Return the same for a page."""
    found = taken_back(board, key, actor)
    return Gone(str(found.pk), found.version) if found else None


def said_on(board: Board, actor: Actor, zone: str) -> tuple[dict[str, tuple[Said, ...]], tuple[Said, ...]]:
    """Return the open comments by card, empty for the board itself, and all of them."""
    held = comments_of(board).order_by("at")
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
    """Say something, change it, take it back, bring it back, resolve it or open it again."""
    board, act = board_of(key), request.POST.get("act", "")
    given = request.POST.dict()
    given["text"] = with_mentions(given.get("text", ""), request.POST.getlist("tell"))
    try:
        with transaction.atomic():
            one = talked(board, actor_of(request), act, given)
            record(request, f"board.comment-{act}", str(key))
    except REFUSED as error:
        page = comment_given_back(request, board, error, given)
        if page is None:
            raise
        return page
    address = reverse("board", args=[key])
    if act == "take-back":
        return HttpResponseRedirect(with_query(address, {"gone": str(one.pk)}))
    return HttpResponseRedirect(f"{address}#{f'card-{one.card.pk}' if one.card else 'said'}")


def talked(board: Board, actor: Actor, act: str, given: dict[str, str]) -> Comment:
    """Say something about a board, or do something to what was said; return the comment.

    Raises
    ------
    CallerError
        Nothing is said, too much, or nobody knows this act.
    LockedError
        Somebody changed the comment meanwhile.
    PermissionDenied
        It is somebody else's.
    Http404
        The comment or its card is gone.
    """
    one = _say(board, actor, given) if act == "say" else _change(board, actor, act, given)
    if act == "say":
        tell(one, one.text)
    elif act == "edit":
        tell(one, _text(given), before=one.text)
    return one


def _say(board: Board, actor: Actor, given: dict[str, str]) -> Comment:
    card = cards_of(board).filter(pk=key_in(given["card"])).first() if given.get("card") else None
    if given.get("card") and card is None:
        raise Http404(_("This card is not on the board any more."))
    _hold_room(board)
    mark, _bar, about = given.get("mark", "").replace("\0", "").partition("|")
    return Comment.here.create(
        workspace=board.workspace,
        board=board,
        card=card,
        mark=mark[:500],
        about=about[:200],
        text=_text(given),
        by=actor.name,
    )


def _hold_room(board: Board) -> None:
    if comments_of(board).filter(resolved_at=None).count() >= MOST:
        raise CallerError(
            _("A board holds at most {n} open comments.").format(n=MOST), hint=_("Resolve some of them.")
        )


def _change(board: Board, actor: Actor, act: str, given: dict[str, str]) -> Comment:
    one = _found(board, actor, act, given.get("comment", ""))
    if act == "reopen" or (act == "bring-back" and one.resolved_at is None):
        _hold_room(board)
    held = Comment.here.filter(pk=one.pk, version=version_in(given))
    if not held.update(version=one.version + 1, **_changes(act, given, actor)):
        raise LockedError(_("Somebody changed this comment meanwhile."), hint=_("Open the board anew."))
    return one


def _found(board: Board, actor: Actor, act: str, key: str) -> Comment:
    """Return the comment that somebody may do this to."""
    if act == "bring-back":
        one = taken_back(board, key, actor)
    else:
        one = comments_of(board).filter(pk=key_in(key)).first()
    if one is None:
        raise Http404(_("There is no such comment any more."))
    is_theirs = act == "bring-back" or one.by == actor.name
    if not is_theirs and (act not in _OF_THE_BOARD or not may_change(actor, board)):
        raise PermissionDenied
    return one


def _changes(act: str, given: dict[str, str], actor: Actor) -> dict[str, object]:
    now = timezone.now()
    if act == "edit":
        return {"text": _text(given), "edited_at": now}
    changes: dict[str, dict[str, object]] = {
        "resolve": {"resolved_at": now},
        "reopen": {"resolved_at": None},
        "take-back": {"removed_at": now, "removed_by": actor.name},
        "bring-back": {"removed_at": None, "removed_by": ""},
    }
    if act not in changes:
        raise CallerError(f"{act!r} cannot be done to a comment.")
    return changes[act]


def _text(given: dict[str, str]) -> str:
    text = plain_text(given.get("text", ""))
    if not text:
        raise CallerError(_("Say something: a comment is plain text."))
    return text
