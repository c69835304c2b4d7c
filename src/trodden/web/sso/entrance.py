"""The door: what of it is open where people sign in by a provider alone, and to whom."""

# The sign-in library's views are not annotated.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.model.errors import OutsideError
from trodden.web.addresses import with_query
from trodden.web.guard import refused
from trodden.web.pages import show
from trodden.web.sso.pages import TOKEN, SignedOutPage, way_in
from trodden.web.sso.protocol import discover, leaving
from trodden.web.workspaces import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    View = Callable[..., HttpResponseBase]


class SignIn(LoginView):
    """The sign-in page: by password, by passkey, by the provider."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's
        """Add the way in by the provider, where there is one."""
        wanted = self.request.GET.get("next", "")
        way = way_in(with_query(reverse("sso_begin"), {"next": wanted}))
        return {**super().get_context_data(**kwargs), "way": way}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - the library's
        """Take a password, where there are any."""
        return closed(request) or super().post(request, *args, **kwargs)


sign_in = SignIn.as_view()


class SignOut(LogoutView):
    """Sign-out here; where a provider signed somebody in and offers it, then also there."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - the library's
        """Sign out, and lead on to the provider: only a link may leave our pages, no answer to a form."""
        leave = leaving_address(self.request)
        response = super().post(*args, **kwargs)
        if not leave:
            return response
        return show(self.request, "sso/signed_out.html", SignedOutPage(settings.TRODDEN_SSO.name, leave))


sign_out = SignOut.as_view()


def leaving_address(request: HttpRequest) -> str:
    """Return where who signs out here signs out at the provider; empty where they did not come by it."""
    token, provider = str(request.session.get(TOKEN, "")), settings.TRODDEN_SSO
    if not token or provider is None:
        return ""
    back = f"{settings.TRODDEN_PUBLIC_URL}{plain(reverse('account_login'))[1]}"
    try:
        return leaving(provider, discover(provider, settings.TRODDEN_OUTGOING), token, back)
    except OutsideError:
        return ""


def by_password(view: View) -> View:
    """Close a page of passwords and passkeys where people sign in by a provider alone."""

    @wraps(view)
    def held(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - passed on
        return closed(request) or view(request, *args, **kwargs)

    return held


def of_who_has_one(view: View) -> View:
    """Close a page to accounts that were never given a password: who they are is said elsewhere."""

    @wraps(view)
    def held(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - passed on
        user = request.user
        if isinstance(user, AbstractBaseUser) and not user.has_usable_password():
            return refused(request, _("This account has no password: it is entered by single sign-on."))
        return view(request, *args, **kwargs)

    return held


def closed(request: HttpRequest) -> HttpResponseBase | None:
    """Refuse what rests on a password where people sign in by a provider alone."""
    if settings.TRODDEN_SSO is None or not settings.TRODDEN_SSO.only:
        return None
    return refused(request, _("People sign in by {name} alone.").format(name=settings.TRODDEN_SSO.name))
