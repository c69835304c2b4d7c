"""Giving programs tokens, and taking them away."""

# The sign-in library is only partly annotated.
# pyright: reportMissingTypeStubs=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from trodden.model.errors import CallerError
from trodden.web.actors import actor_of
from trodden.web.api.models import Token
from trodden.web.api.pages import TokenForm, tokens_page
from trodden.web.api.tokens import made
from trodden.web.audit.requests import record
from trodden.web.pages import show

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from trodden.web.people.models import Membership


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens, and make one: its secret is shown this once."""
    member = _member(request)
    rights = actor_of(request).rights
    form = TokenForm(request.POST or None, rights=rights)
    secret = _made(request, member, form) if form.is_valid() else ""
    page = tokens_page(member, TokenForm(rights=rights) if secret else form, secret)
    return show(request, "api/tokens.html", page, status=400 if form.errors else 200)


def _made(request: HttpRequest, member: Membership, form: TokenForm) -> str:
    given = form.cleaned_data
    try:
        with transaction.atomic():
            token, secret = made(member, given["name"], given["scopes"], given["days"])
            record(request, "token.make", f"{token.name}: {token.scopes} until {token.expires_at:%Y-%m-%d}")
    except CallerError as error:
        form.add_error(None, f"{error.message} {error.hint}")
        return ""
    return secret


@require_POST
def revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    """End one of one's tokens."""
    with transaction.atomic():
        found = get_object_or_404(Token.here, pk=key, membership=_member(request))
        record(request, "token.revoke", found.name)
        found.delete()
    return redirect("account_tokens")


def _member(request: HttpRequest) -> Membership:
    member = actor_of(request).membership
    if member is None:
        raise Http404(_("Only members of this workspace have tokens."))
    return member
