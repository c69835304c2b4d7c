"""Links that show a board without sign-in: made, found, withdrawn, and turned off altogether."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import F
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from trodden.model.errors import CallerError
from trodden.web.addresses import key_in, number_in
from trodden.web.boards.models import LONGEST_NAME, LinksOff, ShareLink
from trodden.web.boards.outside import confirmed
from trodden.web.boards.standing import OUTSIDE, still_may
from trodden.web.mails import one_line
from trodden.web.people.models import hash_of
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from trodden.web.actors import Actor
    from trodden.web.boards.models import Board

LASTS: Final = 30
LONGEST: Final = 365
MOST_LINKS: Final = 50


def are_on() -> bool:
    """Say whether boards of the workspace are shown by links."""
    return not LinksOff.here.exists()


def turn(*, is_on: bool, by: str) -> None:
    """Show boards by links, or let every link there is lead nowhere."""
    if is_on:
        LinksOff.here.all().delete()
    else:
        LinksOff.here.get_or_create(workspace=workspace_name(), defaults={"by": by})


def made(board: Board, said: str, days: str, actor: Actor) -> str:
    """Make a link; return its secret, which cannot be had again.

    Raises
    ------
    CallerError
        Links are turned off, or it says not for how many days.
    """
    if not are_on():
        raise CallerError(_("Links are turned off in this workspace."), hint=_("An admin turns them on."))
    lasts = number_in(days, 1, LONGEST)
    if lasts is None:
        raise CallerError(_("A link is good for 1 to {n} days.").format(n=LONGEST))
    if valid().filter(board=board).count() >= MOST_LINKS:
        raise CallerError(_("There are too many links to this board."), hint=_("Withdraw some of them."))
    secret = secrets.token_urlsafe(32)
    ShareLink.here.create(
        workspace=workspace_name(),
        board=board,
        secret_hash=hash_of(secret),
        said=one_line(said)[:LONGEST_NAME],
        expires_at=timezone.now() + timedelta(days=lasts),
        **confirmed(board, actor),
    )
    return secret


def valid() -> QuerySet[ShareLink]:
    """Return the links that have neither expired nor been withdrawn."""
    return ShareLink.here.filter(revoked_at=None, expires_at__gt=timezone.now())


def link_of(secret: str) -> ShareLink:
    """Return the link of a secret.

    Raises
    ------
    Http404
        There is none, it leads nowhere any more, or who made it may not share any more.
    """
    found = (
        valid().filter(secret_hash=hash_of(secret), board__deleted_at=None).select_related("board").first()
    )
    if found is None or not are_on() or not still_may(found.made_by, OUTSIDE):
        raise Http404(_("This link has expired, or it was withdrawn. Ask whoever gave it to you."))
    return found


def count(link: ShareLink) -> None:
    """Note that a link was opened."""
    ShareLink.here.filter(pk=link.pk).update(opened=F("opened") + 1, opened_at=timezone.now())


def withdraw_all() -> None:
    """Let no link there is lead anywhere any more, in any workspace."""
    ShareLink.everywhere.filter(revoked_at=None).update(revoked_at=timezone.now())


def withdraw(board: Board, key: str) -> None:
    """Let a link lead nowhere from now on."""
    _change(board, key, revoked_at=timezone.now())


def confirm(board: Board, key: str, actor: Actor) -> None:
    """Let a link show the board as it is now, in the name of who confirms it."""
    _change(board, key, **confirmed(board, actor))


def _change(board: Board, key: str, **changes: object) -> None:
    if not valid().filter(board=board, pk=key_in(key)).update(**changes):
        raise Http404(_("There is no such link any more."))
