"""The pages on which a board is given to others: whom it is sent to, its links, and what a link shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trodden.charts.formats import format_moment
from trodden.model.words import LANGUAGES, say
from trodden.web.boards.answering import name_of
from trodden.web.boards.linking import LASTS, are_on, valid
from trodden.web.boards.models import LONGEST_NAME, RHYTHMS, STATES, Delivery, Mailing, Recipient
from trodden.web.boards.outside import Outside
from trodden.web.boards.pages import crumbs_of
from trodden.web.boards.sending import REST, ended_by, likely_language, may_take_on, running
from trodden.web.boards.standing import OUTSIDE, who_ended, zone_set
from trodden.web.boards.times import LAST_DAY
from trodden.web.findings.deciding import members
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.model.errors import CallerError
    from trodden.web.actors import Actor
    from trodden.web.boards.models import Board, Going, ShareLink
    from trodden.web.boards.pages import CardView
    from trodden.web.pages import Crumb

Form = Literal["sending", "linking"]
LAST: Final = 10
"""Mails of which the page says what became of them."""


@dataclass(frozen=True, slots=True)
class MailingLine:
    """A way a board is sent, in ``language`` to who chose none. ``held``: why it is not until it is taken on.

    ``again`` is when it can be sent beside its time, where that is not yet; ``kept_back`` what people outside
    are not sent.
    """

    key: str
    when: str
    next: str
    by: str
    language: str
    to: tuple[str, ...]
    stopped: tuple[str, ...]
    problem: str
    held: str
    may_take_on: bool
    again: str
    kept_back: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MailLine:
    """What became of one mail; one that perhaps arrived can be sent again."""

    key: str
    to: str
    due: str
    state: str
    said: str
    is_bad: bool
    is_waiting: bool
    may_again: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form, and why it could not be kept where it was sent."""

    fields: Mapping[str, str]
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link that leads somewhere; ``kept_back`` is what it does not show."""

    key: str
    said: str
    by: str
    until: str
    opened: str
    kept_back: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharePage:
    """To whom a board goes; ``secret`` is a link made just now, shown this once.

    ``ended`` is a way it was sent that was ended just now; ``sending`` and ``linking`` stand in the forms.
    """

    title: str
    crumbs: tuple[Crumb, ...]
    board: str
    version: int
    zone: str
    mailings: tuple[MailingLine, ...]
    mails: tuple[MailLine, ...]
    links: tuple[LinkLine, ...]
    members: tuple[str, ...]
    rhythms: tuple[tuple[str, str], ...]
    weekdays: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]
    monthdays: tuple[str, ...]
    hours: tuple[str, ...]
    sending: Typed
    linking: Typed
    ended: str = ""
    secret: str = ""
    may_outside: bool = False
    may_turn: bool = False
    are_links_on: bool = True
    has_server: bool = True

    @property
    def is_waiting(self) -> bool:
        """Say whether a mail is still to leave."""
        return any(one.is_waiting for one in self.mails)


@dataclass(frozen=True, slots=True)
class SharedPage:
    """A board as a link shows it, with nothing that leads on."""

    title: str
    as_of: str
    until: str
    cards: tuple[CardView, ...]
    may_change: bool = False

    @property
    def is_waiting(self) -> bool:
        """Say whether an answer is still to come."""
        return any(card.wait for card in self.cards)


@dataclass(frozen=True, slots=True)
class StopPage:
    """The question whether somebody wants a board no more, or that they get it no more."""

    title: str
    address: str
    board: str
    action: str
    is_done: bool


def share_page(board: Board, actor: Actor, secret: str = "", ended: str = "") -> SharePage:
    """Return to whom a board goes."""
    zone, is_outside = zone_set(), actor.may(OUTSIDE)
    mails = Delivery.here.filter(recipient__mailing__in=running(board))
    links = valid().filter(board=board).order_by("expires_at") if is_outside else ()
    address = f"{settings.TRODDEN_PUBLIC_URL}{reverse('shared', args=[secret])}" if secret else ""
    outside = Outside(board)
    gone = ended_by(board, ended, actor)
    return SharePage(
        title=_("Send and share"),
        crumbs=crumbs_of(board, _("Send and share")),
        board=str(board.pk),
        version=board.version,
        zone=zone,
        mailings=tuple(_mailing(one, outside, zone, actor) for one in running(board).order_by("due_at")),
        mails=tuple(
            _mail(one, zone)
            for one in mails.select_related("recipient__mailing").order_by("-due_at", "recipient__address")[
                :LAST
            ]
        ),
        links=tuple(_link(one, outside, zone) for one in links),
        members=members(),
        rhythms=tuple((key, str(words)) for key, words in RHYTHMS.items()),
        weekdays=tuple((str(number), name) for number, name in enumerate(weekdays())),
        languages=tuple(LANGUAGES.items()),
        monthdays=tuple(map(str, range(1, LAST_DAY + 1))),
        hours=tuple(map(str, range(24))),
        sending=Typed(_SENDING | {"to": _own(actor), "language": likely_language()}),
        linking=Typed(_LINKING),
        ended=str(gone.pk) if gone else "",
        secret=address,
        may_outside=is_outside,
        may_turn=actor.may(Right.ADMINISTER),
        are_links_on=are_on(),
        has_server=bool(settings.EMAIL_HOST),
    )


_SENDING: Final = {"every": "week", "weekday": "0", "monthday": "1", "hour": "7"}
_LINKING: Final = {"said": "", "days": str(LASTS)}


def given_back(page: SharePage, form: Form, given: Mapping[str, str], error: CallerError) -> SharePage:
    """Return a page with what was typed into one of its forms, and why that could not be kept."""
    before: Typed = getattr(page, form)
    typed = Typed({**before.fields, **given}, error.message, error.hint)
    return replace(page, **{form: typed})


def _own(actor: Actor) -> str:
    return actor.name if "@" in actor.name else ""


def weekdays() -> tuple[str, ...]:
    """Return the days of the week from Monday on."""
    days = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"))
    return (*days, _("Sunday"))


def _mailing(one: Mailing, outside: Outside, zone: str, actor: Actor) -> MailingLine:
    held = list(Recipient.here.filter(mailing=one).order_by("address"))
    is_outside = any(not to.is_member for to in held)
    stopped = {to.address for to in held if to.stopped_at} | who_ended(
        (to.address for to in held), one.made_by
    )
    again = one.now_at + REST if one.now_at else timezone.now()
    return MailingLine(
        key=str(one.pk),
        when=_when(one),
        next=format_moment(one.due_at, zone),
        by=one.made_by,
        language=LANGUAGES.get(one.language, one.language),
        to=tuple(to.address for to in held if to.address not in stopped),
        stopped=tuple(sorted(stopped)),
        problem=say(one.problem),
        held=_held(one, zone),
        may_take_on=may_take_on(one, actor),
        again=format_moment(again, zone) if again > timezone.now() else "",
        kept_back=_kept_back(outside, one) if is_outside else (),
    )


def _kept_back(outside: Outside, one: Going) -> tuple[str, ...]:
    """Return the names of what people outside are not shown, as it was written since."""
    names = [name_of(card) if card.analysis else card.text[:LONGEST_NAME] for card in outside.kept_back(one)]
    if one.title != outside.name:
        names.append(outside.name)
    return tuple(f"“{name}”" for name in names)


def _held(one: Mailing, zone: str) -> str:
    if not one.held_at:
        return ""
    said = _(
        "Held: a backup was restored on {at}. Who stopped it after that backup was made would get it again."
    )
    return said.format(at=format_moment(one.held_at, zone))


def _when(one: Mailing) -> str:
    hour = f"{one.hour:02d}:00"
    if one.every == "week":
        return _("every {day} at {hour}").format(day=weekdays()[one.day % 7], hour=hour)
    if one.every == "month":
        return _("on day {day} of every month at {hour}").format(day=max(1, one.day), hour=hour)
    return _("every day at {hour}").format(hour=hour)


def _mail(one: Delivery, zone: str) -> MailLine:
    is_bad = one.state in {"refused", "unknown"} or bool(one.said)
    return MailLine(
        key=str(one.pk),
        to=one.recipient.address,
        due=format_moment(one.due_at, zone),
        state=str(STATES[one.state]),
        said=say(one.said),
        is_bad=is_bad,
        is_waiting=one.state in {"waiting", "sending"} and not one.said,
        may_again=one.state == "unknown" and not one.recipient.mailing.held_at,
    )


def _link(one: ShareLink, outside: Outside, zone: str) -> LinkLine:
    opened = ngettext("opened once", "opened {n} times", one.opened).format(n=one.opened)
    return LinkLine(
        str(one.pk),
        one.said or _("a link"),
        one.made_by,
        format_moment(one.expires_at, zone),
        opened,
        _kept_back(outside, one),
    )
