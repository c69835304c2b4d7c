"""How one mail of a board leaves: claimed just before the server gets it, so that none leaves twice.

What a mail server does not take just now is tried again, ever more rarely; what it refuses, the page says.
A mail that the server had whole, or may have had when this process ended, is not sent again by itself: it
may have arrived. What became of a mail is kept in English, and said to each reader in their language.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from trodden.model.errors import CallerError, OutsideError, QuestionError, TroddenError
from trodden.model.words import SOURCE, keep
from trodden.web.boards.letters import Letter, letter_of, mail_of
from trodden.web.boards.models import Delivery, Mailing, Recipient
from trodden.web.boards.standing import (
    OUTSIDE,
    is_member,
    language_of,
    naming_nobody,
    still_may,
    who_ended,
)
from trodden.web.home import walked
from trodden.web.languages import reading
from trodden.web.limits import common_limit, limit_of
from trodden.web.mails import Unanswered, deliver
from trodden.web.marks.drawn import showing_marks
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    import threading
    from collections.abc import Generator
    from datetime import datetime

    from django.core.mail import EmailMultiAlternatives
    from django.db.models import QuerySet

MOST_ATTEMPTS: Final = 7
SAID: Final = 200
"""Letters that are kept of what a server said."""
FIRST_WAIT: Final = timedelta(minutes=1)
CUT_OFF: Final = timedelta(minutes=15)
"""A mail that is being written or sent for longer was cut off: no server takes so long."""
NEVER: Final = 500
"""From this answer of a mail server on the same mail is refused whenever it comes."""

log = logging.getLogger("trodden.boards")


def send_mails(mailing: Mailing, due: QuerySet[Delivery], now: datetime, stop: threading.Event) -> None:
    """Send those mails of a mailing that are due, until ``stop`` is set."""
    problem = _problem(mailing)
    Mailing.here.filter(pk=mailing.pk).exclude(problem=problem).update(problem=problem)
    mails = due.filter(recipient__mailing=mailing).select_related("recipient")
    if problem:
        mails.update(state="refused", retry_at=now, said=keep("The board is not sent."))
        return
    letters = Letters(mailing)
    for delivery in mails:
        if stop.is_set():
            return
        if _took_up(delivery, now):
            _send(letters, mailing, delivery, now)


def _problem(mailing: Mailing) -> str:
    """Say why a board goes to nobody; empty where it does."""
    if not still_may(mailing.made_by, Right.ASK):
        return keep(
            "{name} may not send it any more: somebody else has to take it over.", name=mailing.made_by
        )
    return "" if walked() else keep("Nothing has come in yet, so there is nothing to tell.")


def _took_up(delivery: Delivery, now: datetime) -> bool:
    """Take a mail up to be written, unless somebody else did; who is cut off while writing tries again."""
    held = Delivery.here.filter(pk=delivery.pk, state="waiting", attempts=delivery.attempts)
    if delivery.attempts >= MOST_ATTEMPTS:
        held.update(
            state="refused", retry_at=now, said=keep("It was begun too often without coming to its end.")
        )
        return False
    delivery.attempts += 1
    return bool(held.update(attempts=delivery.attempts, retry_at=now + CUT_OFF))


class Letters:
    """A board answered for its readers, once for all who see the same customers and read one language."""

    def __init__(self, mailing: Mailing) -> None:
        self._mailing = mailing
        self._limit = limit_of(mailing.made_by)
        self._known: dict[tuple[str, str, bool], Letter] = {}

    def to(self, reader: Recipient) -> Letter:
        """Return what a reader gets: of the customers that both they and the sender see, in their language.

        Raises
        ------
        QuestionError
            They see others than the sender does.
        """
        limit = common_limit(self._limit, limit_of(reader.address))
        if limit is None:
            raise QuestionError("They see other customers than who sends it.")
        language = language_of(reader.address) if reader.is_member else ""
        key = limit, language or self._mailing.language, not reader.is_member
        if key not in self._known:
            self._known[key] = self._written(*key)
        return self._known[key]

    def _written(self, limit: str, language: str, is_outside: bool) -> Letter:  # noqa: FBT001 - part of a key
        with naming_nobody(limit), reading(language), showing_marks(not is_outside):
            found = walked()
            if found is None:
                raise OutsideError("There is nothing to tell.")
            return letter_of(self._mailing, found, is_outside=is_outside)


def _send(letters: Letters, mailing: Mailing, delivery: Delivery, now: datetime) -> None:
    refused = _refused(mailing, delivery.recipient)
    if refused:
        _note(delivery, state="refused", said=refused)
        return
    try:
        _hand_over(mail_of(letters.to(delivery.recipient), delivery), delivery)
    except TroddenError as error:
        _failed(delivery, error, now)
        log.warning("board.unsent mailing=%s attempts=%d", mailing.pk, delivery.attempts)


def _hand_over(mail: EmailMultiAlternatives, delivery: Delivery) -> None:
    """Give a mail to the server; that it is on its way is written down before the server has any of it."""
    mine = Delivery.here.filter(pk=delivery.pk, state="waiting", attempts=delivery.attempts)
    if mine.update(state="sending", retry_at=timezone.now()):
        deliver(mail)
        _note(delivery, state="sent", said="")
        log.info("board.sent mail=%s", delivery.pk)


def _refused(mailing: Mailing, to: Recipient) -> str:
    """Say why a mail must not leave; empty where it may."""
    if to.stopped_at or who_ended([to.address], mailing.made_by):
        return keep("They want it no more.")
    if to.is_member and not is_member(to.address):
        return keep("They are no member any more.")
    if not to.is_member and not still_may(mailing.made_by, OUTSIDE):
        return keep("{name} may not send it outside any more.", name=mailing.made_by)
    return ""


def _failed(delivery: Delivery, error: TroddenError, now: datetime) -> None:
    """Try again later; give up where it may have arrived, is refused for good, or was tried too often."""
    with reading(SOURCE):
        said = error.message
    if isinstance(error.__cause__, Unanswered):
        _note(delivery, state="unknown", said=said)
    elif _is_for_good(error) or delivery.attempts >= MOST_ATTEMPTS:
        _note(delivery, state="refused", said=said)
    else:
        wait = FIRST_WAIT * 2 ** (delivery.attempts - 1)
        _note(delivery, state="waiting", said=said, retry_at=now + wait)


def _is_for_good(error: TroddenError) -> bool:
    """Say whether a mail is refused whenever it comes; who signs in wrongly may be set right."""
    codes = list(_codes(error.__cause__))
    return isinstance(error, CallerError) or (bool(codes) and min(codes) >= NEVER)


def _codes(cause: BaseException | None) -> Generator[int]:
    if isinstance(cause, smtplib.SMTPRecipientsRefused):
        yield from (code for code, _said in cause.recipients.values())
    elif isinstance(cause, smtplib.SMTPResponseException) and not isinstance(
        cause, smtplib.SMTPAuthenticationError
    ):
        yield cause.smtp_code


def _note(delivery: Delivery, *, said: str, **changes: object) -> None:
    """Write down what became of a mail, as much of it as its record takes."""
    Delivery.here.filter(pk=delivery.pk).update(
        **{"retry_at": timezone.now(), "said": said[:SAID], **changes}
    )
