"""Who asks, and what they may do: a person by session, a program by token, the one person at the machine.

Where Trodden is served without sign-in, that one person has every right.
"""

# The sign-in library has no type information.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.conf import settings

from trodden.web.errors import is_api
from trodden.web.limits import OPEN
from trodden.web.people.rights import EVERY, NEEDS_TWO_FACTORS, Right
from trodden.web.people.sessions import has_trusted_factor
from trodden.web.policy import PAGES_TOO
from trodden.web.workspaces import is_there

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.web.api.models import Token
    from trodden.web.people.models import Membership, User


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and what they may do here."""

    name: str
    rights: frozenset[Right]
    is_signed_in: bool = False
    membership: Membership | None = None
    lacks_factor: bool = False
    token: Token | None = None
    limit: str = ""
    """Name of the saved segment whose customers are all they see; empty where they see everybody."""

    def may(self, right: Right) -> bool:
        """Say whether the actor has a right."""
        return right in self.rights

    def opens(self, route: str) -> bool:
        """Say whether a route opens to what the actor sees of the customers."""
        return not self.limit or route in OPEN


NOBODY: Final = Actor("", frozenset())
ALONE: Final = Actor("this machine", EVERY)
"""The one person, where there is no sign-in."""
LONGEST_ACTOR: Final = 254
"""Letters of a name that the log and others keep."""

A_PROGRAM: Final = Actor("a program", EVERY)
"""Who sends the token of the running server: whoever can read that may read the data, too."""


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks; worked out once a request."""
    found = getattr(request, "actor", None)
    if found is None:
        found = request.actor = _find(request)  # pyright: ignore[reportAttributeAccessIssue] - ours to add
    return found


def person_of(request: HttpRequest) -> Actor:
    """Return the person in whose name it is asked, with the rights of who asks: what people keep is theirs.

    The log names the token beside its person; a board that a program begins is its person's.
    """
    actor = actor_of(request)
    return replace(actor, name=actor.membership.user.email) if actor.membership else actor


def forget_actor(request: HttpRequest) -> None:
    """Let who asks be found anew, where a request goes on in another workspace."""
    request.__dict__.pop("actor", None)


def _find(request: HttpRequest) -> Actor:
    found = _find_program(request) if is_api(request) else _find_person(request)
    return found if is_there() else replace(found, rights=frozenset(), membership=None)


def _find_program(request: HttpRequest) -> Actor:
    """Return for whom a program asks, by the token it sends; a session counts where pages read, too."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _find_bearer(secret.strip())
    route = request.resolver_match.url_name if request.resolver_match else None
    return _find_person(request) if route in PAGES_TOO else NOBODY


def _find_bearer(secret: str) -> Actor:
    known = settings.TRODDEN_TOKEN.encode()
    if known and secrets.compare_digest(secret.encode(), known):
        return A_PROGRAM
    from trodden.web.api.tokens import token_of

    token = token_of(secret)
    if token is None:
        return NOBODY
    person = _member(token.membership)
    name = f"{person.name} by {token.name}"[:LONGEST_ACTOR]
    return replace(person, name=name, rights=person.rights & token.rights, token=token)


def _find_person(request: HttpRequest) -> Actor:
    if not settings.TRODDEN_SIGN_IN:
        return ALONE
    from trodden.web.people.models import Membership, User

    # A request that was refused before it was known who sent it has no user.
    user: object = getattr(request, "user", None)
    if not isinstance(user, User):
        return NOBODY
    membership = Membership.here.filter(user=user, is_active=True).select_related("user").first()
    if membership is None:
        return Actor(user.email, frozenset(), is_signed_in=True)
    return _member(membership, has_factor=has_trusted_factor(request))


def _member(membership: Membership, *, has_factor: bool = False) -> Actor:
    """Return a member as who asks; ``has_factor``: a second factor was seen elsewhere."""
    lacks = not has_factor and lacks_factor(membership)
    rights = frozenset[Right]() if lacks else membership.rights
    email = membership.user.email
    return Actor(
        email,
        rights,
        is_signed_in=True,
        membership=membership,
        lacks_factor=lacks,
        limit=membership.limit,
    )


def lacks_factor(membership: Membership) -> bool:
    """Say whether a role needs a second factor that the account does not have here."""
    return membership.role in NEEDS_TWO_FACTORS and not _has_factor(membership.user)


def _has_factor(user: User) -> bool:
    from allauth.mfa.models import Authenticator

    codes = Authenticator.Type.RECOVERY_CODES
    return Authenticator.objects.filter(user_id=user.pk).exclude(type=codes).exists()
