"""Boards by program as they are changed: begun, named, their cards put on, moved, written, taken off."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from msgspec import Meta

from trodden.model.errors import QuestionError
from trodden.web.actors import person_of
from trodden.web.api.boards import (
    BoardTold,
    BoardWhole,
    CardTold,
    boards,
    by_name,
    card_told,
    one_board,
    told_of,
)
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.audit.requests import record
from trodden.web.boards.arranging import Change, arranged
from trodden.web.boards.keeping import board_of, deleted, duplicate, made, may_change, restored
from trodden.web.boards.models import Board, Card
from trodden.web.boards.putting import analysis_of, kept_question, put, usual_period
from trodden.web.boards.sending import come_back
from trodden.web.boards.starters import begun
from trodden.web.home import or_refused, walked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Name = Annotated[str, Meta(max_length=100)]
Words = Annotated[str, Meta(max_length=2_000)]


class Beginning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A board of this name, empty; or, without one, that of a ``starter``, such as ``service``."""

    name: Name = ""
    starter: Annotated[str, Meta(max_length=20)] = ""


class Naming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a board is called from now on."""

    name: Name


class CardGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question as an address has it, of a usual ``period`` such as ``last-28``; or a note."""

    analysis: Annotated[str, Meta(max_length=100)] = ""
    fields: dict[str, str] = {}
    period: Annotated[str, Meta(max_length=20)] = ""
    name: Name = ""
    note: Words = ""


class Arranging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is changed of a card: its width, its place from 0 on, the words of a note."""

    width: Literal["half", "whole"] | None = None
    place: Annotated[int, Meta(ge=0, le=1_000)] | None = None
    note: Words | None = None


def begin(call: Call) -> BoardWhole:
    """Begin a board, empty or from a starter."""
    given: Beginning = call.body
    found, actor = or_refused(walked()), person_of(call.request)
    with transaction.atomic():
        board = begun(given.starter, actor, found) if given.starter else made(given.name, actor.name)
        if board is None:
            raise Http404("There is nothing of that name to begin with.")
        record(call.request, "board.new", f"{board.pk} {given.starter}".strip())
    return told_of(board_of(board.pk))


def rename(call: Call) -> BoardWhole:
    """Give a board another name."""
    _arrange(call, ("rename", {"name": call.body.name}))
    return one_board(call)


def delete(call: Call) -> BoardWhole:
    """Delete a board, and return it; it can be brought back."""
    _arrange(call, ("delete", {}))
    return call.seen


def copy(call: Call) -> BoardWhole:
    """Make a board like another one, of one's own."""
    board = _board(call)
    with transaction.atomic():
        twin = duplicate(board, person_of(call.request))
        record(call.request, "board.copy", f"{board.pk} as {twin.pk}")
    return told_of(board_of(twin.pk))


def gone(call: Call) -> Page[BoardTold]:
    """List the deleted boards that may be brought back, by name."""
    actor = person_of(call.request)
    return page_of(by_name(one for one in deleted() if may_change(actor, one)), call.query)


def restore(call: Call) -> BoardWhole:
    """Bring a deleted board back."""
    with transaction.atomic():
        board = restored(call.path["key"], person_of(call.request))
        come_back(board)
        record(call.request, "board.restore", str(board.pk))
    return one_board(call)


def add_card(call: Call) -> CardTold:
    """Put a question or a note at the end of a board."""
    board, given = changeable(call), call.body
    if bool(given.note) == bool(given.analysis):
        raise QuestionError("A card holds a question or a note.", hint="Send `analysis`, or `note`.")
    card = _arrange(call, ("note", {"text": given.note})) if given.note else _asked(call, board, given)
    return card_told(card) if card else one_board(call).cards[-1]


def _asked(call: Call, board: Board, given: CardGiven) -> Card:
    registration, found = analysis_of(given.analysis), or_refused(walked())
    period = usual_period(found, given.period)
    if given.period and not period:
        raise QuestionError(f"There is no usual period {given.period!r}.", hint="Such as last-28.")
    kept = kept_question(registration, {name: [text] for name, text in given.fields.items()}, period)
    with transaction.atomic():
        card = put(board, person_of(call.request), registration, kept, period, given.name)
        record(call.request, "board.save", f"{registration.name} on {board.pk}")
    return card


