"""To whom a board is sent, and when: made, ended, brought back, sent once now."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from trodden.model.errors import CallerError
from trodden.model.words import LANGUAGES, language
from trodden.web.addresses import key_in, number_in
from trodden.web.boards.models import RHYTHMS, Delivery, Mailing, Recipient
from trodden.web.boards.outside import confirmed
from trodden.web.boards.posting import begin_anew, make_mails
from trodden.web.boards.standing import OUTSIDE, is_member, who_ended, zone_set
from trodden.web.boards.times import LAST_DAY, When, next_due
from trodden.web.languages import workspace_language
from trodden.web.people.models import clean_email
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from trodden.web.actors import Actor
    from trodden.web.boards.models import Board

MOST_RECIPIENTS: Final = 50
MOST_MAILINGS: Final = 10
REST: Final = timedelta(hours=1)
"""Between two mails that are sent beside their time."""


def subscribed(board: Board, actor: Actor, given: Mapping[str, str]) -> Mailing:
    """Send a board from now on.

    Raises
    ------
    CallerError
        An address is none, or the time is none.
    PermissionDenied
        An address is nobody's here, and who asks may let nothing out.
    """
    when, zone = _when(given), zone_set()
    _hold_room(board)
    addresses = _addresses(actor, given.get("to", ""))
    said = given.get("language", "")
    with transaction.atomic():
        mailing = Mailing.here.create(
            workspace=workspace_name(),
            board=board,
            **when._asdict(),
            zone=zone,
            due_at=next_due(when, zone, timezone.now()),
            language=said if said in LANGUAGES else likely_language(),
            **confirmed(board, actor),
        )
        for address in addresses:
            Recipient.here.create(
                workspace=workspace_name(), mailing=mailing, address=address, is_member=is_member(address)
            )
    return mailing


def likely_language() -> str:
    """Return the language of readers who chose none: the workspace's, else that of who has a board sent."""
    return workspace_language() or language()


def running(board: Board) -> QuerySet[Mailing]:
    """Return the ways a board is sent."""
    return Mailing.here.filter(board=board, ended_at=None)


def _hold_room(board: Board) -> None:
    if running(board).count() >= MOST_MAILINGS:
        raise CallerError(_("A board is sent in at most {n} ways.").format(n=MOST_MAILINGS))


def _when(given: Mapping[str, str]) -> When:
    every = given.get("every", "")
    if every not in RHYTHMS:
        raise CallerError(_("Say how often: {ways}.").format(ways=", ".join(map(str, RHYTHMS.values()))))
    day = _number(given, "monthday", LAST_DAY) if every == "month" else _number(given, "weekday", 6)
    return When(every, day, _number(given, "hour", 23))


def _number(given: Mapping[str, str], name: str, most: int) -> int:
    found = number_in(given.get(name, "") or "0", 0, most)
    if found is None:
        raise CallerError(_("Say at which hour, and on which day."))
    return found


def _addresses(actor: Actor, text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(clean_email(one) for one in re.split(r"[\s,;]+", text) if one))
    if not found or len(found) > MOST_RECIPIENTS:
        raise CallerError(_("Say to whom: one to {n} addresses.").format(n=MOST_RECIPIENTS))
    for one in found:
        try:
            validate_email(one)
        except ValidationError:
            raise CallerError(_("{address} is no mail address.").format(address=one)) from None
    if not actor.may(OUTSIDE) and not all(map(is_member, found)):
        raise PermissionDenied
    for one in who_ended(found, actor.name):
        raise CallerError(
            _("{address} ended the mails of boards.").format(address=one),
            hint=_("Only they can have boards sent there again."),
        )
    return found


def mailing_of(board: Board, key: str) -> Mailing:
    """Return one of the ways a board is sent."""
    found = running(board).filter(pk=key_in(key)).first()
    if found is None:
        raise Http404(_("The board is not sent this way any more."))
    return found


