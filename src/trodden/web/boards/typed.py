"""What somebody typed on a board and could not be kept, given back to be mended and sent again."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.model.errors import CallerError, LockedError
from trodden.web.addresses import key_in
from trodden.web.boards.keeping import cards_of
from trodden.web.boards.models import LONGEST_NAME, Board, Comment
from trodden.web.boards.pages import crumbs_of
from trodden.web.errors import status_of
from trodden.web.pages import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from trodden.web.pages import Crumb

REFUSED: Final = (CallerError, LockedError, Http404)
"""What a change of a board is refused with."""
_FIELDS: Final = {"rename": "name", "note": "text", "say": "text", "edit": "text"}
"""The field that is typed into, by what is done with it."""


@dataclass(frozen=True, slots=True)
class Again:
    """How something is sent again: where, as what act, what was typed, and fields that nobody types."""

    action: str
    act: str
    text: str
    hidden: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TypedPage:
    """What was typed, why it was not kept, and what stands there ``now`` that somebody else wrote.

    It is typed into the field ``name``, on one line of at most ``most`` letters where there is such a bound.
    """

    title: str
    crumbs: tuple[Crumb, ...]
    message: str
    hint: str
    again: Again
    name: str
    now: str
    back: str
    most: int = 0


def change_given_back(request: HttpRequest, board: Board, error: Exception) -> HttpResponse | None:
    """Give back a name or a note; None where nothing was typed."""
    given = request.POST.dict()
    held = Board.here.get(pk=board.pk)
    card = cards_of(board).filter(pk=key_in(given.get("card", ""))).first()
    hidden = (("version", str(held.version)), ("card", str(card.pk) if card else ""))
    act = given.get("act", "")
    text = given.get(_FIELDS.get(act, ""), "").strip()
    again = Again(reverse("board-change", args=[board.pk]), act, text, hidden)
    now = held.name if act == "rename" else card.text if card else ""
    return _given_back(request, board, error, again, now)


def comment_given_back(
    request: HttpRequest, board: Board, error: Exception, given: Mapping[str, str]
) -> HttpResponse | None:
    """Give back a comment; None where nothing was typed. Where what it changed is gone, it is a new one."""
    one = Comment.here.filter(board=board, removed_at=None, pk=key_in(given.get("comment", ""))).first()
    card = cards_of(board).filter(pk=key_in(given.get("card", ""))).first()
    hidden = (
        ("card", str(card.pk) if card else ""),
        ("mark", given.get("mark", "") if card else ""),
        ("comment", str(one.pk) if one else ""),
        ("version", str(one.version) if one else ""),
    )
    act = given.get("act", "")
    act = "say" if act == "edit" and one is None else act
    again = Again(reverse("board-comment", args=[board.pk]), act, given["text"].strip(), hidden)
    return _given_back(request, board, error, again, one.text if one else "")


def _given_back(
    request: HttpRequest, board: Board, error: Exception, again: Again, now: str
) -> HttpResponse | None:
    name = _FIELDS.get(again.act)
    if not again.text or name is None:
        return None
    is_ours = isinstance(error, (CallerError, LockedError))
    page = TypedPage(
        title=_("This was not kept"),
        crumbs=crumbs_of(board, _("Not kept")),
        message=error.message if is_ours else str(error),
        hint=error.hint if isinstance(error, CallerError) else "",
        again=again,
        name=name,
        now=now if isinstance(error, LockedError) else "",
        back=reverse("board", args=[board.pk]),
        most=LONGEST_NAME if name == "name" else 0,
    )
    status = status_of(error) if is_ours else HTTPStatus.NOT_FOUND
    return show(request, "boards/typed.html", page, status=status)
