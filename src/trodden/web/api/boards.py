"""Boards and marks by program: what stands on a board, what happened when; a release marks itself."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from trodden.web.actors import actor_of
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.audit.requests import record
from trodden.web.boards.answering import moving, name_of
from trodden.web.boards.keeping import board_of, cards_of
from trodden.web.boards.models import Board, Card
from trodden.web.home import walked, zone_here
from trodden.web.marks.keeping import added, marks, read
from trodden.web.marks.models import Mark
from trodden.web.shield import is_naming

if TYPE_CHECKING:
    from trodden.api import StoredWalks


class BoardTold(msgspec.Struct, frozen=True):
    """A board; ``version`` counts its changes."""

    id: str
    name: str
    made_by: str
    changed_at: datetime
    version: int


class CardTold(msgspec.Struct, frozen=True):
    """A card: its question as its analysis takes it, its period as it lies now; or a note."""

    id: str
    name: str
    analysis: str
    fields: dict[str, str]
    note: str


class BoardWhole(BoardTold, frozen=True):
    """A board with its cards in their order."""

    cards: list[CardTold]


class MarkTold(msgspec.Struct, frozen=True):
    """Something that happened; without ``ends_at`` at a moment, without touchpoints at all of them."""

    id: str
    name: str
    kind: str
    begins_at: datetime
    ends_at: datetime | None
    touchpoints: list[str]
    made_by: str


class MarkGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that happened: days as ``2026-03-01``, moments as ``2026-03-01T09:30``."""

    name: Annotated[str, Meta(max_length=100)]
    begins_at: Annotated[str, Meta(max_length=40)]
    ends_at: Annotated[str, Meta(max_length=40)] = ""
    kind: Annotated[str, Meta(max_length=20)] = "note"
    touchpoints: Annotated[str, Meta(max_length=2_000, description="Names, with commas between them.")] = ""


def boards(call: Call) -> Page[BoardTold]:
    """List the boards, by name."""
    held = Board.here.filter(deleted_at=None)
    told = {f"{one.name}\0{one.pk}": _told(one) for one in held}
    return page_of(sorted(told.items(), key=_key), call.query)


def _key(listed: tuple[str, object]) -> str:
    return listed[0]


def _told(one: Board) -> BoardTold:
    return BoardTold(str(one.pk), one.name, one.made_by, one.changed_at, one.version)


def one_board(call: Call) -> BoardWhole:
    """Return a board with the questions of its cards."""
    found = board_of(call.path["key"])  # pyright: ignore[reportArgumentType] - the address makes a UUID of it
    walks = walked()
    cards = [_card(one, walks) for one in cards_of(found)]
    return BoardWhole(str(found.pk), found.name, found.made_by, found.changed_at, found.version, cards)


def _card(one: Card, found: StoredWalks | None) -> CardTold:
    if not one.analysis:
        return CardTold(str(one.pk), "", "", {}, one.text)
    asked = {} if is_naming(one.analysis, one.asked) else one.asked
    fields = {**asked, **(moving(one, found) if found else {})}
    return CardTold(str(one.pk), name_of(one), one.analysis, fields, "")


def listed_marks(call: Call) -> Page[MarkTold]:
    """List the marks, the first one first."""
    told = [
        (f"{one.begins_at.isoformat()}\0{one.pk}", _mark(one)) for one in marks().order_by("begins_at", "pk")
    ]
    return page_of(sorted(told, key=_key), call.query)


def _mark(one: Mark) -> MarkTold:
    return MarkTold(str(one.pk), one.name, one.kind, one.begins_at, one.ends_at, list(one.at), one.made_by)


def add_mark(call: Call) -> MarkTold:
    """Mark something that happened: a release when it goes out, an outage when it is over."""
    given: MarkGiven = call.body
    fields = {
        "name": given.name,
        "kind": given.kind,
        "from": given.begins_at,
        "to": given.ends_at,
        "touchpoints": given.touchpoints,
    }
    made = added(read(fields, zone_here()), actor_of(call.request).name)
    record(call.request, "mark.add", str(made.pk))
    return _mark(made)


RESOURCES = (
    Resource("api-boards", "boards", {"GET": Operation(boards, Page[BoardTold], query=Paging)}),
    Resource("api-board", "boards/<uuid:key>", {"GET": Operation(one_board, BoardWhole)}),
    Resource(
        "api-marks",
        "marks",
        {
            "GET": Operation(listed_marks, Page[MarkTold], query=Paging),
            "POST": Operation(add_mark, MarkTold, body=MarkGiven, status=HTTPStatus.CREATED, is_change=True),
        },
    ),
)
