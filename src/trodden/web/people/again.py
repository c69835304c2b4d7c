"""Ask again who it is before something is given that should not leave with whoever sits down at a desk."""

# The sign-in library is only partly annotated.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownParameterType=false, reportUnknownArgumentType=false, reportMissingParameterType=false

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY, is_reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import BaseReauthenticateView, ReauthenticateView
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal.httpkit import deserialize_request
from allauth.mfa.base.views import ReauthenticateView as ByCode
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView as ByPasskey
from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import resolve

from trodden.web.actors import forget_actor
from trodden.web.audit.requests import Logged
from trodden.web.guard import held_back
from trodden.web.workspaces import within_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    View = Callable[..., HttpResponse]


def asked_again(view: View) -> View:
    """Ask who it is once more where the sign-in is older than five minutes, then give what was asked for."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if must_say_again(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return guarded


def asked_again_at(address: Callable[[HttpRequest], str]) -> Callable[[View], View]:
    """Ask as `asked_again` does, of a form that begins anew at an address: it is not to be kept."""

    def held(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            return redirect(address(request)) if must_say_again(request) else view(request, *args, **kwargs)

        return guarded

    return held


def must_say_again(request: HttpRequest) -> bool:
    """Say whether it is long ago that somebody said who they are, here or at a provider."""
    try:
        return settings.TRODDEN_SIGN_IN and is_reauthentication_required(request, app="trodden")
    except ReauthenticationRequired:
        # How our adapter says so of who has no way of their own here to say it.
        return True


def resumed(request: HttpRequest, wanted: str) -> HttpResponseBase:
    """Go on with what was asked for before it was asked who it is: also a form, if it still may be sent.

    The library would look for the form's address without regard to its workspace, and ask nobody whether it
    is allowed.
    """
    kept = (request.session.pop(STATE_SESSION_KEY, None) or {}).get("request")
    if not kept or json.loads(kept)["path"] != wanted:
        return HttpResponseRedirect(wanted)
    return _sent_again(deserialize_request(kept, request))


def _sent_again(asked: HttpRequest) -> HttpResponseBase:
    """Answer a request as if it came now: in its workspace, held to the table, logged."""
    before = asked.resolver_match
    with within_path(asked.path) as path:
        match = asked.resolver_match = resolve(path)
        forget_actor(asked)
        answered = Logged(lambda request: match.func(request, *match.args, **match.kwargs))
        try:
            return held_back(asked, match) or answered(asked)
        finally:
            asked.resolver_match = before


class _Resuming(BaseReauthenticateView):
    """Goes on by our own way once it is known who it is."""

    def form_valid(self, form: Any) -> HttpResponseBase:  # noqa: ANN401 # pyright: ignore[reportIncompatibleMethodOverride] - the library says less
        """Go on."""
        wanted: str | None = get_next_redirect_url(self.request)
        return resumed(self.request, wanted) if wanted else super().form_valid(form)


class _ByPassword(ReauthenticateView, _Resuming): ...


class _ByCode(ByCode, _Resuming): ...


class _ByPasskey(ByPasskey, _Resuming): ...


by_password, by_code, by_passkey = _ByPassword.as_view(), _ByCode.as_view(), _ByPasskey.as_view()
