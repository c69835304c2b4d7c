"""Mails about people: invitations."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from trodden.model.errors import OutsideError
from trodden.web.mails import deliver, mail, one_line


def bring(email: str, link: str, inviter: str) -> str:
    """Send a one-time link to whom it is for; say in a sentence what became of it.

    Without a mail server nothing is sent, and nothing said.
    """
    if not settings.EMAIL_HOST:
        return ""
    text = render_to_string(
        "people/email/invitation_message.txt", {"inviter": one_line(inviter), "link": link}
    )
    try:
        deliver(mail(email, f"Trodden: {_('You are invited')}", text))
    except OutsideError as error:
        return _("It was not sent to {email}. {why}").format(email=email, why=error.message)
    return _("It was also sent to {email}.").format(email=email)
