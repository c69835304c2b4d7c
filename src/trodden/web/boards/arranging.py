"""What is done to a board: renamed, its cards moved, made wider, written, taken off, put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from trodden.model.errors import CallerError
from trodden.web.addresses import LAST_VERSION, key_in, number_in
from trodden.web.boards.keeping import (
    added,
    cards_of,
    changed,
    make_room,
    plain_name,
    plain_text,
    written_by,
)
from trodden.web.boards.models import WIDTHS, Board, Card

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trodden.web.actors import Actor

    Given = Mapping[str, str]
    Act = Callable[["Change", Given], Card | None]


@dataclass(frozen=True, slots=True)
class Change:
    """A board as it was seen at ``version``, and who changes it."""

    board: Board
    version: int
    actor: Actor


def arranged(change: Change, act: str, given: Given) -> Card | None:
    """Do something to a board; return the card it was done to.

    Raises
    ------
    CallerError
        Nobody knows this act, or it cannot be done.
    LockedError
        Somebody changed the board meanwhile.
    Http404
        The card is not on it.
    """
    if act not in ACTS:
        raise CallerError(f"{act!r} cannot be done to a board.", hint=f"Possible: {', '.join(ACTS)}.")
    with transaction.atomic():
        return ACTS[act](change, given)


def _rename(change: Change, given: Given) -> None:
    changed(change.board, change.version, name=plain_name(given.get("name", "")))


def _delete(change: Change, given: Given) -> None:  # noqa: ARG001 - as every act
    changed(change.board, change.version, deleted_at=timezone.now())


def _earlier(change: Change, given: Given) -> Card:
    return _moved(change, given, lambda place, last: max(place - 1, 0))  # noqa: ARG005 - as every move


def _later(change: Change, given: Given) -> Card:
    return _moved(change, given, lambda place, last: min(place + 1, last))


def _to(change: Change, given: Given) -> Card:
    """Move a card to a place, counted from 0."""
    to = number_in(given.get("to", ""), 0, LAST_VERSION)
    if to is None:
        raise CallerError(_("Say to which place the card goes."))
    return _moved(change, given, lambda place, last: min(to, last))  # noqa: ARG005 - as above


def _moved(change: Change, given: Given, to: Callable[[int, int], int]) -> Card:
    changed(change.board, change.version)
    cards = list(cards_of(change.board))
    card = _among(cards, given)
    place = cards.index(card)
    cards.insert(to(place, len(cards) - 1), cards.pop(place))
    for number, one in enumerate(cards):
        Card.here.filter(pk=one.pk).update(place=number)
    return card


def _among(cards: list[Card], given: Given) -> Card:
    found = next((one for one in cards if str(one.pk) == given.get("card", "")), None)
    if found is None:
        raise Http404(_("This card is not on the board any more."))
    return found


def _card(board: Board, given: Given) -> Card:
    return _among(list(cards_of(board)), given)


def _width(change: Change, given: Given) -> Card:
    width = given.get("width", "")
    if width not in WIDTHS:
        raise CallerError(_("A card is {widths} wide.").format(widths=", ".join(WIDTHS)))
    return _set(change, given, width=width)


def _set(change: Change, given: Given, **changes: object) -> Card:
    changed(change.board, change.version)
    card = _card(change.board, given)
    Card.here.filter(pk=card.pk).update(**changes)
    return card


def _note(change: Change, given: Given) -> Card:
    text = plain_text(given.get("text", ""))
    if not text:
        raise CallerError(_("Write something: a note is plain text."))
    if not given.get("card"):
        return added(change.board, change.actor, text=text, width="whole")
    return _set(change, given, text=text, **written_by(change.actor, change.version + 1))


def _take_off(change: Change, given: Given) -> Card:
    return _set(change, given, removed_at=timezone.now())


def _put_back(change: Change, given: Given) -> Card:
    """Put a card back, which who does so brings onto the board like one of their own."""
    card = taken_off(change.board, given.get("card", ""))
    if card is None:
        raise Http404(_("There is no such card to be put back."))
    written = written_by(change.actor, make_room(change.board))
    Card.here.filter(pk=card.pk).update(removed_at=None, **written)
    return card


def taken_off(board: Board, key: str) -> Card | None:
    """Return a card that was taken off a board and can be put back."""
    return Card.here.filter(board=board, pk=key_in(key)).exclude(removed_at=None).first()


ACTS: Final[Mapping[str, Act]] = {
    "rename": _rename,
    "delete": _delete,
    "earlier": _earlier,
    "later": _later,
    "to": _to,
    "width": _width,
    "note": _note,
    "take-off": _take_off,
    "put-back": _put_back,
}
"""Everything that can be done to a board, by name."""
