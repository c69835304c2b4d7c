"""Boards given to others by program: sent by mail at their time, shown by links, and neither any more."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from msgspec import Meta

from trodden.web.actors import person_of
from trodden.web.api.arranging import changeable
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.audit.requests import record
from trodden.web.boards import linking
from trodden.web.boards.keeping import changed_meanwhile
from trodden.web.boards.models import Mailing, Recipient, ShareLink
from trodden.web.boards.posting import wake
from trodden.web.boards.sending import running
from trodden.web.boards.sharing import mailed, turned
from trodden.web.boards.standing import who_ended
from trodden.web.people.models import hash_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

Rhythm = Literal["day", "week", "month"]


class MailingTold(msgspec.Struct, frozen=True):
    """A way a board is sent: when, in whose name, to whom, next at ``due_at``.

    ``stopped`` ended it for themselves. ``problem``: why it goes to nobody; ``is_held``: somebody has to take
    it on first, since a backup was restored. ``board_version`` is what ``confirm`` lets out.
    """

    id: str
    every: str
    day: int
    hour: int
    made_by: str
    due_at: datetime
    to: list[str]
    stopped: list[str]
    problem: str
    is_held: bool
    board_version: int


class MailingGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every day, week or month, to whom; weekdays count from Monday, 0, days of a month from 1."""

    every: Rhythm
    to: Annotated[list[Annotated[str, Meta(max_length=254)]], Meta(min_length=1, max_length=50)]
    hour: Annotated[int, Meta(ge=0, le=23)] = 7
    day: Annotated[int, Meta(ge=0, le=31)] = 0
    language: Annotated[str, Meta(max_length=10)] = ""


class Mailed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send it once now; take it on, where it is held; let the board, as it is now, out to people outside."""

    act: Literal["now", "take-on", "confirm"]


class LinkTold(msgspec.Struct, frozen=True):
    """A link that shows a board to whoever has it, until ``expires_at``; how often it was opened."""

    id: str
    said: str
    made_by: str
    expires_at: datetime
    opened: int
    board_version: int


class LinkMade(LinkTold, frozen=True):
    """A link with its address, which is told this once."""

    address: str


class LinkGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days a link is good, and whom it is for."""

    days: Annotated[int, Meta(ge=1, le=365)] = 30
    said: Annotated[str, Meta(max_length=100)] = ""


class LinksTold(msgspec.Struct, frozen=True):
    """Whether boards of the workspace are shown by links at all."""

    are_on: bool


def mailings(call: Call) -> Page[MailingTold]:
    """List the ways a board is sent."""
    return page_of([(str(one.pk), _mailing(one)) for one in _running(call)], call.query)


def _running(call: Call) -> QuerySet[Mailing]:
    return running(changeable(call)).select_related("board")


def _mailing(one: Mailing) -> MailingTold:
    addresses = sorted(Recipient.here.filter(mailing=one).values_list("address", "stopped_at"))
    stopped = {address for address, at in addresses if at}
    stopped |= set(who_ended((address for address, _at in addresses), one.made_by))
    return MailingTold(
        id=str(one.pk),
        every=one.every,
        day=one.day,
        hour=one.hour,
        made_by=one.made_by,
        due_at=one.due_at,
        to=[address for address, _at in addresses if address not in stopped],
        stopped=sorted(stopped),
        problem=one.problem,
        is_held=one.held_at is not None,
        board_version=one.board.version,
    )


def one_mailing(call: Call) -> MailingTold:
    """Return a way a board is sent."""
    return _mailing(get_object_or_404(_running(call), pk=call.path["mailing"]))


def subscribe(call: Call) -> MailingTold:
    """Send a board from now on."""
    given: MailingGiven = call.body
    told = {
        "every": given.every,
        "to": " ".join(given.to),
        "hour": f"{given.hour}",
        "weekday": f"{given.day}",
        "monthday": f"{given.day}",
        "language": given.language,
    }
    return _mailing(Mailing.here.get(pk=_mailed(call, "subscribe", told)))


def mail(call: Call) -> MailingTold:
    """Send a board once now, take a held mailing on, or let the board out as it is now."""
    _mailed(call, call.body.act, {"mailing": call.seen.id, "version": f"{call.seen.board_version}"})
    return one_mailing(call)


def end_mailing(call: Call) -> MailingTold:
    """Send a board no more this way; who ended it can bring it back for a day."""
    _mailed(call, "end", {"mailing": call.seen.id})
    return call.seen


