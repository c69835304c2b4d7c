"""The pages of boards as they are read: the list, one board, one card."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trodden.charts.formats import format_moment
from trodden.web.actors import actor_of
from trodden.web.addresses import with_query
from trodden.web.api.keeping import counted
from trodden.web.boards.answering import Told, at_hand, name_of, told
from trodden.web.boards.arranging import taken_off
from trodden.web.boards.keeping import board_of, cards_of, deleted, may_change
from trodden.web.boards.models import Board
from trodden.web.boards.pages import (
    BoardPage,
    BoardsPage,
    CardPage,
    crumbs_of,
    line_of,
    no_cards,
    none_yet,
    view_of,
)
from trodden.web.boards.starters import starters
from trodden.web.boards.talking import gone_on, said_on
from trodden.web.explore.running import TICKET
from trodden.web.findings.deciding import members
from trodden.web.home import chosen, walked
from trodden.web.pages import no_data, show
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from trodden.api import StoredWalks
    from trodden.web.actors import Actor
    from trodden.web.boards.models import Card
    from trodden.web.boards.pages import BoardLine, CardView


@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """List the boards."""
    actor, found = actor_of(request), walked()
    if found is None:
        return show(request, "boards/list.html", BoardsPage(_("Boards"), empty=no_data()))
    zone = found.catalog.time_zone
    lines = _lines(Board.here.filter(deleted_at=None).order_by("name", "made_at"), zone)
    own = [one.pk for one in deleted() if may_change(actor, one)]
    gone = _lines(deleted().filter(pk__in=own), zone)
    may_make = actor.may(Right.ASK)
    page = BoardsPage(
        title=_("Boards"),
        lines=lines,
        starters=starters() if may_make else (),
        deleted=gone,
        just_deleted=next((one for one in gone if one.key == request.GET.get("deleted")), None),
        may_make=may_make,
        empty=None if lines else none_yet(),
    )
    return show(request, "boards/list.html", page)


def _lines(found: QuerySet[Board], zone: str) -> tuple[BoardLine, ...]:
    on = Count("cards", filter=Q(cards__removed_at=None))
    sizes = dict(found.annotate(on=on).values_list("pk", "on"))
    return tuple(line_of(one, sizes[one.pk], zone) for one in found)


@require_safe
def board(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a board: what is at hand at once, the rest card by card."""
    shown, found = board_of(key), walked()
    actor = actor_of(request)
    page = BoardPage(
        title=shown.name,
        crumbs=crumbs_of(shown),
        key=str(key),
        version=shown.version,
        by=shown.made_by,
        change=reverse("board-change", args=[key]),
        cards=(),
        may_change=may_change(actor, shown),
        may_copy=actor.may(Right.ASK),
        off=_off(request, shown),
        gone=gone_on(shown, request.GET.get("gone", ""), actor),
        members=_others(actor),
    )
    if found is None:
        return show(request, "boards/board.html", replace(page, empty=no_data()))
    still, said = said_on(shown, actor, found.catalog.time_zone)
    views = _views(list(cards_of(shown)), found)
    cards = tuple(replace(one, said=still.get(one.key, ())) for one in views)
    page = replace(
        page,
        cards=cards,
        said=said,
        as_of=format_moment(found.catalog.as_of, found.catalog.time_zone),
        fresh=with_query(reverse("board-fresh", args=[key]), {"seen": seen_in(found)}),
        empty=None if cards else no_cards(),
    )
    return show(request, "boards/board.html", page)


def _views(cards: list[Card], found: StoredWalks) -> list[CardView]:
    answers = at_hand(cards, found)
    return [view_of(card, said, place, len(cards) - 1) for place, (card, said) in enumerate(answers)]


def _others(actor: Actor) -> tuple[str, ...]:
    """Return whom somebody can tell of what they say; nobody where they may say nothing."""
    return tuple(one for one in members() if one != actor.name) if actor.may(Right.ASK) else ()


def _off(request: HttpRequest, shown: Board) -> CardView | None:
    """Return the card that was taken off just now, for who may put it back."""
    card = taken_off(shown, request.GET.get("off", ""))
    return view_of(card, Told()) if card and may_change(actor_of(request), shown) else None


def seen_in(found: StoredWalks) -> str:
    """Return what tells the data a board was answered on from newer data."""
    return f"{found.catalog.as_of:%Y%m%dT%H%M%S}-{counted(found)['events']}"


@require_safe
def card(request: HttpRequest, key: UUID, card: UUID) -> HttpResponse:
    """Show one card; while its answer is being worked out, say so."""
    shown = board_of(key)
    one = cards_of(shown).filter(pk=card).first()
    found = walked()
    if one is None or found is None:
        raise Http404(_("This card is not on the board any more."))
    said = told(one, found, chosen().progress_after, request.GET.get(TICKET, "")) if one.analysis else Told()
    name = name_of(one) if one.analysis else _("Note")
    actor = actor_of(request)
    page = CardPage(
        title=f"{name} · {shown.name}",
        crumbs=crumbs_of(shown, name),
        key=str(key),
        card=view_of(one, said),
        may_copy=actor.may(Right.ASK),
        members=_others(actor),
    )
    return show(request, "boards/card.html", page)


@require_safe
def fresh(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say whether something has come in since a board was answered."""
    shown, found = board_of(key), walked()
    if found is None or request.GET.get("seen") == seen_in(found):
        return HttpResponse(status=204)
    return show(request, "boards/_fresh.html", shown)
