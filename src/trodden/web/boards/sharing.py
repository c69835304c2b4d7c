"""A board given to others: by mail, by link; ended again by who gave it and by who gets it."""

# The sign-in library is only partly annotated.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from allauth.core.internal.ratelimit import consume_or_429
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trodden.charts.formats import format_moment
from trodden.model.errors import CallerError
from trodden.web.actors import actor_of
from trodden.web.addresses import version_in, with_query
from trodden.web.audit.requests import record
from trodden.web.boards import linking
from trodden.web.boards.answering import Told, at_hand, told
from trodden.web.boards.keeping import board_of, changed_meanwhile, may_change
from trodden.web.boards.letters import recipient_of
from trodden.web.boards.outside import Outside, title_outside
from trodden.web.boards.pages import view_of
from trodden.web.boards.posting import wake
from trodden.web.boards.sending import (
    confirm,
    end,
    mailing_of,
    resume,
    send_again,
    send_now,
    subscribed,
    taken_on,
)
from trodden.web.boards.share_pages import SharedPage, StopPage, given_back, share_page
from trodden.web.boards.standing import end_mails, naming_nobody
from trodden.web.explore.running import TICKET
from trodden.web.home import chosen, walked
from trodden.web.limits import limit_of
from trodden.web.marks.drawn import showing_marks
from trodden.web.pages import show

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from trodden.web.actors import Actor
    from trodden.web.boards.models import Board, Card, ShareLink
    from trodden.web.boards.pages import CardView
    from trodden.web.boards.share_pages import Form


def _own(request: HttpRequest, key: UUID) -> Board:
    board = board_of(key)
    if not may_change(actor_of(request), board):
        raise PermissionDenied
    return board


