"""Which provider there is, from the settings alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.model.errors import CallerError
from trodden.web.keys import given_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.settings import Settings

SECRET: Final = "TRODDEN_SSO_SECRET"  # noqa: S105 - the name of a variable
"""Holds the secret of the client, or, ending with ``_FILE``, names the file that does."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who says who somebody is, and how far that is believed.

    ``newcomers`` is the role of who comes without an invitation, from an address of ``domains``; empty where
    nobody may. ``factors`` are the words of ``amr`` or ``acr`` that count as a second factor.
    ``trusts_email``: an address counts as confirmed though the provider does not say so. ``only``: there are
    no passwords. ``roles`` are those of its groups, which the claim ``groups`` names; where there are none,
    groups say nothing. ``scopes`` are asked for besides those everybody needs.
    """

    issuer: str
    client_id: str
    secret: str
    name: str
    domains: frozenset[str]
    newcomers: str
    factors: frozenset[str]
    trusts_email: bool
    only: bool
    roles: Mapping[str, str]
    groups: str
    scopes: tuple[str, ...]


def provider_of(settings: Settings) -> Provider | None:
    """Return the provider that was set, if one was.

    Raises
    ------
    CallerError
        What was set does not make a provider.
    """
    if not settings.sso_issuer:
        if settings.sso_only:
            raise CallerError("sso_only is set, but no provider.", hint="sso_issuer says which.")
        return None
    if not settings.sso_issuer.startswith(("https://", "http://")):
        raise CallerError(
            f"sso_issuer is {settings.sso_issuer!r}, not an address.",
            hint="Write it as the provider does, as https://login.example.org/realms/firm.",
        )
    if not settings.sso_client_id:
        raise CallerError("sso_issuer is set, but not sso_client_id.", hint="The provider gives one.")
    if settings.sso_newcomers and not settings.sso_domains:
        raise CallerError(
            "sso_newcomers lets people in without an invitation, but sso_domains does not say from where.",
            hint='sso_domains = ["example.org"]',
        )
    return Provider(
        issuer=settings.sso_issuer,
        client_id=settings.sso_client_id,
        secret=given_secret(SECRET),
        name=settings.sso_name,
        domains=frozenset(one.casefold() for one in settings.sso_domains),
        newcomers=settings.sso_newcomers,
        factors=frozenset(settings.sso_factors),
        trusts_email=settings.sso_trusts_email,
        only=settings.sso_only,
        roles=settings.sso_roles,
        groups=settings.sso_groups_claim,
        scopes=settings.sso_scopes,
    )
