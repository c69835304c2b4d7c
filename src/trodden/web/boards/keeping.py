"""Boards found, made, changed, deleted and brought back.

Whoever changes a board says which version of it they saw: of two who change it at once the second is refused.
What is only added, a saved answer, is refused to nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import F, Max
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from trodden.charts.formats import format_count
from trodden.model.errors import CallerError, LockedError
from trodden.web.boards.models import LONGEST_NAME, LONGEST_NOTE, Board, Card
from trodden.web.mails import one_line
from trodden.web.people.rights import Right
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from trodden.web.actors import Actor

MOST_CARDS: Final = 40
"""Cards of a board; more are a report nobody reads, and as many questions asked at once."""


def may_change(actor: Actor, board: Board) -> bool:
    """Say whether somebody may change a board: who edits what the workspace keeps, and who made it."""
    return actor.may(Right.EDIT) or (actor.may(Right.ASK) and board.made_by == actor.name)


def board_of(key: UUID) -> Board:
    """Return a board that is not deleted.

    Raises
    ------
    Http404
        There is none of this key here.
    """
    found = Board.here.filter(pk=key, deleted_at=None).first()
    if found is None:
        raise Http404(_("There is no such board, or it is deleted."))
    return found


def cards_of(board: Board) -> QuerySet[Card]:
    """Return the cards of a board in their order."""
    return Card.here.filter(board=board, removed_at=None).select_related("board").order_by("place", "pk")


def made(name: str, by: str) -> Board:
    """Make an empty board."""
    return Board.here.create(workspace=workspace_name(), name=plain_name(name), made_by=by)


def plain_name(name: str) -> str:
    """Return a name on one line.

    Raises
    ------
    CallerError
        Nothing is left of it, or it is too long.
    """
    found = one_line(name)
    if not found or len(found) > LONGEST_NAME:
        raise CallerError(
            _("A board needs a name of at most {n} letters.").format(n=LONGEST_NAME),
            hint=_("Say what it is about, such as Moving in, week by week."),
        )
    return found


def plain_text(text: str) -> str:
    """Return a text as it is kept: its lines end as they do here, nothing stands around it.

    Raises
    ------
    CallerError
        It is too long: nothing is cut off in silence.
    """
    found = text.replace("\0", "").replace("\r\n", "\n").strip()
    if len(found) > LONGEST_NOTE:
        raise CallerError(
            _("This has {n} characters; at most {most} are kept.").format(
                n=format_count(len(found)), most=format_count(LONGEST_NOTE)
            ),
            hint=_("Shorten it, or say it in two parts."),
        )
    return found


def added(board: Board, actor: Actor, **given: str) -> Card:
    """Add a card at the end of a board."""
    with transaction.atomic():
        written = written_by(actor, make_room(board))
        last: int | None = cards_of(board).aggregate(last=Max("place"))["last"]
        place = 0 if last is None else last + 1
        return Card.here.create(workspace=board.workspace, board=board, place=place, **given, **written)


def written_by(actor: Actor, version: int) -> dict[str, Any]:
    """Return what a card keeps of who puts it on a board or writes it, which makes that its ``version``."""
    return {"written_by": actor.name, "limit": actor.limit, "written_in": version}


def make_room(board: Board) -> int:
    """See to it that one more card fits on a board, and that it counts as changed; return its version."""
    Board.here.filter(pk=board.pk).update(version=F("version") + 1, changed_at=timezone.now())
    if cards_of(board).count() >= MOST_CARDS:
        raise CallerError(
            _("A board holds at most {n} cards.").format(n=MOST_CARDS),
            hint=_("Take one off, or begin another board."),
        )
    return Board.here.values_list("version", flat=True).get(pk=board.pk)


def changed(board: Board, version: int, **changes: object) -> None:
    """Change a board as it was seen at ``version``.

    Raises
    ------
    LockedError
        Somebody changed it meanwhile.
    """
    found = Board.here.filter(pk=board.pk, version=version)
    if not found.update(version=version + 1, changed_at=timezone.now(), **changes):
        raise changed_meanwhile()


def changed_meanwhile() -> LockedError:
    """Return the error of who comes second."""
    return LockedError(
        _("Somebody changed this board while you looked at it. Nothing of yours was changed."),
        hint=_("Open it anew, and change it again."),
    )


def duplicate(board: Board, actor: Actor) -> Board:
    """Make a board with the same cards, of one's own: as one sees customers oneself."""
    with transaction.atomic():
        name = _("{name}, copy").format(name=board.name)[:LONGEST_NAME]
        twin = made(name, actor.name)
        kept = ("place", "width", "analysis", "fields", "period", "text")
        for card in cards_of(board):
            values = {name: getattr(card, name) for name in kept} | written_by(actor, twin.version)
            Card.here.create(workspace=twin.workspace, board=twin, **values)
    return twin


def deleted() -> QuerySet[Board]:
    """Return the boards that can be brought back, the last deleted one first."""
    return Board.here.exclude(deleted_at=None).order_by("-deleted_at")


def restored(key: UUID, actor: Actor) -> Board:
    """Bring a deleted board back."""
    board = deleted().filter(pk=key).first()
    if board is None or not may_change(actor, board):
        raise Http404(_("There is no such deleted board."))
    changed(board, board.version, deleted_at=None)
    return board
