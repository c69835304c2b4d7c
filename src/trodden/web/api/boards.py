"""Boards by program as they are read: the list, and what stands on one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from trodden.web.api.paging import Page, page_of
from trodden.web.boards.answering import moving, name_of
from trodden.web.boards.keeping import board_of, cards_of
from trodden.web.boards.models import Board, Card
from trodden.web.home import walked
from trodden.web.shield import is_naming

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.api import StoredWalks
    from trodden.web.api.operations import Call


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


def boards(call: Call) -> Page[BoardTold]:
    """List the boards, by name."""
    held = Board.here.filter(deleted_at=None)
    return page_of(by_name(held), call.query)


def by_name(held: Iterable[Board]) -> list[tuple[str, BoardTold]]:
    """Tell of boards, listed by their names."""
    return [(f"{one.name}\0{one.pk}", _told(one)) for one in held]


def _told(one: Board) -> BoardTold:
    return BoardTold(str(one.pk), one.name, one.made_by, one.changed_at, one.version)


def one_board(call: Call) -> BoardWhole:
    """Return a board with the questions of its cards."""
    return told_of(board_of(call.path["key"]))


def told_of(found: Board) -> BoardWhole:
    """Tell of a board, with the questions of its cards."""
    walks = walked()
    cards = [_card(one, walks) for one in cards_of(found)]
    return BoardWhole(str(found.pk), found.name, found.made_by, found.changed_at, found.version, cards)


def card_told(one: Card) -> CardTold:
    """Tell of a card."""
    return _card(one, walked())


def _card(one: Card, found: StoredWalks | None) -> CardTold:
    if not one.analysis:
        return CardTold(str(one.pk), "", "", {}, one.text)
    asked = {} if is_naming(one.analysis, one.asked) else one.asked
    fields = {**asked, **(moving(one, found) if found else {})}
    return CardTold(str(one.pk), name_of(one), one.analysis, fields, "")
