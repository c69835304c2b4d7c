"""The page on which people give programs tokens, and take them away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trodden.web.api.models import LONGEST_NAME, Token
from trodden.web.api.tokens import DAYS
from trodden.web.pages import Crumb
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.web.people.models import Membership

SCOPES: Final = {
    Right.SEE: gettext_lazy("Read what names no customer"),
    Right.ASK: gettext_lazy("Ask questions"),
    Right.EDIT: gettext_lazy("Change maps and segments"),
    Right.MANAGE: gettext_lazy("Publish, and change sources and settings"),
    Right.SEE_PII: gettext_lazy("See who customers are"),
    Right.PROTECT: gettext_lazy("Export and erase a customer"),
    Right.ADMINISTER: gettext_lazy("Read people and the log"),
}
"""What a token may be given, in words."""


class TokenForm(forms.Form):
    """What a token is for, what it may, and how long; only what its person may is offered."""

    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        help_text=gettext_lazy("The program that will use it, such as: nightly report."),
        max_length=LONGEST_NAME,
    )
    scopes = forms.MultipleChoiceField(label=gettext_lazy("What it may"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long it works"),
        coerce=int,
        choices=[(days, gettext_lazy("{n} days").format(n=days)) for days in DAYS],
        initial=90,
    )

    def __init__(self, *args: Any, rights: Iterable[Right], **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **kwargs)
        held = frozenset(rights)
        self.fields["scopes"].choices = [(str(one), said) for one, said in SCOPES.items() if one in held]  # pyright: ignore[reportAttributeAccessIssue] - a field of choices


@dataclass(frozen=True, slots=True)
class Held:
    """A line of the list of tokens."""

    name: str
    scopes: str
    made: str
    expires: str
    used: str
    is_over: bool
    revoke: str


@dataclass(frozen=True, slots=True)
class TokensPage:
    """One's tokens; ``secret`` is that of one just made, shown this once."""

    title: str
    crumbs: tuple[Crumb, ...]
    tokens: tuple[Held, ...]
    form: forms.Form
    secret: str = ""


def tokens_page(member: Membership, form: forms.Form, secret: str = "") -> TokensPage:
    """Return the page of a member's tokens."""
    mine = Token.here.filter(membership=member).order_by("name", "made_at")
    return TokensPage(
        title=_("Tokens"),
        crumbs=(
            Crumb(_("Settings"), reverse("settings")),
            Crumb(_("My account"), reverse("account")),
            Crumb(_("Tokens")),
        ),
        tokens=tuple(_held(one) for one in mine),
        form=form,
        secret=secret,
    )


def _held(one: Token) -> Held:
    return Held(
        name=one.name,
        scopes=", ".join(str(said) for right, said in SCOPES.items() if right in one.rights),
        made=f"{one.made_at:%Y-%m-%d}",
        expires=f"{one.expires_at:%Y-%m-%d}",
        used=f"{one.last_used_at:%Y-%m-%d %H:%M} UTC" if one.last_used_at else _("never"),
        is_over=one.expires_at <= timezone.now(),
        revoke=reverse("account_token_revoke", args=[one.pk]),
    )
