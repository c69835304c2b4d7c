"""To the provider and back: to sign in, to connect an account, to say again who it is."""

# The sign-in library is only partly annotated.
# pyright: reportMissingTypeStubs=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal.ratelimit import consume_or_429
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.model.errors import CallerError, TroddenError
from trodden.web.audit.requests import record
from trodden.web.errors import ErrorPage, answer, status_of
from trodden.web.pages import show
from trodden.web.people.again import resumed
from trodden.web.people.events import happened
from trodden.web.people.models import Invitation, User
from trodden.web.people.sessions import confirm, trust_factor
from trodden.web.people.staff import shut_out
from trodden.web.sso.flow import Flow, Purpose, has_begun, keep, take
from trodden.web.sso.models import Identity
from trodden.web.sso.pages import CONNECTING, TOKEN, connected_page
from trodden.web.sso.people import connect, has_factor, known, newcomer, role_of, settled
from trodden.web.sso.protocol import LEEWAY_S, Secrets, address_of, discover, person_of
from trodden.web.workspaces import plain, within, within_path

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from trodden.web.sso.protocol import Claims
    from trodden.web.sso.provider import Provider

SKIPS_FACTOR = {"stages": {"mfa_authenticate": {"handled": True}}}
"""What tells the sign-in library that a second factor was seen already."""


@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider, to come back signed in."""
    return _limited(request) or _sent(request, "enter")


@require_safe
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Send somebody who was invited to the provider, to come back with an account."""
    limited = _limited(request)
    if limited:
        return limited
    invitation = Invitation.valid(secret)
    if invitation is None:
        raise Http404(_("This link was used already, or it has expired. Ask for a new one."))
    return _sent(request, "enter", invitation=str(invitation.pk))


