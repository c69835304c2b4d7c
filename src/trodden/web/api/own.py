"""What a program may see and end of its person's ways in: tokens, and sessions of browsers.

It ends what may no more than it may itself, so that a token that was lost locks nobody out.
"""

# The sign-in library is only partly annotated.
# pyright: reportMissingTypeStubs=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from datetime import datetime

import msgspec
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404

from trodden.web.actors import actor_of
from trodden.web.api.models import Token
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.audit.requests import record
from trodden.web.people.models import Membership
from trodden.web.people.sessions import last_used


class TokenTold(msgspec.Struct, frozen=True):
    """A token of one's own, without its secret; ``is_this`` is the one that was sent."""

    id: str
    name: str
    rights: list[str]
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    is_this: bool


class SessionTold(msgspec.Struct, frozen=True):
    """A session of one's own, in a browser."""

    id: int
    browser: str
    address: str
    begun_at: datetime
    seen_at: datetime


def tokens(call: Call) -> Page[TokenTold]:
    """List one's own tokens, the first made first."""
    found = Token.here.filter(membership=_member(call)).order_by("made_at", "pk")
    return page_of([(f"{one.made_at.isoformat()}\0{one.pk}", _token(call, one)) for one in found], call.query)


def _token(call: Call, one: Token) -> TokenTold:
    this = actor_of(call.request).token
    return TokenTold(
        id=str(one.pk),
        name=one.name,
        rights=one.scopes.split(","),
        made_at=one.made_at,
        expires_at=one.expires_at,
        last_used_at=one.last_used_at,
        is_this=this is not None and this.pk == one.pk,
    )


def end_token(call: Call) -> TokenTold:
    """End a token of one's own that may no more than the one that was sent, which may be that one itself."""
    found = get_object_or_404(Token.here, pk=call.path["key"], membership=_member(call))
    this = actor_of(call.request).token
    if this is None or not found.rights <= this.rights:
        raise PermissionDenied
    told = _token(call, found)
    with transaction.atomic():
        record(call.request, "token.revoke", found.name)
        found.delete()
    return told


def sessions(call: Call) -> Page[SessionTold]:
    """List one's own sessions, the first begun first."""
    found = UserSession.objects.purge_and_list(_member(call).user)
    return page_of([(f"{one.pk:012d}", _session(one)) for one in found], call.query)


def _session(one: UserSession) -> SessionTold:
    return SessionTold(one.pk, one.user_agent, str(one.ip), one.created_at, last_used(one))


def end_session(call: Call) -> SessionTold:
    """End a session of one's own, by a token that may all its person may."""
    member, this = _member(call), actor_of(call.request).token
    found = get_object_or_404(UserSession, pk=call.path["number"], user=member.user)
    if this is None or not member.rights <= this.rights:
        raise PermissionDenied
    told = _session(found)
    with transaction.atomic():
        record(call.request, "session.end", f"{told.id}")
        found.end()
    return told


def _member(call: Call) -> Membership:
    member = actor_of(call.request).membership
    if member is None:
        raise Http404("Only members of this workspace have tokens and sessions.")
    return member


RESOURCES = (
    Resource("api-tokens", "tokens", {"GET": Operation(tokens, Page[TokenTold], query=Paging)}),
    Resource("api-token", "tokens/<uuid:key>", {"DELETE": Operation(end_token, TokenTold, is_change=True)}),
    Resource("api-sessions", "sessions", {"GET": Operation(sessions, Page[SessionTold], query=Paging)}),
    Resource(
        "api-session",
        "sessions/<int:number>",
        {"DELETE": Operation(end_session, SessionTold, is_change=True)},
    ),
)
