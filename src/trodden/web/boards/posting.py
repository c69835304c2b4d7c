"""Boards that are due are sent: each mail claimed before it leaves, so that none leaves twice.

What a mail server does not take just now is tried again, ever more rarely; what it refuses, the page says.
A mail that was being sent when this process ended is not sent again: it may have arrived.
"""

from __future__ import annotations

import logging
import smtplib
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trodden.model.errors import OutsideError, TroddenError
from trodden.web.boards.letters import Letter, letter_of, mail_of
from trodden.web.boards.models import Delivery, Mailing, Recipient
from trodden.web.boards.standing import OUTSIDE, is_member, naming_nobody, still_may, who_ended
from trodden.web.boards.times import next_due
from trodden.web.home import walked, zone_here
from trodden.web.limits import limit_of, seen_as
from trodden.web.mails import deliver
from trodden.web.marks.drawn import showing_marks
from trodden.web.people.rights import Right
from trodden.web.workspaces import names, within

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

EVERY_S: Final = 20.0
"""Between two looks at what is due."""
MOST_ATTEMPTS: Final = 7
SAID: Final = 200
"""Letters that are kept of what a server said."""
FIRST_WAIT: Final = timedelta(minutes=1)
CUT_OFF: Final = timedelta(minutes=15)
"""A mail that is being sent for longer was cut off: no server takes so long."""
NEVER: Final = 500
"""From this answer of a mail server on the same mail is refused whenever it comes."""
KEPT: Final = timedelta(days=90)

log = logging.getLogger("trodden.boards")
_wake = threading.Event()


def wake() -> None:
    """Let what is due be looked for at once."""
    _wake.set()


def keep_posting(stop: threading.Event) -> None:
    """Send what is due in every workspace until ``stop`` is set."""
    while not stop.is_set():
        for name in names():
            with within(name):
                _round(name)
        _wake.wait(EVERY_S)
        _wake.clear()


def _round(name: str) -> None:
    try:
        post_due()
    except (TroddenError, DatabaseError) as error:
        log.error("boards.failed workspace=%s error=%s", name, type(error).__name__)  # noqa: TRY400 - there is another round
    except Exception:  # the outermost loop of this thread
        log.exception("boards.failed workspace=%s", name)
    finally:
        connection.close()


def post_due(now: datetime | None = None) -> None:
    """Send every mail of the workspace that is due, and those that are to be tried again."""
    now = now or timezone.now()
    ready = Mailing.here.filter(due_at__lte=now, held_at=None, board__deleted_at=None)
    for mailing in ready.select_related("board"):
        _claim(mailing, now)
    Delivery.here.filter(state="sending", retry_at__lte=now - CUT_OFF).update(state="unknown")
    Delivery.here.filter(due_at__lte=now - KEPT).delete()
    due = Delivery.here.filter(
        state="waiting",
        retry_at__lte=now,
        recipient__mailing__held_at=None,
        recipient__mailing__board__deleted_at=None,
    )
    keys = list(due.order_by("due_at").values_list("recipient__mailing", flat=True).distinct())
    for key in dict.fromkeys(keys):
        _post(key, due, now)


def _claim(mailing: Mailing, now: datetime) -> None:
    """Make the mails of a due time, unless somebody else did; what was missed meanwhile is sent once."""
    due_at = mailing.due_at
    after = next_due(mailing.every, mailing.day, mailing.hour, zone_here(), now)
    with transaction.atomic():
        if Mailing.here.filter(pk=mailing.pk, due_at=due_at).update(due_at=after):
            make_mails(mailing, due_at)


def make_mails(mailing: Mailing, due_at: datetime) -> int:
    """Make a mail to everybody who gets a board; return how many."""
    held = list(Recipient.here.filter(mailing=mailing, stopped_at=None))
    ended = who_ended((one.address for one in held), mailing.made_by)
    fresh = [
        Delivery(workspace=mailing.workspace, recipient=one, due_at=due_at)
        for one in held
        if one.address not in ended
    ]
    return len(Delivery.here.bulk_create(fresh, ignore_conflicts=True))


