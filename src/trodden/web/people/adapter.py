"""What the sign-in library asks us: whose addresses links begin with, how secrets are kept, what is drawn."""

# The library's classes are only partly annotated.
# pyright: reportMissingTypeStubs=false
# pyright: reportUnknownMemberType=false, reportUnknownParameterType=false, reportMissingTypeArgument=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.web.mails import one_line, post
from trodden.web.people import events
from trodden.web.people.sessions import is_fresh

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Links in mails begin with the address that was set; who does not get in is logged."""

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of a mail; its host is never what a request said."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.TRODDEN_PUBLIC_URL}{path.replace('UID-KEY', key)}"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:  # noqa: ANN401 - as given
        """Ask again who it is, except in the first minutes after signing in."""
        request = _request()
        if is_fresh(request):
            return False
        user = request.user
        has_own_way = isinstance(user, AbstractBaseUser) and get_reauthentication_flows(user)
        if not has_own_way and events.is_known_elsewhere(user.pk):
            raise ReauthenticationRequired
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """Return the ways to say again who it is; who comes by single sign-on says it there."""
        found = super().get_reauthentication_methods(user)
        if settings.TRODDEN_SSO and events.is_known_elsewhere(user.pk):
            name = settings.TRODDEN_SSO.name
            described = _("Sign in with {name} once more").format(name=name)
            found.append({"id": "sso", "description": described, "url": reverse("account_again_with")})
        return found

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        """Send no link to who has no password: it would be a second way into an account held elsewhere."""
        if user.has_usable_password():
            super().send_password_reset_mail(user, email, context)

    def format_email_subject(self, subject: str) -> str:
        """Return the subject, with the name of the product and not of a host."""
        return one_line(f"Trodden: {subject}")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail beside the request: who asked learns from no delay whether there is such an account."""
        post(self.render_mail(template_prefix, email, {"email": email, **context}))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell somebody by mail that their account was changed, where mails go anywhere."""
        super().send_notification_mail(template_prefix, user, context, email or str(user.get_username()))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401 - as given
        """Write into the log that somebody did not get in, and for which address they tried."""
        events.failed(request, str(credentials.get("email", "")))


class FactorAdapter(DefaultMFAAdapter):
    """Second factors; what they rest on is encrypted in the records."""

    def encrypt(self, text: str) -> str:
        """Encrypt with the key of the home folder."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Undo `encrypt`, also with a key that was in force before."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """Return what an authenticator app shows."""
        return "Trodden"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return for whom a passkey is made: the host people opened, which is one of ours."""
        return {"id": urlsplit(f"//{_request().get_host()}").hostname or "", "name": "Trodden"}


def _request() -> HttpRequest:
    if context.request is None:
        raise RuntimeError("The sign-in library was asked outside a request.")
    return context.request


def _cipher() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"trodden second factors").derive(
        key.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
