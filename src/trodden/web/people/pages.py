"""The pages of people and of one's own account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.charts.formats import format_moment
from trodden.web.pages import Crumb
from trodden.web.people.models import Invitation, Membership
from trodden.web.people.rights import DEPARTMENTS, ROLES

if TYPE_CHECKING:
    from django.forms import BaseForm

    from trodden.web.people.models import User
    from trodden.web.sso.pages import Way
    from trodden.web.sso.provider import Provider


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page that is one form."""

    title: str
    form: BaseForm
    button: str
    crumbs: tuple[Crumb, ...] = ()
    lead: str = ""
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A line of the list of people."""

    name: str
    email: str
    address: str
    role: str
    department: str
    sees: bool
    is_active: bool


@dataclass(frozen=True, slots=True)
class Invited:
    """A line of the list of invitations."""

    email: str
    role: str
    expires: str
    withdraw: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody who may sign in, and who was invited."""

    title: str
    crumbs: tuple[Crumb, ...]
    members: tuple[Member, ...]
    invitations: tuple[Invited, ...]
    form: BaseForm
    link: str = ""
    sent: str = ""


@dataclass(frozen=True, slots=True)
class AccountPage:
    """What one may do with one's own account."""

    title: str
    crumbs: tuple[Crumb, ...]
    name: str
    email: str
    role: str
    department: str
    sees: bool
    has_tokens: bool
    has_password: bool
    provider: str
    language: str


def people_page(form: BaseForm, link: str = "", sent: str = "") -> PeoplePage:
    """Return the list of people; ``link`` is that of an invitation just made, shown this once.

    ``sent`` says what became of the mail with it.
    """
    return PeoplePage(
        title=_("People"),
        crumbs=(Crumb(_("Settings"), reverse("settings")), Crumb(_("People"))),
        members=tuple(_member(one) for one in Membership.here.select_related("user").order_by("user__email")),
        invitations=tuple(
            Invited(
                one.email,
                str(ROLES[one.role]),
                format_moment(one.expires_at, "UTC"),
                reverse("withdraw", args=[one.pk]),
            )
            for one in Invitation.here.filter(is_setup=False).order_by("email")
        ),
        form=form,
        link=link,
        sent=sent,
    )


def _member(one: Membership) -> Member:
    return Member(
        one.user.name,
        one.user.email,
        reverse("member", args=[one.pk]),
        str(ROLES[one.role]),
        str(DEPARTMENTS.get(one.department, "")),
        one.see_pii,
        one.is_active and one.user.is_active,
    )


def account_page(user: User, membership: Membership | None) -> AccountPage:
    """Return the page of one's own account."""
    provider: Provider | None = settings.TRODDEN_SSO
    return AccountPage(
        title=_("My account"),
        crumbs=(Crumb(_("Settings"), reverse("settings")), Crumb(_("My account"))),
        name=user.name,
        email=user.email,
        role=str(ROLES[membership.role]) if membership else _("none in this workspace"),
        department=str(DEPARTMENTS.get(membership.department, "")) if membership else "",
        sees=membership is not None and "see_pii" in membership.rights,
        has_tokens=membership is not None,
        has_password=user.has_usable_password() and not (provider and provider.only),
        provider=provider.name if provider else "",
        language=user.language,
    )