def arrange(call: Call) -> BoardWhole:
    """Change the width, the place, or the words of a card."""
    given: Arranging = call.body
    wanted = (
        ("width", "width", given.width),
        ("to", "to", None if given.place is None else f"{given.place}"),
        ("note", "text", given.note),
    )
    card = str(call.path["card"])
    if given.note is not None:
        _hold_note(call, card)
    _arrange(call, *((act, {"card": card, name: text}) for act, name, text in wanted if text is not None))
    return one_board(call)


def _hold_note(call: Call, card: str) -> None:
    if any(one.id == card and one.analysis for one in call.seen.cards):
        raise QuestionError("This card asks a question: it has no words of its own.")


def take_off(call: Call) -> BoardWhole:
    """Take a card off a board; it can be put back."""
    _arrange(call, ("take-off", {"card": str(call.path["card"])}))
    return one_board(call)


def put_back(call: Call) -> BoardWhole:
    """Put a card back that was taken off."""
    _arrange(call, ("put-back", {"card": str(call.path["card"])}))
    return one_board(call)


def _arrange(call: Call, *acts: tuple[str, Mapping[str, str]]) -> Card | None:
    """Do one thing after the other to a board as its caller has seen it, or none.

    Returns the card that the last of it was done to.
    """
    board, actor = changeable(call), person_of(call.request)
    version: int = (call.seen or board).version
    card = None
    with transaction.atomic():
        for later, (act, given) in enumerate(acts):
            card = arranged(Change(board, version + later, actor), act, given)
            record(call.request, f"board.{act}", f"{board.pk} {card.pk if card else ''}".strip())
    return card


def changeable(call: Call) -> Board:
    """Return the board of an address to who may change it.

    Raises
    ------
    PermissionDenied
        Somebody else has made it.
    """
    board = _board(call)
    if not may_change(person_of(call.request), board):
        raise PermissionDenied
    return board


def _board(call: Call) -> Board:
    return board_of(call.path["key"])


def change_of(does: Callable[[Call], BoardWhole], body: type | None = None) -> Operation:
    """Return an operation that changes a board as its caller has seen it."""
    return Operation(does, BoardWhole, body=body, is_change=True, state_of=one_board)


RESOURCES = (
    Resource(
        "api-boards",
        "boards",
        {
            "GET": Operation(boards, Page[BoardTold], query=Paging),
            "POST": Operation(begin, BoardWhole, body=Beginning, status=HTTPStatus.CREATED, is_change=True),
        },
    ),
    Resource("api-boards-gone", "boards/gone", {"GET": Operation(gone, Page[BoardTold], query=Paging)}),
    Resource(
        "api-board",
        "boards/<uuid:key>",
        {
            "GET": Operation(one_board, BoardWhole),
            "POST": change_of(rename, Naming),
            "DELETE": change_of(delete),
        },
    ),
    Resource(
        "api-board-copy",
        "boards/<uuid:key>/copy",
        {"POST": Operation(copy, BoardWhole, status=HTTPStatus.CREATED, is_change=True)},
    ),
    Resource(
        "api-board-restore",
        "boards/<uuid:key>/restore",
        {"POST": Operation(restore, BoardWhole, is_change=True)},
    ),
    Resource(
        "api-cards",
        "boards/<uuid:key>/cards",
        {"POST": Operation(add_card, CardTold, body=CardGiven, status=HTTPStatus.CREATED, is_change=True)},
    ),
    Resource(
        "api-card",
        "boards/<uuid:key>/cards/<uuid:card>",
        {"POST": change_of(arrange, Arranging), "DELETE": change_of(take_off)},
    ),
    Resource(
        "api-card-restore",
        "boards/<uuid:key>/cards/<uuid:card>/restore",
        {"POST": Operation(put_back, BoardWhole, is_change=True)},
    ),
)