def resume(call: Call) -> MailingTold:
    """Send a board again this way, which one ended oneself within a day."""
    _mailed(call, "resume", {"mailing": str(call.path["mailing"])})
    return one_mailing(call)


def _mailed(call: Call, act: str, given: dict[str, str]) -> str:
    board = changeable(call)
    with transaction.atomic():
        what = mailed(board, person_of(call.request), act, given)
        record(call.request, f"board.mail-{act}", f"{board.pk} {what}")
    wake()
    return what


def links(call: Call) -> Page[LinkTold]:
    """List the links that show a board."""
    return page_of([(str(one.pk), _link(one)) for one in _valid(call)], call.query)


def _valid(call: Call) -> QuerySet[ShareLink]:
    return linking.valid().filter(board=changeable(call)).select_related("board")


def _link(one: ShareLink) -> LinkTold:
    return LinkTold(str(one.pk), one.said, one.made_by, one.expires_at, one.opened, one.board.version)


def one_link(call: Call) -> LinkTold:
    """Return a link, without its address."""
    return _link(get_object_or_404(_valid(call), pk=call.path["link"]))


def make_link(call: Call) -> LinkMade:
    """Make a link, which anybody who has it may open."""
    board, given = changeable(call), call.body
    with transaction.atomic():
        secret = linking.made(board, given.said, f"{given.days}", person_of(call.request))
        record(call.request, "board.link-make", str(board.pk))
    made = ShareLink.here.select_related("board").get(secret_hash=hash_of(secret))
    address = f"{settings.TRODDEN_PUBLIC_URL}{reverse('shared', args=[secret])}"
    return LinkMade(**msgspec.structs.asdict(_link(made)), address=address)


def confirm_link(call: Call) -> LinkTold:
    """Let a link show the board as it is now."""
    board = changeable(call)
    if board.version != call.seen.board_version:
        raise changed_meanwhile()
    with transaction.atomic():
        linking.confirm(board, call.seen.id, person_of(call.request))
        record(call.request, "board.link-confirm", str(board.pk))
    return one_link(call)


def withdraw_link(call: Call) -> LinkTold:
    """Let a link lead nowhere from now on."""
    board, told = changeable(call), one_link(call)
    with transaction.atomic():
        linking.withdraw(board, told.id)
        record(call.request, "board.link-withdraw", str(board.pk))
    return told


def links_on(_call: Call) -> LinksTold:
    """Say whether boards are shown by links."""
    return LinksTold(linking.are_on())


def turn_links(call: Call) -> LinksTold:
    """Let boards be shown by links, or every link there is lead nowhere."""
    turned(call.request, is_on=call.body.are_on)
    return links_on(call)


RESOURCES = (
    Resource(
        "api-mailings",
        "boards/<uuid:key>/mailings",
        {
            "GET": Operation(mailings, Page[MailingTold], query=Paging),
            "POST": Operation(
                subscribe, MailingTold, body=MailingGiven, status=HTTPStatus.CREATED, is_change=True
            ),
        },
    ),
    Resource(
        "api-mailing",
        "boards/<uuid:key>/mailings/<uuid:mailing>",
        {
            "GET": Operation(one_mailing, MailingTold),
            "POST": Operation(mail, MailingTold, body=Mailed, is_change=True, state_of=one_mailing),
            "DELETE": Operation(end_mailing, MailingTold, is_change=True, state_of=one_mailing),
        },
    ),
    Resource(
        "api-mailing-restore",
        "boards/<uuid:key>/mailings/<uuid:mailing>/restore",
        {"POST": Operation(resume, MailingTold, is_change=True)},
    ),
    Resource(
        "api-board-links",
        "boards/<uuid:key>/links",
        {
            "GET": Operation(links, Page[LinkTold], query=Paging),
            "POST": Operation(
                make_link,
                LinkMade,
                body=LinkGiven,
                status=HTTPStatus.CREATED,
                is_change=True,
                is_secret=True,
            ),
        },
    ),
    Resource(
        "api-board-link",
        "boards/<uuid:key>/links/<uuid:link>",
        {
            "GET": Operation(one_link, LinkTold),
            "POST": Operation(confirm_link, LinkTold, is_change=True, state_of=one_link),
            "DELETE": Operation(withdraw_link, LinkTold, is_change=True),
        },
    ),
    Resource(
        "api-links",
        "links",
        {
            "GET": Operation(links_on, LinksTold),
            "POST": Operation(turn_links, LinksTold, body=LinksTold, is_change=True, state_of=links_on),
        },
    ),
)
