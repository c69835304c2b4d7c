"""The pages of single sign-on."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.web.pages import Crumb
from trodden.web.sso.models import Identity

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.web.sso.provider import Provider

CONNECTING: Final = "connecting"
"""Where the session keeps what only our own page knows, so that no other leads somebody to connect."""
TOKEN: Final = "sso_token"  # noqa: S105 - the name of a key
"""Where the session keeps what tells the provider whose session is to end there."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way in by a provider: what it is called, and where it begins."""

    name: str
    address: str
    is_only: bool


@dataclass(frozen=True, slots=True)
class Connected:
    """One account elsewhere that opens this one."""

    issuer: str
    subject: str
    since: str
    disconnect: str


@dataclass(frozen=True, slots=True)
class ConnectedPage:
    """Which accounts elsewhere open this one."""

    title: str
    crumbs: tuple[Crumb, ...]
    provider: str
    identities: tuple[Connected, ...]
    connect: str


@dataclass(frozen=True, slots=True)
class SignedOutPage:
    """Who signed out here, and is still signed in at the provider."""

    provider: str
    leave: str


def way_in(address: str) -> Way | None:
    """Return the way in by the provider that begins at an address; None where there is no provider."""
    provider: Provider | None = settings.TRODDEN_SSO
    return Way(provider.name, address, provider.only) if provider else None


def connected_page(request: HttpRequest, provider: Provider) -> ConnectedPage:
    """Return the page of one's connected accounts; its link works once, in this session."""
    token = request.session[CONNECTING] = secrets.token_urlsafe(32)
    return ConnectedPage(
        title=_("Connected accounts"),
        crumbs=(
            Crumb(_("Settings"), reverse("settings")),
            Crumb(_("My account"), reverse("account")),
            Crumb(_("Connected accounts")),
        ),
        provider=provider.name,
        identities=tuple(
            _connected(one) for one in Identity.objects.filter(user_id=request.user.pk).order_by("made_at")
        ),
        connect=reverse("account_connect", args=[token]),
    )


def _connected(one: Identity) -> Connected:
    return Connected(
        one.issuer, one.subject, f"{one.made_at:%Y-%m-%d}", reverse("account_disconnect", args=[one.pk])
    )