def _post(key: UUID, due: QuerySet[Delivery], now: datetime) -> None:
    mailing = Mailing.here.select_related("board").get(pk=key)
    problem = _problem(mailing)
    Mailing.here.filter(pk=key).update(problem=problem)
    mails = due.filter(recipient__mailing=mailing).select_related("recipient__mailing")
    if problem:
        mails.update(state="refused", said=_("The board is not sent."))
        return
    letters = Letters(mailing)
    for delivery in mails:
        claimed = Delivery.here.filter(pk=delivery.pk, state="waiting")
        if claimed.update(state="sending", retry_at=now, attempts=delivery.attempts + 1):
            delivery.attempts += 1
            _send(letters, mailing, delivery, now)


def _problem(mailing: Mailing) -> str:
    """Say why a board goes to nobody; empty where it does."""
    if not still_may(mailing.made_by, Right.ASK):
        said = _("{who} may not send it any more: somebody else has to take it over.")
        return said.format(who=mailing.made_by)
    return "" if walked() else _("Nothing has come in yet, so there is nothing to tell.")


class Letters:
    """A board answered for its readers, once for all who see the same customers, in here or outside."""

    def __init__(self, mailing: Mailing) -> None:
        self._mailing = mailing
        self._known: dict[tuple[str, bool], Letter] = {}

    def to(self, reader: Recipient) -> Letter:
        """Return what a reader gets: of the customers that both they and the sender see.

        Raises
        ------
        OutsideError
            They see others than the sender does.
        """
        limits = {limit_of(self._mailing.made_by), limit_of(reader.address)} - {""}
        if len(limits) > 1:
            raise OutsideError(_("They see other customers than who sends it."))
        limit, is_outside = next(iter(limits), ""), not reader.is_member
        if (limit, is_outside) not in self._known:
            with naming_nobody(self._mailing.made_by), seen_as(limit), showing_marks(not is_outside):
                self._known[limit, is_outside] = self._written(is_outside=is_outside)
        return self._known[limit, is_outside]

    def _written(self, *, is_outside: bool) -> Letter:
        found = walked()
        if found is None:
            raise OutsideError(_("There is nothing to tell."))
        return letter_of(self._mailing, found, is_outside=is_outside)


def _send(letters: Letters, mailing: Mailing, delivery: Delivery, now: datetime) -> None:
    refused = _refused(mailing, delivery)
    if refused:
        _note(delivery, state="refused", said=refused)
        return
    try:
        deliver(mail_of(letters.to(delivery.recipient), delivery))
    except TroddenError as error:
        _failed(delivery, error, now)
        return
    _note(delivery, state="sent", said="")
    log.info("board.sent mailing=%s", mailing.pk)


def _refused(mailing: Mailing, delivery: Delivery) -> str:
    """Say why a mail must not leave; empty where it may."""
    to = delivery.recipient
    if to.stopped_at or who_ended([to.address], mailing.made_by):
        return _("They want it no more.")
    if to.is_member and not is_member(to.address):
        return _("They are no member any more.")
    if not to.is_member and not still_may(mailing.made_by, OUTSIDE):
        return _("{who} may not send it outside any more.").format(who=mailing.made_by)
    return ""


def _failed(delivery: Delivery, error: TroddenError, now: datetime) -> None:
    """Try again later, or give up where the server says never or it was tried often enough."""
    if _is_for_good(error.__cause__) or delivery.attempts >= MOST_ATTEMPTS:
        _note(delivery, state="refused", said=error.message)
    else:
        wait = FIRST_WAIT * 2 ** (delivery.attempts - 1)
        _note(delivery, state="waiting", said=error.message, retry_at=now + wait)
    log.warning("board.unsent mailing=%s attempts=%d", delivery.recipient.mailing.pk, delivery.attempts)


def _is_for_good(cause: BaseException | None) -> bool:
    """Say whether a server refuses a mail whenever it comes; who signs in wrongly may be set right."""
    return bool(codes := list(_codes(cause))) and min(codes) >= NEVER


def _codes(cause: BaseException | None) -> Generator[int]:
    if isinstance(cause, smtplib.SMTPRecipientsRefused):
        yield from (code for code, _said in cause.recipients.values())
    elif isinstance(cause, smtplib.SMTPResponseException) and not isinstance(
        cause, smtplib.SMTPAuthenticationError
    ):
        yield cause.smtp_code


def _note(delivery: Delivery, *, said: str, **changes: object) -> None:
    """Write down what became of a mail, as much of it as its record takes."""
    Delivery.here.filter(pk=delivery.pk).update(said=said[:SAID], **changes)
