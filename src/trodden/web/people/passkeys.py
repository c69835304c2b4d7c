"""Forms of passkeys: one signs in by itself only where the account is not entered by single sign-on alone."""

# The sign-in library is only partly annotated.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportMissingTypeArgument=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from trodden.web.people.events import is_known_elsewhere

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator

    from trodden.web.people.models import User


class AddForm(AddWebAuthnForm):
    """A new passkey: a second factor, and a way in of its own where that is no way around a provider."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **kwargs)
        if _is_entered_elsewhere(self.user):
            del self.fields["passwordless"]


class LoginForm(LoginWebAuthnForm):
    """Signing in by a passkey alone."""

    def clean_credential(self) -> Authenticator:
        """Return the passkey, unless who has it is let in by the provider."""
        found = super().clean_credential()
        if _is_entered_elsewhere(found.user):
            raise ValidationError(_("This account has no password: it is entered by single sign-on."))
        return found


def _is_entered_elsewhere(user: User) -> bool:
    return not user.has_usable_password() and is_known_elsewhere(user.pk)
