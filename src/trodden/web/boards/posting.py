"""Boards that are due: each mail made once for its time, tried again, and given to what sends it.

What was missed while nothing ran is sent once. How one mail leaves stands in `delivering`.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from trodden.model.errors import TroddenError
from trodden.model.words import keep
from trodden.web.boards.delivering import CUT_OFF, send_mails
from trodden.web.boards.models import UNDO_LASTS, Comment, Delivery, Mailing, Recipient
from trodden.web.boards.standing import who_ended, zone_set
from trodden.web.boards.times import day_in, next_due
from trodden.web.workspaces import names, within

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

EVERY_S: Final = 20.0
"""Between two looks at what is due."""
KEPT: Final = timedelta(days=90)
"""How long is told what became of a mail."""

log = logging.getLogger("trodden.boards")
_wake = threading.Event()
_goes_on = threading.Event()
"""Set by nobody: what is asked whether to stop where nothing ends."""


def wake() -> None:
    """Let what is due be looked for at once."""
    _wake.set()


def keep_posting(stop: threading.Event) -> None:
    """Send what is due in every workspace until ``stop`` is set."""
    while not stop.is_set():
        for name in names():
            with within(name):
                _round(name, stop)
        _wake.wait(EVERY_S)
        _wake.clear()


def _round(name: str, stop: threading.Event) -> None:
    try:
        post_due(stop=stop)
    except (TroddenError, DatabaseError) as error:
        log.error("boards.failed workspace=%s error=%s", name, type(error).__name__)  # noqa: TRY400 - there is another round
    except Exception:  # the outermost loop of this thread
        log.exception("boards.failed workspace=%s", name)
    finally:
        connection.close()


def post_due(now: datetime | None = None, stop: threading.Event = _goes_on) -> None:
    """Send every mail of the workspace that is due, and those that are to be tried again, until ``stop``."""
    now = now or timezone.now()
    zone = zone_set()
    going = Mailing.here.filter(held_at=None, ended_at=None, board__deleted_at=None)
    for mailing in going.filter(due_at__lte=now):
        _claim(mailing, zone, now)
    _keep_to_zone(zone, now)
    _tidy(now)
    due = Delivery.here.filter(state="waiting", retry_at__lte=now, recipient__mailing__in=going)
    keys = due.order_by("due_at").values_list("recipient__mailing", flat=True)
    for key in dict.fromkeys(keys):
        if not stop.is_set():
            send_mails(Mailing.here.select_related("board").get(pk=key), due, now, stop)


def _claim(mailing: Mailing, zone: str, now: datetime) -> None:
    """Make the mails of a due time, unless somebody else did; what was missed meanwhile is sent once."""
    due_at = mailing.due_at
    day = day_in(mailing.zone, due_at)
    after = next_due(mailing.when, zone, now, day)
    with transaction.atomic():
        held = Mailing.here.filter(pk=mailing.pk, due_at=due_at)
        if held.update(due_at=after, zone=zone, last_on=day):
            make_mails(mailing, due_at)


def _keep_to_zone(zone: str, now: datetime) -> None:
    """Work out anew when boards are due where the zone is another one since; nobody gets two on one day."""
    for one in Mailing.here.exclude(zone=zone):
        due_at = next_due(one.when, zone, now, one.last_on)
        Mailing.here.filter(pk=one.pk, due_at=one.due_at).update(due_at=due_at, zone=zone)


def _tidy(now: datetime) -> None:
    """Say of mails that were cut off that nobody knows, and remove what is told and undone no more."""
    Delivery.here.filter(state="sending", retry_at__lte=now - CUT_OFF).update(state="unknown")
    open_ones = Q(state__in=("waiting", "sending"))
    Delivery.here.filter(~open_ones, retry_at__lte=now - KEPT).delete()
    Mailing.here.filter(ended_at__lte=now - UNDO_LASTS).delete()
    Comment.here.filter(removed_at__lte=now - UNDO_LASTS).delete()


def make_mails(mailing: Mailing, due_at: datetime) -> int:
    """Make a mail to everybody who gets a board; return how many."""
    held = list(Recipient.here.filter(mailing=mailing, stopped_at=None))
    ended = who_ended((one.address for one in held), mailing.made_by)
    fresh = [
        Delivery(workspace=mailing.workspace, recipient=one, due_at=due_at, retry_at=due_at)
        for one in held
        if one.address not in ended
    ]
    return len(Delivery.here.bulk_create(fresh, ignore_conflicts=True))


def begin_anew(mailings: QuerySet[Mailing], now: datetime) -> None:
    """Send boards that rested from their next time on; what was to leave meanwhile does not."""
    zone = zone_set()
    waiting = Delivery.here.filter(recipient__mailing__in=mailings, state="waiting")
    waiting.update(state="refused", retry_at=now, said=keep("It was due while the board was not sent."))
    for one in mailings:
        due_at = next_due(one.when, zone, now, one.last_on)
        Mailing.here.filter(pk=one.pk).update(due_at=due_at, zone=zone)
