"""What is done to accounts, from pages and from the command line alike; each change is logged by who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from trodden.model.errors import CallerError, UnknownNameError
from trodden.web.limits import hold_still
from trodden.web.people.models import SETUP_LASTS, Invitation, Membership, User, clean_email
from trodden.web.people.rights import DEPARTMENTS, ROLES
from trodden.web.people.sessions import end_sessions
from trodden.web.workspaces import names, within, workspace_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Manager

    from trodden.web.api.models import Token


def has_people() -> bool:
    """Say whether anybody may sign in, to any workspace."""
    return Membership.everywhere.filter(is_active=True, user__is_active=True).exists()


def has_admin() -> bool:
    """Say whether the workspace has an admin who may sign in."""
    return Membership.here.filter(is_active=True, user__is_active=True, role="admin").exists()


def setup_link() -> str:
    """Return a link that makes the first admin: it works once, for one hour; earlier ones no longer do."""
    with transaction.atomic():
        Invitation.here.filter(is_setup=True).delete()
        _made, secret = Invitation.make(SETUP_LASTS, is_setup=True, role="admin", workspace=workspace_name())
    return link_of(secret)


def link_of(secret: str) -> str:
    """Return the address of a one-time link."""
    return f"{settings.TRODDEN_PUBLIC_URL}{reverse('join', args=[secret])}"


def invited(email: str, role: str, department: str = "", *, see_pii: bool = False, limit: str = "") -> str:
    """Invite an address into the workspace; return the link. An earlier invitation no longer works.

    Raises
    ------
    CallerError
        Somebody of this address is a member already, there is no such role or department, or the segment
        cannot be a limit.
    """
    role = known_role(role)
    _unlimited_admin(role, limit)
    _hold_limit(limit)
    _known_department(department)
    address = clean_email(email)
    if Membership.here.filter(user__email=address).exists():
        raise CallerError(f"{address} is a member already.", hint="Change their role instead.")
    here = workspace_name()
    with transaction.atomic():
        Invitation.here.filter(email=address).delete()
        _made, secret = Invitation.make(
            email=address, role=role, department=department, see_pii=see_pii, workspace=here, limit=limit
        )
    return link_of(secret)


def accepted(invitation: Invitation, user: User) -> Membership:
    """Make an account that is there a member of one more workspace; the link is spent.

    Raises
    ------
    CallerError
        The link was used meanwhile, or is meant for somebody else.
    """
    if invitation.email != user.email:
        raise CallerError("This link is meant for another address.", hint="Sign in as whom it was sent to.")
    with transaction.atomic():
        _spend(invitation)
        return _made_member(invitation, user)


def _spend(invitation: Invitation) -> None:
    spent, _kinds = Invitation.objects.filter(pk=invitation.pk).delete()
    if not spent:
        raise CallerError("This link was used already.", hint="Ask for a new one.")


def _made_member(invitation: Invitation, user: User) -> Membership:
    return Membership.everywhere.create(
        user=user,
        workspace=invitation.workspace,
        role=invitation.role,
        department=invitation.department,
        see_pii=invitation.see_pii,
        limit=invitation.limit,
    )


def joined(invitation: Invitation, email: str, name: str, password: str | None) -> User:
    """Make the account of an invitation and its membership; the link is spent, also when two use it at once.

    Raises
    ------
    CallerError
        The link was used meanwhile.
    """
    with transaction.atomic():
        _spend(invitation)
        user = User.objects.make(email, name, password)
        _made_member(invitation, user)
    return user


def workspaces_of(email: str) -> dict[str, str]:
    """Return the role of an account by the workspaces it may enter, in the order of their names."""
    held = Membership.everywhere.filter(user__email=email, is_active=True).order_by("workspace")
    there = set(names())
    return {name: role for name, role in held.values_list("workspace", "role") if name in there}


def member_of(email: str) -> Membership:
    """Return the membership of an address.

    Raises
    ------
    UnknownNameError
        Nobody of this address is a member of the workspace.
    """
    found = Membership.here.select_related("user").filter(user__email=clean_email(email)).first()
    if found is None:
        known = ", ".join(Membership.here.values_list("user__email", flat=True)[:20])
        raise UnknownNameError(f"Nobody here is {email!r}.", hint=f"Members: {known or 'nobody yet'}.")
    return found


def changed(member: Membership, fields: Mapping[str, object]) -> list[str]:
    """Change a membership and say what changed; every session of the account ends.

    Fields are ``role``, ``department``, ``see_pii``, ``is_active`` and ``limit``.

    Raises
    ------
    CallerError
        There is no such role or department, the segment cannot be a limit, or nobody would be left to
        administer.
    """
    role, limit = (str(fields.get(name, getattr(member, name))) for name in ("role", "limit"))
    role = known_role(role)
    _known_department(str(fields.get("department", "")))
    _unlimited_admin(role, limit)
    if limit != member.limit:
        _hold_limit(limit)
    with transaction.atomic():
        said = _set(member, {**fields, "role": role})
        member.save()
        _hold_admin()
        if said:
            end_sessions(member.user)
        if any(not one.startswith("department ") for one in said):
            _tokens().filter(membership=member).delete()
    return said


def _set(member: Membership, fields: Mapping[str, object]) -> list[str]:
    said: list[str] = []
    for name in ("role", "department", "see_pii", "is_active", "limit"):
        old, new = getattr(member, name), fields.get(name, getattr(member, name))
        if old != new:
            setattr(member, name, new)
            said.append(f"{name} {old} -> {new}")
    return said


def allowed_in(user: User, *, is_active: bool) -> None:
    """Say whether an account may sign in at all, in any workspace; its sessions end where it may not.

    Raises
    ------
    CallerError
        Nobody would be left to administer the workspace.
    """
    with transaction.atomic():
        user.is_active = is_active
        user.save(update_fields=["is_active"])
        if not is_active:
            _hold_admins(user)
            shut_out(user)


def shut_out(user: User) -> None:
    """End every session and token of an account, which stays as it is."""
    end_sessions(user)
    _tokens().filter(membership__user=user).delete()


def is_last_admin(member: Membership) -> bool:
    """Say whether nobody else administers the workspace."""
    admins = Membership.here.filter(is_active=True, user__is_active=True, role="admin")
    return [one.pk for one in admins[:2]] == [member.pk]


def end_all_access() -> None:
    """End every session, token and link of all workspaces, those to boards too, and hold every mailing."""
    from trodden.web.boards.linking import withdraw_all
    from trodden.web.boards.sending import hold_all

    withdraw_all()
    hold_all()
    end_sessions_of_all()
    Invitation.objects.all().delete()
    _tokens().all().delete()


def end_sessions_of_all() -> None:
    """End every session, of all workspaces."""
    from allauth.usersessions.models import UserSession  # pyright: ignore[reportMissingTypeStubs]
    from django.contrib.sessions.models import Session

    for model in (UserSession, Session):
        model.objects.all().delete()


def _tokens() -> Manager[Token]:
    from trodden.web.api.models import Token

    return Token.everywhere


def _hold_admin() -> None:
    if not has_admin():
        raise CallerError(
            "Nobody would be left to administer the workspace.", hint="Make somebody else an admin first."
        )


def _hold_admins(user: User) -> None:
    """See to it that every workspace an account is an admin of has another."""
    led = Membership.everywhere.filter(user=user, role="admin", is_active=True)
    for name in {*led.values_list("workspace", flat=True), workspace_name()}:
        with within(name):
            _hold_admin()


def _unlimited_admin(role: str, limit: str) -> None:
    if role == "admin" and limit:
        raise CallerError(
            "An admin sees all customers: who sees what is theirs to say.", hint="Choose another role."
        )


def _hold_limit(limit: str) -> None:
    """See to it that whom a segment shows changes with no map."""
    from trodden.web.home import walks

    found = walks() if limit else None
    if found is not None:
        hold_still(limit, found.catalog.segments, found.catalog.maps)


def known_role(role: str) -> str:
    """Return a role by its name, whose words may be joined as options and columns join them.

    Raises
    ------
    CallerError
        There is no such role.
    """
    name = role.replace("-", " ").replace("_", " ")
    if name not in ROLES:
        raise CallerError(f"There is no role {role!r}.", hint=f"Roles are {', '.join(ROLES)}.")
    return name


def _known_department(department: str) -> None:
    if department and department not in DEPARTMENTS:
        raise CallerError(f"There is no department {department!r}.", hint=f"Known: {', '.join(DEPARTMENTS)}.")