def send_now(mailing: Mailing) -> int:
    """Make one mail more to everybody who gets a board; return how many.

    Raises
    ------
    CallerError
        It is held: somebody has to take it on first. Or it was sent less than an hour ago.
    """
    if mailing.held_at:
        raise CallerError(_("It is held since a backup was restored."), hint=_("Take it on again first."))
    now = timezone.now()
    rested = Mailing.here.filter(Q(now_at=None) | Q(now_at__lte=now - REST), pk=mailing.pk)
    if not rested.update(now_at=now):
        raise CallerError(_("It was sent less than an hour ago."), hint=_("Send it again later."))
    return make_mails(mailing, now)


def send_again(board: Board, key: str) -> Delivery:
    """Send a mail of which nobody knows whether it arrived once more; programs know it by its number.

    Raises
    ------
    Http404
        There is no such mail, or by now somebody knows.
    """
    going = running(board).filter(held_at=None)
    held = Delivery.here.filter(recipient__mailing__in=going, pk=key_in(key))
    if not held.filter(state="unknown").update(state="waiting", attempts=0, said="", retry_at=timezone.now()):
        raise Http404(_("This mail cannot be sent again: it was, or it is known what became of it."))
    return held.get()


def end(mailing: Mailing, actor: Actor) -> None:
    """Send a board no more; who ended it can undo that for a day."""
    Mailing.here.filter(pk=mailing.pk).update(ended_at=timezone.now(), ended_by=actor.name)


def ended_by(board: Board, key: str, actor: Actor) -> Mailing | None:
    """Return a way a board was sent that somebody ended and can bring back."""
    held = Mailing.here.filter(board=board, pk=key_in(key), ended_by=actor.name)
    return held.exclude(ended_at=None).first()


def resume(board: Board, key: str, actor: Actor) -> Mailing:
    """Send a board again that somebody ended themselves, from its next time on.

    Raises
    ------
    Http404
        They ended none of this key, or too long ago.
    """
    found = ended_by(board, key, actor)
    if found is None:
        raise Http404(_("The board is not sent this way any more."))
    _hold_room(board)
    held = Mailing.here.filter(pk=found.pk)
    held.update(ended_at=None, ended_by="")
    begin_anew(held, timezone.now())
    return found


def come_back(board: Board) -> None:
    """Send a board that was deleted from its next times on: nothing leaves at once."""
    begin_anew(Mailing.here.filter(board=board), timezone.now())


def confirm(board: Board, mailing: Mailing, actor: Actor) -> None:
    """Send the board as it is now to people outside, in the name of who confirms it.

    Raises
    ------
    PermissionDenied
        Who asks may let nothing out.
    """
    if not actor.may(OUTSIDE):
        raise PermissionDenied
    Mailing.here.filter(pk=mailing.pk).update(**confirmed(board, actor))


def may_take_on(mailing: Mailing, actor: Actor) -> bool:
    """Say whether somebody may send a board to whom it was sent: outside only who manages."""
    held = Recipient.here.filter(mailing=mailing, stopped_at=None)
    return actor.may(OUTSIDE) or not held.filter(is_member=False).exists()


def taken_on(mailing: Mailing, actor: Actor) -> None:
    """Send a mailing that is held again, in the name of who takes it on, from its next time on.

    Raises
    ------
    PermissionDenied
        It goes outside, and who asks may let nothing out.
    """
    if not may_take_on(mailing, actor):
        raise PermissionDenied
    held = Mailing.here.filter(pk=mailing.pk)
    if held.exclude(held_at=None).update(held_at=None, made_by=actor.name, problem=""):
        begin_anew(held, timezone.now())


def hold_all() -> None:
    """Hold every mailing of all workspaces; of mails that were to leave nobody knows whether they did."""
    Mailing.everywhere.filter(held_at=None).update(held_at=timezone.now())
    Delivery.everywhere.filter(state__in=("waiting", "sending")).update(state="unknown")
