"""Whom a comment mentions, as @somebody@example.org: told on Home until it is resolved, and once by mail."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.model.errors import CallerError
from trodden.web.boards.models import Comment
from trodden.web.boards.sending import likely_language
from trodden.web.boards.standing import is_member, language_of, who_ended
from trodden.web.languages import reading
from trodden.web.mails import mail, one_line, post
from trodden.web.pages import File
from trodden.web.people.models import clean_email

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.mail import EmailMessage

    from trodden.web.actors import Actor

MOST_MENTIONED: Final = 10
"""People one comment tells: more are a mailing."""
LISTED: Final = 5
SHOWN: Final = 100
"""Letters of a comment on Home."""
_MENTION: Final = re.compile(r"(?<!\S)@([^\s@]+@[^\s@,;:!?()]+)")


def mentioned(text: str) -> set[str]:
    """Return the addresses that a text mentions.

    Examples
    --------
    >>> sorted(mentioned("@Ada@example.org, look; so should @bob@example.org. Not eve@example.org."))
    ['ada@example.org', 'bob@example.org']
    """
    return {clean_email(one).rstrip(".") for one in _MENTION.findall(text)}


def with_mentions(text: str, chosen: Iterable[str]) -> str:
    """Return a text that mentions those, too, who were chosen beside it."""
    said = mentioned(text)
    missing = [one for one in chosen if clean_email(one) not in said]
    return "\n".join([text, " ".join(f"@{one}" for one in missing)]).strip() if missing else text


def tell(comment: Comment, text: str, before: str = "") -> None:
    """Write to the members whom a comment mentions and did not before, once it is kept.

    Raises
    ------
    CallerError
        They are too many.
    """
    now = mentioned(text)
    if len(now) > MOST_MENTIONED:
        raise CallerError(_("A comment mentions at most {n} people.").format(n=MOST_MENTIONED))
    fresh = now - mentioned(before) - {clean_email(comment.by)}
    if not settings.TRODDEN_SIGN_IN or not settings.EMAIL_HOST:
        return
    for address in sorted(filter(is_member, fresh - who_ended(fresh, comment.by))):
        letter = _letter(comment, address)
        transaction.on_commit(lambda letter=letter: post(letter))


def _letter(comment: Comment, address: str) -> EmailMessage:
    """Return a mail that leads to the comment; what it says stays in here."""
    with reading(language_of(address) or likely_language()):
        given = {"who": comment.by, "board": comment.board.name}
        subject = _("{who} mentions you on “{board}”").format(**given)
        said = _("{who} mentions you in a comment on the board “{board}”:").format(**given)
    found = mail(
        address, subject, f"{one_line(said)}\n\n{settings.TRODDEN_PUBLIC_URL}{address_of(comment)}\n"
    )
    found.extra_headers["Auto-Submitted"] = "auto-generated"
    return found


def address_of(comment: Comment) -> str:
    """Return where a comment is read."""
    place = f"card-{comment.card.pk}" if comment.card else "said"
    return f"{reverse('board', args=[comment.board.pk])}#{place}"


def said_to(actor: Actor) -> tuple[File, ...]:
    """Return the newest open comments that mention who asks, each with where it is read."""
    if "@" not in actor.name:
        return ()
    held = Comment.here.filter(
        text__icontains=f"@{actor.name}", removed_at=None, resolved_at=None, board__deleted_at=None
    )
    newest = held.select_related("board", "card").order_by("-at").exclude(by=actor.name)
    mine = (one for one in newest if clean_email(actor.name) in mentioned(one.text))
    return tuple(map(_line, islice(mine, LISTED)))


def _line(one: Comment) -> File:
    text = one_line(one.text)
    short = f"{text[:SHOWN]}…" if len(text) > SHOWN else text
    return File(f"{one.by}, {one.board.name}: {short}", address_of(one))
