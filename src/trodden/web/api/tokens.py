"""Making, finding, ending tokens; each change is logged by who asks for it."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from trodden.model.errors import CallerError, UnknownNameError
from trodden.web.api.models import LONGEST_NAME, Token
from trodden.web.people.models import hash_of
from trodden.web.people.rights import Right
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.web.people.models import Membership

PREFIX: Final = "trodden_"
"""How every token begins, so that it is known for one wherever it turns up."""

DAYS: Final = (7, 30, 90, 365)
"""How long a token may last."""

MOST: Final = 50
"""Tokens one member may have."""

NOTED_EVERY: Final = timedelta(minutes=1)
"""How often use is noted."""


def made(member: Membership, name: str, scopes: Iterable[str], days: int) -> tuple[Token, str]:
    """Make a token of a member; return it with its secret, which cannot be had again.

    Raises
    ------
    CallerError
        It would have no right, one its person has not, no name, last too long, or be one too many.
    """
    rights = _rights(member, scopes)
    called = " ".join(name.split())
    if not 1 <= len(called) <= LONGEST_NAME:
        raise CallerError(
            f"A token has a name of 1 to {LONGEST_NAME} characters.", hint="Name the program it is for."
        )
    if not 1 <= days <= DAYS[-1]:
        raise CallerError(f"A token lasts 1 to {DAYS[-1]} days, not {days}.")
    if Token.here.filter(membership=member).count() >= MOST:
        raise CallerError(
            f"There are {MOST} tokens of this account already.", hint="Revoke what is not used."
        )
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    token = Token(
        membership=member,
        workspace=workspace_name(),
        name=called,
        secret_hash=hash_of(secret),
        scopes=",".join(sorted(rights)),
        expires_at=timezone.now() + timedelta(days=days),
    )
    token.save(force_insert=True)
    return token, secret


def _rights(member: Membership, scopes: Iterable[str]) -> frozenset[Right]:
    known = {str(right) for right in Right}
    wanted = set(scopes)
    unknown = sorted(wanted - known)
    if unknown or not wanted:
        said = f"There is no right {unknown[0]!r}." if unknown else "A token without any right is of no use."
        raise CallerError(said, hint=f"Rights are {', '.join(sorted(known))}.")
    lacking = sorted(wanted - set(member.rights))
    if lacking:
        raise CallerError(
            f"{member.user.email} has not the right {lacking[0]!r}, so no token of theirs has it.",
            hint=f"Theirs are {', '.join(sorted(member.rights))}.",
        )
    return frozenset(Right(name) for name in wanted)


def token_of(secret: str) -> Token | None:
    """Return the token of a secret while it is valid and its person may enter; its use is noted."""
    now = timezone.now()
    valid = Token.here.select_related("membership__user").filter(
        expires_at__gt=now, membership__is_active=True, membership__user__is_active=True
    )
    found = valid.filter(secret_hash=hash_of(secret)).first()
    if found and (found.last_used_at is None or now - found.last_used_at > NOTED_EVERY):
        Token.here.filter(pk=found.pk).update(last_used_at=now)
    return found


def revoke(name: str, member: Membership) -> None:
    """End every token of a member that bears this name.

    Raises
    ------
    UnknownNameError
        There is none.
    """
    ended, _kinds = Token.here.filter(membership=member, name=name).delete()
    if not ended:
        known = ", ".join(Token.here.filter(membership=member).values_list("name", flat=True))
        raise UnknownNameError(
            f"{member.user.email} has no token {name!r}.", hint=f"There are: {known or 'none'}."
        )
