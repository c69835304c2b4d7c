"""Boards are sent to nobody who was erased: whose address names a person is taken off every mailing."""

from __future__ import annotations

from trodden.store.values import Wanted
from trodden.web.boards.models import Recipient
from trodden.web.people.models import clean_email


def recipients_of(customer: str) -> list[Recipient]:
    """Return whoever gets boards at an address that names a person, however its letters were written."""
    wanted = Wanted(clean_email(customer))
    return [one for one in Recipient.here.all() if wanted.in_text(one.address)]


def forget_recipients(customer: str) -> int:
    """Take a person off every mailing, with what became of their mails; return how many went."""
    gone = [one.pk for one in recipients_of(customer)]
    Recipient.here.filter(pk__in=gone).delete()
    return len(gone)
