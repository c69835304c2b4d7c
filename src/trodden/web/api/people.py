"""People by program: who may do what here, and who was invited."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.shortcuts import get_object_or_404
from msgspec import Meta

from trodden.model.errors import QuestionError
from trodden.web.actors import actor_of
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.people.letters import bring
from trodden.web.people.managing import changing, inviting, withdrawn
from trodden.web.people.models import Invitation, Membership, clean_email

Word = Annotated[str, Meta(max_length=20)]
Segment = Annotated[str, Meta(max_length=60, description="Name of the segment they see; all where empty.")]


class PersonTold(msgspec.Struct, frozen=True):
    """A member of the workspace; ``limit`` is the segment whose customers are all they see."""

    id: str
    email: str
    name: str
    role: str
    department: str
    sees_customers: bool
    may_enter: bool
    limit: str


class PersonGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member may do from now on."""

    role: Word
    department: Word = ""
    sees_customers: bool = False
    may_enter: bool = True
    limit: Segment = ""


class InvitationTold(msgspec.Struct, frozen=True):
    """Who was invited, and as what; the link works until ``expires_at``."""

    id: str
    email: str
    role: str
    department: str
    sees_customers: bool
    limit: str
    expires_at: datetime


class InvitationMade(InvitationTold, frozen=True):
    """An invitation with its link, which is told this once; ``sent`` says what became of the mail with it."""

    link: str
    sent: str


class Inviting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to invite, and as what."""

    email: Annotated[str, Meta(max_length=254)]
    role: Word
    department: Word = ""
    sees_customers: bool = False
    limit: Segment = ""


def people(call: Call) -> Page[PersonTold]:
    """List the members of the workspace, by address."""
    members = Membership.here.select_related("user")
    return page_of([(one.user.email, _person(one)) for one in members], call.query)


def one_person(call: Call) -> PersonTold:
    """Return a member."""
    return _person(_member(call))


def change(call: Call) -> PersonTold:
    """Change what a member may do; their sessions end, and but for another department their tokens."""
    given: PersonGiven = call.body
    fields = {
        "role": given.role,
        "department": given.department,
        "see_pii": given.sees_customers,
        "is_active": given.may_enter,
        "limit": given.limit,
    }
    member = _member(call)
    changing(call.request, member, fields)
    return _person(member)


def _member(call: Call) -> Membership:
    return get_object_or_404(Membership.here.select_related("user"), pk=call.path["key"])


def _person(one: Membership) -> PersonTold:
    return PersonTold(
        id=str(one.pk),
        email=one.user.email,
        name=one.user.name,
        role=one.role,
        department=one.department,
        sees_customers=one.see_pii,
        may_enter=one.is_active and one.user.is_active,
        limit=one.limit,
    )


def invitations(call: Call) -> Page[InvitationTold]:
    """List who was invited and has not come yet, by address."""
    found = Invitation.here.filter(is_setup=False)
    listed = [(f"{one.email}\0{one.pk}", _invitation(one)) for one in found]
    return page_of(listed, call.query)


def invite(call: Call) -> InvitationMade:
    """Invite somebody; an earlier invitation of theirs leads nowhere from now on."""
    given: Inviting = call.body
    email = clean_email(given.email)
    try:
        validate_email(email)
    except ValidationError:
        raise QuestionError(f"{email!r} is no mail address.") from None
    fields = {**msgspec.structs.asdict(given), "email": email, "see_pii": given.sees_customers}
    link = inviting(call.request, fields)
    made = Invitation.here.get(email=email)
    sent = bring(email, link, actor_of(call.request).name)
    return InvitationMade(**msgspec.structs.asdict(_invitation(made)), link=link, sent=sent)


def withdraw(call: Call) -> InvitationTold:
    """Withdraw an invitation: its link leads nowhere from now on."""
    return _invitation(withdrawn(call.request, call.path["key"]))


def _invitation(one: Invitation) -> InvitationTold:
    return InvitationTold(
        id=str(one.pk),
        email=one.email,
        role=one.role,
        department=one.department,
        sees_customers=one.see_pii,
        limit=one.limit,
        expires_at=one.expires_at,
    )


RESOURCES = (
    Resource("api-people", "people", {"GET": Operation(people, Page[PersonTold], query=Paging)}),
    Resource(
        "api-person",
        "people/<uuid:key>",
        {
            "GET": Operation(one_person, PersonTold),
            "POST": Operation(change, PersonTold, body=PersonGiven, is_change=True, state_of=one_person),
        },
    ),
    Resource(
        "api-invitations",
        "invitations",
        {
            "GET": Operation(invitations, Page[InvitationTold], query=Paging),
            "POST": Operation(
                invite,
                InvitationMade,
                body=Inviting,
                status=HTTPStatus.CREATED,
                is_change=True,
                is_secret=True,
            ),
        },
    ),
    Resource(
        "api-invitation",
        "invitations/<uuid:key>",
        {"DELETE": Operation(withdraw, InvitationTold, is_change=True)},
    ),
)
