"""What goes out in somebody's name goes out only as long as they may send it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from trodden.web.actors import lacks_factor
from trodden.web.boards.models import NoMore, Recipient
from trodden.web.home import workspace_here
from trodden.web.limits import seen_as
from trodden.web.people.models import Membership, hash_of
from trodden.web.people.rights import Right
from trodden.web.shield import sees_customers

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

OUTSIDE = Right.MANAGE
"""What somebody needs who lets a board out of the workspace."""


def still_may(who: str, right: Right) -> bool:
    """Say whether somebody, known by their address, is a member with a right now; alone one may all.

    Whose role needs a second factor has one on their account; one seen elsewhere counts for a session alone.
    """
    if not settings.TRODDEN_SIGN_IN:
        return True
    member = _member(who)
    return member is not None and right in member.rights and not lacks_factor(member)


def is_member(address: str) -> bool:
    """Say whether somebody of an address may enter the workspace; alone there are no members to be."""
    return not settings.TRODDEN_SIGN_IN or _member(address) is not None


def language_of(address: str) -> str:
    """Return the language that a member chose; empty where they chose none, or are none."""
    member = _member(address) if settings.TRODDEN_SIGN_IN else None
    return member.user.language if member else ""


def zone_set() -> str:
    """Return the zone the workspace is set to: that of the hours at which boards are sent."""
    found = workspace_here()
    return found.mark.time_zone if found else "UTC"


def who_ended(addresses: Iterable[str], by: str) -> set[str]:
    """Return the addresses of who ended the mails of boards; who sends one to themselves wants it."""
    hashes = {hash_of(one): one for one in addresses if one != by}
    ended = NoMore.here.filter(address_hash__in=hashes).values_list("address_hash", flat=True)
    return {hashes[one] for one in ended}


def end_mails(to: Recipient) -> None:
    """Send somebody this board no more, nor any board that others send."""
    Recipient.here.filter(pk=to.pk).update(stopped_at=timezone.now())
    NoMore.here.get_or_create(workspace=to.workspace, address_hash=hash_of(to.address))


def _member(address: str) -> Membership | None:
    known = Membership.here.filter(user__email=address, is_active=True, user__is_active=True)
    return known.select_related("user").first()


@contextmanager
def naming_nobody(limit: str) -> Generator[None]:
    """Let what is answered in this block name no customer, and be of those of a segment alone."""
    token = sees_customers.set(False)
    try:
        with seen_as(limit):
            yield
    finally:
        sees_customers.reset(token)
