"""The pages of boards: the list, one board, one of its cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.charts.formats import format_moment
from trodden.web.addresses import with_query
from trodden.web.boards.answering import name_of
from trodden.web.marks.drawn import carried
from trodden.web.pages import Crumb, Empty, File

if TYPE_CHECKING:
    from trodden.web.boards.answering import Told
    from trodden.web.boards.models import Board, Card
    from trodden.web.boards.starters import Starter
    from trodden.web.boards.talking import Gone, Said


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A board in the list."""

    key: str
    name: str
    address: str
    by: str
    changed: str
    cards: int


@dataclass(frozen=True, slots=True)
class BoardsPage:
    """Every board; ``just_deleted`` can be brought back by one click, ``deleted`` by two."""

    title: str
    lines: tuple[BoardLine, ...] = ()
    starters: tuple[Starter, ...] = ()
    deleted: tuple[BoardLine, ...] = ()
    just_deleted: BoardLine | None = None
    may_make: bool = False
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as it stands on a board: ``wait`` is where its answer comes from, empty where it is there."""

    key: str
    name: str
    width: str
    is_note: bool
    told: Told
    address: str
    wait: str
    period: str = ""
    note: str = ""
    is_first: bool = False
    is_last: bool = False
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A board with its cards; ``off`` is a card taken off just now, ``gone`` a comment taken back."""

    title: str
    crumbs: tuple[Crumb, ...]
    key: str
    version: int
    by: str
    change: str
    cards: tuple[CardView, ...]
    as_of: str = ""
    fresh: str = ""
    may_change: bool = False
    may_copy: bool = False
    off: CardView | None = None
    gone: Gone | None = None
    members: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    empty: Empty | None = None

    @property
    def is_waiting(self) -> bool:
        """Say whether an answer is still to come."""
        return any(card.wait for card in self.cards)


@dataclass(frozen=True, slots=True)
class CardPage:
    """One card by itself."""

    title: str
    crumbs: tuple[Crumb, ...]
    key: str
    card: CardView
    may_copy: bool = False
    may_change: bool = False
    members: tuple[str, ...] = ()


def line_of(board: Board, cards: int, zone: str) -> BoardLine:
    """Return a board as the list shows it."""
    return BoardLine(
        key=str(board.pk),
        name=board.name,
        address=reverse("board", args=[board.pk]),
        by=board.made_by,
        changed=format_moment(board.changed_at, zone),
        cards=cards,
    )


def view_of(card: Card, told: Told, place: int = 0, last: int = 0) -> CardView:
    """Return a card as it is shown at a place."""
    address = reverse("board-card", args=[card.board.pk, card.pk])
    return CardView(
        key=str(card.pk),
        name=name_of(card) if card.analysis else "",
        width=card.width,
        is_note=not card.analysis,
        told=told,
        address=address,
        wait=with_query(address, {"ticket": told.ticket, **carried()}) if told.is_waiting else "",
        period=card.period,
        note="" if card.analysis else card.text,
        is_first=place == 0,
        is_last=place == last,
    )


def crumbs_of(board: Board | None = None, last: str = "") -> tuple[Crumb, ...]:
    """Return the way back to the list, or to a board."""
    home = Crumb(_("Boards"), reverse("boards"))
    if board is None:
        return (Crumb(home.label),)
    name = Crumb(board.name, reverse("board", args=[board.pk]) if last else "")
    return (home, name, Crumb(last)) if last else (home, name)


def none_yet() -> Empty:
    """Return the state of a workspace without boards."""
    return Empty(
        "none-yet",
        _("There is no board yet"),
        _("A board keeps questions on a page and answers them anew each time. Begin with one of these,"
          " or ask something and save the answer."),
        actions=(File(_("Ask something"), reverse("explore")),),
    )  # fmt: skip


def no_cards() -> Empty:
    """Return the state of a board without cards."""
    return Empty(
        "none-yet",
        _("Nothing stands on this board yet"),
        _("Ask something, and choose Save to a board below the answer."),
        actions=(File(_("Ask something"), reverse("explore")),),
    )
