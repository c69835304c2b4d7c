"""Who is invited, and what somebody may do here: by pages and by programs alike, each change logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.shortcuts import get_object_or_404

from trodden.web.audit.requests import record
from trodden.web.people.models import Invitation
from trodden.web.people.staff import changed, invited

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any
    from uuid import UUID

    from django.http import HttpRequest

    from trodden.web.people.models import Membership


def inviting(request: HttpRequest, given: Mapping[str, Any]) -> str:
    """Invite somebody by ``email``, ``role``, ``department``, ``see_pii`` and ``limit``; return the link.

    Raises
    ------
    CallerError
        As `invited`.
    """
    with transaction.atomic():
        link = invited(
            given["email"], given["role"], given["department"], see_pii=given["see_pii"], limit=given["limit"]
        )
        within = f" within @{given['limit']}" if given["limit"] else ""
        record(request, "people.invite", f"{given['email']} as {given['role']}{within}")
    return link


def withdrawn(request: HttpRequest, key: UUID) -> Invitation:
    """Let the link of an invitation lead nowhere from now on; return what it was.

    Raises
    ------
    Http404
        There is none of this key.
    """
    with transaction.atomic():
        found = get_object_or_404(Invitation.here, pk=key, is_setup=False)
        record(request, "people.withdraw", found.email)
        Invitation.here.filter(pk=found.pk).delete()
    return found


def changing(request: HttpRequest, member: Membership, fields: Mapping[str, object]) -> list[str]:
    """Change what somebody may do, and say what changed.

    Raises
    ------
    CallerError
        As `changed`.
    """
    with transaction.atomic():
        said = changed(member, fields)
        for one in said:
            record(request, "people.change", f"{member.user.email} {one}")
    return said
