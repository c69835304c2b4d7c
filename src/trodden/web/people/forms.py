"""The forms of people: joining, inviting, changing what somebody may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from trodden.web.people.models import User, clean_email
from trodden.web.people.rights import DEPARTMENTS, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.web.people.models import Invitation

LONGEST_PASSWORD: Final = 256
_NO_DEPARTMENT: Final = ("", _("none"))


class JoinForm(forms.Form):
    """Who somebody is, and the password they choose."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}), max_length=254
    )
    name = forms.CharField(
        label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("12 characters or more. A few words are easier to remember than signs."),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **kwargs)
        if invitation.email:
            self.fields["email"].disabled = True
            self.fields["email"].initial = invitation.email

    def clean_email(self) -> str:
        """Return the address in small letters, if nobody has it."""
        email = clean_email(self.cleaned_data["email"])
        if User.objects.filter(email=email).exists():
            raise ValidationError(_("There is an account of this address already."))
        return email

    def clean(self) -> dict[str, Any]:
        """Hold the password to the rules, also against what the person is called."""
        given = super().clean() or self.cleaned_data
        if "password" in given:
            user = User(email=given.get("email", ""), name=given.get("name", ""))
            try:
                validate_password(given["password"], user)
            except ValidationError as error:
                self.add_error("password", error)
        return given


class Limiting(forms.Form):
    """Which customers somebody sees: all of them, or those of a saved segment."""

    limit = forms.ChoiceField(label=_("Sees customers of"), required=False)

    def __init__(self, *args: Any, segments: Iterable[str] = (), **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **kwargs)
        now = self.initial.get("limit", "")
        known = sorted({*segments, *([now] if now else ())})
        field = cast("forms.ChoiceField", self.fields["limit"])
        field.choices = [("", _("the whole workspace")), *((name, f"@{name}") for name in known)]
        self.order_fields([name for name in self.fields if name != "limit"])


class MemberForm(Limiting):
    """What somebody may do here, and whether they may enter at all."""

    role = forms.ChoiceField(label=_("Role"), choices=list(ROLES.items()))
    department = forms.ChoiceField(
        label=_("Department"), choices=[_NO_DEPARTMENT, *DEPARTMENTS.items()], required=False
    )
    see_pii = forms.BooleanField(label=_("Sees who customers are"), required=False)
    is_active = forms.BooleanField(label=_("May enter this workspace"), required=False)


class InviteForm(Limiting):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLES.items()))
    department = forms.ChoiceField(
        label=_("Department"), choices=[_NO_DEPARTMENT, *DEPARTMENTS.items()], required=False
    )
    see_pii = forms.BooleanField(label=_("Sees who customers are"), required=False)