@require_safe
def share(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show to whom a board goes."""
    page = share_page(_own(request, key), actor_of(request), ended=request.GET.get("ended", ""))
    return show(request, "boards/share.html", page)


@require_POST
def mail(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send a board from now on or again, as it is now to people outside, once now, or no more."""
    board, act = _own(request, key), request.POST.get("act", "")
    try:
        with transaction.atomic():
            what = mailed(board, actor_of(request), act, request.POST.dict())
            record(request, f"board.mail-{act}", f"{key} {what}")
    except CallerError as error:
        if act != "subscribe":
            raise
        return _refused(request, board, error, "sending")
    wake()
    address = reverse("board-share", args=[key])
    return redirect(with_query(address, {"ended": what}) if act == "end" else address)


def mailed(board: Board, actor: Actor, act: str, given: Mapping[str, str]) -> str:
    """Send a board from now on, once more, or otherwise; return what that was done to.

    Raises
    ------
    CallerError
        It cannot be done, or nobody knows this act.
    LockedError
        Somebody changed the board meanwhile.
    """
    if act == "subscribe":
        return str(subscribed(board, actor, given).pk)
    if act == "again":
        return str(send_again(board, given.get("delivery", "")).pk)
    if act == "resume":
        return str(resume(board, given.get("mailing", ""), actor).pk)
    if act == "now":
        return str(send_now(mailing_of(board, given.get("mailing", ""))))
    return _changed(board, actor, act, given)


def _refused(request: HttpRequest, board: Board, error: CallerError, form: Form) -> HttpResponse:
    """Give back what was typed into one of the forms and could not be."""
    page = given_back(share_page(board, actor_of(request)), form, request.POST.dict(), error)
    return show(request, "boards/share.html", page, status=400)


def _changed(board: Board, actor: Actor, act: str, given: Mapping[str, str]) -> str:
    """Change a way a board is sent; return its key."""
    mailing = mailing_of(board, given.get("mailing", ""))
    key = str(mailing.pk)
    if act == "take-on":
        taken_on(mailing, actor)
    elif act == "confirm":
        confirm(_as_seen(board, given), mailing, actor)
    elif act == "end":
        end(mailing, actor)
    else:
        raise CallerError(f"{act!r} cannot be done to a mailing.")
    return key


def _as_seen(board: Board, given: Mapping[str, str]) -> Board:
    """Return a board that nobody has changed since it was looked at."""
    if board.version != version_in(given):
        raise changed_meanwhile()
    return board


@require_POST
def link(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make a link, which is shown this once, let one show the board as it is now, or withdraw one."""
    board = _own(request, key)
    given, actor = request.POST, actor_of(request)
    secret, act = "", given.get("act", "")
    try:
        with transaction.atomic():
            if act == "withdraw":
                linking.withdraw(board, given.get("link", ""))
            elif act == "confirm":
                linking.confirm(_as_seen(board, given.dict()), given.get("link", ""), actor)
            else:
                act, secret = "make", linking.made(board, given.get("said", ""), given.get("days", ""), actor)
            record(request, f"board.link-{act}", str(key))
    except CallerError as error:
        return _refused(request, board, error, "linking")
    if not secret:
        return redirect("board-share", key)
    return show(request, "boards/share.html", share_page(board, actor, secret))


@require_POST
def links(request: HttpRequest, key: UUID) -> HttpResponse:
    """Turn links of the whole workspace on or off."""
    turned(request, is_on=request.POST.get("turn") == "on")
    return redirect("board-share", board_of(key).pk)


def turned(request: HttpRequest, *, is_on: bool) -> None:
    """Let boards of the workspace be shown by links, or none of them; that is logged."""
    with transaction.atomic():
        linking.turn(is_on=is_on, by=actor_of(request).name)
        record(request, f"board.links-{'on' if is_on else 'off'}")


def _limited(request: HttpRequest) -> HttpResponseBase | None:
    """Refuse who comes too often without an account."""
    return consume_or_429(request, app="allauth.account", action="shared", limit_get=True)


@require_safe
def shared(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Show a board by a link: to read alone, naming no customer, leading nowhere."""
    limited = _limited(request)
    if limited:
        return limited
    found = linking.link_of(secret)
    if request.method == "GET":
        with transaction.atomic():
            linking.count(found)
            record(request, "board.opened", f"{found.board.pk} by link {found.pk}", actor="a link")
    with naming_nobody(limit_of(found.made_by)), showing_marks(are_shown=False):
        page = _shared_page(found, secret)
    return _unfound(show(request, "boards/shared.html", page))


def _shared_page(found: ShareLink, secret: str) -> SharedPage:
    walks = walked()
    cards = Outside(found.board).shown(found) if walks else []
    zone = walks.catalog.time_zone if walks else "UTC"
    answers = at_hand(cards, walks, is_bare=True) if walks else ()
    return SharedPage(
        title=title_outside(found),
        as_of=format_moment(walks.catalog.as_of, zone) if walks else "",
        until=format_moment(found.expires_at, zone),
        cards=tuple(_shown(card, said, secret) for card, said in answers),
    )


def _shown(card: Card, said: Told, secret: str) -> CardView:
    """Return a card whose addresses are those of the link; what is wrong with it is nobody's outside."""
    address = reverse("shared-card", args=[secret, card.pk])
    if said.problem:
        said = Told(problem=_("This has no answer just now."))
    wait = with_query(address, {TICKET: said.ticket}) if said.is_waiting else ""
    return replace(view_of(card, said), address=address, wait=wait)


@require_safe
def shared_card(request: HttpRequest, secret: str, card: UUID) -> HttpResponseBase:
    """Show one card of a board by its link."""
    limited = _limited(request)
    if limited:
        return limited
    found = linking.link_of(secret)
    one = next((one for one in Outside(found.board).shown(found) if one.pk == card), None)
    with naming_nobody(limit_of(found.made_by)), showing_marks(are_shown=False):
        walks = walked()
        if one is None or walks is None:
            raise Http404(_("This card is not on the board any more."))
        ticket = request.GET.get(TICKET, "")
        said = told(one, walks, chosen().progress_after, ticket, is_bare=True) if one.analysis else Told()
    zone = walks.catalog.time_zone
    view = _shown(one, said, secret)
    page = SharedPage(title_outside(found), "", format_moment(found.expires_at, zone), (view,))
    return _unfound(show(request, "boards/shared.html", page))


def _unfound(response: HttpResponse) -> HttpResponse:
    """Let no search engine list what a link shows, and no other site learn the link."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponseBase:
    """Send somebody a board no more; mail programs post here by themselves, on one click (RFC 8058)."""
    limited = _limited(request)
    if limited:
        return limited
    found = recipient_of(token)
    if found is None:
        raise Http404(_("This link ends nothing: the board is sent there no more, or never was."))
    if request.method == "POST" and not found.stopped_at:
        with transaction.atomic():
            end_mails(found)
            record(request, "board.stopped", str(found.mailing.board.pk), actor=f"recipient {found.pk}")
    page = StopPage(
        title=_("This board, no more?"),
        address=found.address,
        board=found.mailing.board.name if found.is_member else title_outside(found.mailing),
        action=reverse("board-stop", args=[token]),
        is_done=request.method == "POST" or bool(found.stopped_at),
    )
    return _unfound(show(request, "boards/stop.html", page))
