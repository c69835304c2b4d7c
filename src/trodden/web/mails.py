"""Mails leave by one door: to the server that was set, no line break in any head, nobody waiting for long.

A server that speaks TLS must show a certificate of its name, from an authority this machine trusts. One that
falls silent once it has a whole mail may have taken it (RFC 1047): that is told from every other failure.
"""

from __future__ import annotations

import logging
import smtplib
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Final

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from trodden.model.errors import OutsideError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from _typeshed import ReadableBuffer

LONGEST_LINE: Final = 200
MOST_WAITING: Final = 100
PATIENCE_S: Final = 10.0

_log = logging.getLogger("trodden.mails")
_sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mails")
_waiting: set[Future[None]] = set()


def one_line(text: str) -> str:
    r"""Return a text as it may stand in a head or a sentence: one line, nothing that no printer prints.

    Examples
    --------
    >>> one_line("Ada\r\nBcc: eve@example.org")
    'Ada Bcc: eve@example.org'
    """
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(plain.split())[:LONGEST_LINE]


def mail(to: str, subject: str, text: str) -> EmailMessage:
    """Return a mail of ours to one address, from the sender that was set.

    Raises
    ------
    OutsideError
        The address has a line break in it.
    """
    if one_line(to) != to:
        raise OutsideError("A mail cannot be sent to an address of several lines.")
    return EmailMessage(one_line(subject), text, to=[to])


class Unanswered(smtplib.SMTPServerDisconnected):
    """The server has a whole mail, and nobody knows whether it took it."""


class _Noticing(smtplib.SMTP):
    """A connection that knows when the last bit of a mail has left and its answer has not come."""

    _is_given = False

    def send(self, s: ReadableBuffer | str) -> None:
        """Send; a mail alone is bytes, and whole once this returns: what fails here was not taken."""
        self._is_given = False
        super().send(s)
        self._is_given = isinstance(s, bytes)

    def getreply(self) -> tuple[int, bytes]:
        """Wait for an answer.

        Raises
        ------
        Unanswered
            There is none to a whole mail, or none that can be read.
        """
        try:
            found = super().getreply()
        except (smtplib.SMTPException, OSError) as error:
            if self._is_given:
                raise Unanswered(str(error)) from error
            raise
        if self._is_given and found[0] < 0:
            raise Unanswered(str(found[1]))
        return found


class _NoticingByTls(_Noticing, smtplib.SMTP_SSL):
    """The same over a connection that is TLS from its first byte."""


class Sender(EmailBackend):
    """Django's way to a server, over connections that notice what became of a mail."""

    @property
    def connection_class(self) -> type[_Noticing]:
        """Return the kind of connection that was set."""
        return _NoticingByTls if self.use_ssl else _Noticing


def deliver(message: EmailMessage) -> None:
    """Bring a mail to the server now; it was taken when this returns.

    Raises
    ------
    OutsideError
        The server was not reached, is not the one it should be, or refused the mail; caused by `Unanswered`
        where it may have taken it.
    """
    is_taken = False
    try:
        with get_connection() as server:
            server.send_messages([message])
            is_taken = True
    except Unanswered as error:
        raise OutsideError(
            "The mail server had the whole mail and did not say whether it took it.",
            hint="It may have arrived. Sending it again may bring it twice.",
        ) from error
    except (OSError, ValueError) as error:
        if is_taken:
            return  # only saying goodbye failed
        raise OutsideError(
            f"The mail server did not take a mail: {_why(error)}.",
            hint="See that smtp_host, smtp_port, smtp_security and the password are right.",
        ) from error


def post(message: EmailMessage) -> None:
    """Bring a mail to the server beside what is going on; whoever asked neither waits nor learns how it went.

    What could not be sent is said in the log.
    """
    if len(_waiting) >= MOST_WAITING:
        _log.error("mail.dropped waiting=%d", len(_waiting))
        return
    sending = _sender.submit(_send, message)
    _waiting.add(sending)
    sending.add_done_callback(_waiting.discard)


def finish(patience_s: float = PATIENCE_S) -> bool:
    """Wait until nothing is left to send; say whether that came true in time."""
    return not wait(set(_waiting), patience_s).not_done


def stop() -> None:
    """Send what can be sent soon, and give the rest up: the process ends."""
    if not finish():
        _log.error("mail.dropped waiting=%d", len(_waiting))
    _sender.shutdown(wait=False, cancel_futures=True)


def _send(message: EmailMessage) -> None:
    try:
        deliver(message)
    except OutsideError as error:
        _log.error("mail.failed %s", error.message)


def _why(error: Exception) -> str:
    """Say what went wrong, without anybody's address."""
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else ""
    return f"{type(error).__name__} {code}".strip()