@require_safe
def again(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider to say again who they are."""
    return _sent(request, "again", user=str(request.user.pk))


@require_safe
@reauthentication_required
def start_connecting(request: HttpRequest, token: str) -> HttpResponse:
    """Send somebody to the provider, to connect their account to that one; from our own page alone."""
    if not constant_time_compare(token, str(request.session.pop(CONNECTING, ""))):
        return redirect("account_connected")
    return _sent(request, "connect", user=str(request.user.pk))


@require_safe
def back(request: HttpRequest) -> HttpResponseBase:
    """Take somebody who comes back from the provider."""
    limited = _limited(request)
    if limited:
        return limited
    provider, is_known = _provider(), has_begun(request)
    try:
        flow = take(request, request.GET.get("state", ""))
        person = person_of(provider, settings.TRODDEN_OUTGOING, flow.held, _redirect(), request.GET.dict())
        response = _DONE[flow.purpose](request, provider, person.claims, flow)
    except TroddenError as error:
        if is_known:
            record(request, "sso.refused", error.code)
        title = _("Signing in did not work")
        return answer(request, status_of(error), ErrorPage(title, error.code, error.message, error.hint))
    if flow.purpose == "enter":
        request.session[TOKEN] = person.token
    return response


@require_safe
def connected(request: HttpRequest) -> HttpResponse:
    """Show which accounts elsewhere open this one."""
    return show(request, "sso/connected.html", connected_page(request, _provider()))


@require_POST
@reauthentication_required
def disconnect(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let an account elsewhere no longer open this one, unless nothing else does."""
    found = get_object_or_404(Identity, pk=key, user_id=request.user.pk)
    user, provider = User.objects.get(pk=request.user.pk), _provider()
    others = Identity.objects.filter(user=user, issuer=provider.issuer).exclude(pk=key)
    if not others and (provider.only or not user.has_usable_password()):
        raise CallerError(_("Without this you could not sign in any more."), hint=_("Ask an admin."))
    with transaction.atomic():
        found.delete()
        happened(request, "sso.disconnect", user, found.issuer)
    return redirect("account_connected")


def _provider() -> Provider:
    provider: Provider | None = settings.TRODDEN_SSO
    if provider is None:
        raise Http404(_("There is no single sign-on here."))
    return provider


def _limited(request: HttpRequest) -> HttpResponse | None:
    limited: HttpResponse | None = consume_or_429(
        request, app="allauth.account", action="sso", limit_get=True
    )
    return limited


def _redirect() -> str:
    """Return where people come back to: one address, whatever host and workspace a request named."""
    return f"{settings.TRODDEN_PUBLIC_URL}{plain(reverse('sso_back'))[1]}"


def _sent(request: HttpRequest, purpose: Purpose, *, invitation: str = "", user: str = "") -> HttpResponse:
    provider, held = _provider(), Secrets.make()
    document = discover(provider, settings.TRODDEN_OUTGOING)
    keep(request, Flow(purpose, held, time.time(), _next(request), invitation, user))
    return redirect(address_of(provider, document, held, _redirect(), anew=purpose == "again"))


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else reverse("front")


def _entered(request: HttpRequest, provider: Provider, claims: Claims, flow: Flow) -> HttpResponse:
    found = known(provider, claims)
    role = _role_held(request, provider, claims, found) if provider.roles else ""
    user = found or _made(request, provider, claims, flow)
    if role:
        _settle(request, provider, user, role)
    is_trusted = has_factor(provider, claims)
    record_authentication(request, user, method="sso")
    login = Login(user=user, redirect_url=flow.next, state=SKIPS_FACTOR if is_trusted else {})
    response = perform_login(request, login)
    if is_trusted and request.user == user:
        trust_factor(request)
    return response


def _role_held(request: HttpRequest, provider: Provider, claims: Claims, user: User | None) -> str:
    """Return the role that the groups of who came give; whom none lets in is shut out, here too."""
    role = role_of(provider, claims)
    if role:
        return role
    request.session.flush()
    if user is not None:
        shut_out(user)
    raise CallerError(
        _("None of your groups at {name} may come in here.").format(name=provider.name),
        hint=_("Ask an admin."),
    )


def _settle(request: HttpRequest, provider: Provider, user: User, role: str) -> None:
    """Give who came a role, and log what that changed; a change ends their sessions, maybe this one."""
    with transaction.atomic(), within(settings.TRODDEN_WORKSPACE):
        said = settled(user, role)
        for one in said:
            record(request, "people.change", f"{user.email} {one} by {provider.issuer}", user.email)
    if said:
        request.session.flush()


def _made(request: HttpRequest, provider: Provider, claims: Claims, flow: Flow) -> User:
    try:
        return _known_or_new(request, provider, claims, flow)
    except IntegrityError:  # they came in by two browsers at once
        return _known_or_new(request, provider, claims, flow)


def _known_or_new(request: HttpRequest, provider: Provider, claims: Claims, flow: Flow) -> User:
    """Return the account of who came, looked for once more now that nobody else writes."""
    with transaction.atomic():
        found = known(provider, claims)
        if found is None:
            found = newcomer(provider, claims, flow.invitation)
            happened(request, "account.make", found, f"by {provider.issuer}")
    return found


def _connected(request: HttpRequest, provider: Provider, claims: Claims, flow: Flow) -> HttpResponse:
    user = _same(request, flow)
    with transaction.atomic():
        connect(provider, claims, user)
        happened(request, "sso.connect", user, provider.issuer)
    with within_path(flow.next):
        return redirect("account_connected")


def _confirmed(request: HttpRequest, provider: Provider, claims: Claims, flow: Flow) -> HttpResponseBase:
    """Note that somebody said again who they are: the same person, whom the provider asked just now."""
    user = _same(request, flow)
    if known(provider, claims) != user or claims.auth_time < flow.began - LEEWAY_S:
        raise CallerError(
            _("It was not you who signed in, or not just now."),
            hint=_("Sign out, sign in again, and repeat it within five minutes."),
        )
    confirm(request)
    return resumed(request, flow.next)


def _same(request: HttpRequest, flow: Flow) -> User:
    user = request.user
    if not isinstance(user, User) or str(user.pk) != flow.user:
        raise CallerError(_("Somebody else signed in meanwhile."), hint=_("Begin again."))
    return user


_DONE = {"enter": _entered, "connect": _connected, "again": _confirmed}
