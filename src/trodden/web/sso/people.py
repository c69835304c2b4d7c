"""Who comes from the provider, and which account that is: by issuer and subject, never by an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trodden.model.errors import CallerError
from trodden.web.mails import one_line
from trodden.web.people.models import Invitation, Membership, User, clean_email
from trodden.web.people.rights import ROLES
from trodden.web.people.staff import changed, is_last_admin, joined
from trodden.web.sso.models import Identity
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from trodden.web.sso.protocol import Claims
    from trodden.web.sso.provider import Provider


def known(provider: Provider, claims: Claims) -> User | None:
    """Return the account of who came."""
    found = Identity.objects.filter(issuer=provider.issuer, subject=claims.sub).select_related("user").first()
    return found.user if found else None


def newcomer(provider: Provider, claims: Claims, invitation: str) -> User:
    """Make the account of who came the first time: by an invitation, or because their domain may come.

    Raises
    ------
    CallerError
        They may not come in, or there is an account of their address: who has that signs in and connects it.
    """
    email = _address(provider, claims)
    if User.objects.filter(email=email).exists():
        raise CallerError(
            _("There is an account of {email} already, and it is not connected to {name}.").format(
                email=email, name=provider.name
            ),
            hint=_("Sign in to it as before; then connect it under My account."),
        )
    with transaction.atomic():
        user = _invited(claims, email, invitation) or _let_in(provider, claims, email)
        Identity.objects.create(user=user, issuer=provider.issuer, subject=claims.sub)
    return user


def role_of(provider: Provider, claims: Claims) -> str:
    """Return the role that somebody's groups give them, of several that may most; empty where none does."""
    given = {role for group, role in provider.roles.items() if group in claims.groups}
    return max(given, key=list(ROLES).index, default="")


def settled(user: User, role: str) -> tuple[str, ...]:
    """Give an account a role in this workspace; return what changed.

    Who is disabled here stays so, and the last admin stays one: somebody has to.
    """
    found = Membership.here.filter(user=user).first()
    if found is None:
        Membership.everywhere.create(user=user, workspace=workspace_name(), role=role)
        return (f"role {role}",)
    return () if found.role == role or is_last_admin(found) else tuple(changed(found, {"role": role}))


def connect(provider: Provider, claims: Claims, user: User) -> None:
    """Let an account be entered by who came, from now on.

    Raises
    ------
    CallerError
        Another account is theirs already.
    """
    owner = known(provider, claims)
    if owner == user:
        return
    try:
        with transaction.atomic():
            Identity.objects.create(user=user, issuer=provider.issuer, subject=claims.sub)
    except IntegrityError as error:
        raise CallerError(
            _("Another account here is connected to that one of {name}.").format(name=provider.name),
            hint=_("Disconnect it there first."),
        ) from error


def has_factor(provider: Provider, claims: Claims) -> bool:
    """Say whether the provider saw a second factor, as far as its word for one is believed."""
    return bool(provider.factors & {*claims.amr, claims.acr})


def _address(provider: Provider, claims: Claims) -> str:
    email = clean_email(claims.email)
    is_confirmed = provider.trusts_email or claims.email_verified in (True, "true")
    try:
        validate_email(email)
    except ValidationError as error:
        raise CallerError(
            _("{name} did not say your e-mail address.").format(name=provider.name), hint=_("Ask an admin.")
        ) from error
    if not is_confirmed:
        raise CallerError(
            _("{name} has not confirmed your e-mail address.").format(name=provider.name),
            hint=_("Confirm it there first."),
        )
    return email


def _invited(claims: Claims, email: str, key: str) -> User | None:
    if not key:
        return None
    found = Invitation.objects.filter(pk=key, expires_at__gt=timezone.now()).first()
    if found is None:
        raise CallerError(_("This link was used already, or it has expired."), hint=_("Ask for a new one."))
    if found.email not in {"", email}:
        raise CallerError(_("This link is meant for another address."), hint=_("Ask for one for yours."))
    return joined(found, email, one_line(claims.name)[:100], None)


def _let_in(provider: Provider, claims: Claims, email: str) -> User:
    of_domain = provider.newcomers if email.rpartition("@")[2] in provider.domains else ""
    role = role_of(provider, claims) if provider.roles else of_domain
    if not role:
        raise CallerError(_("You are not a member here yet."), hint=_("Ask an admin for an invitation."))
    user = User.objects.make(email, one_line(claims.name)[:100])
    Membership.everywhere.create(user=user, workspace=settings.TRODDEN_WORKSPACE, role=role)
    return user
