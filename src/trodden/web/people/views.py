"""Joining by a one-time link, one's own account, and the people of a workspace."""

# The sign-in library is only partly annotated.
# pyright: reportMissingTypeStubs=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.core.internal.ratelimit import consume_or_429
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trodden.model.errors import CallerError
from trodden.web.actors import actor_of
from trodden.web.addresses import with_query
from trodden.web.audit.requests import record
from trodden.web.home import walks
from trodden.web.pages import Crumb, show
from trodden.web.people.forms import InviteForm, JoinForm, MemberForm
from trodden.web.people.letters import bring
from trodden.web.people.links import user_of
from trodden.web.people.managing import changing, inviting, withdrawn
from trodden.web.people.models import Invitation, Membership, User
from trodden.web.people.pages import FormPage, account_page, people_page
from trodden.web.people.staff import accepted, joined
from trodden.web.sso.entrance import closed
from trodden.web.sso.pages import way_in
from trodden.web.workspaces import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Make an account by a one-time link."""
    limited = consume_or_429(request, app="allauth.account", action="join")
    if limited:
        return limited
    invitation = Invitation.valid(secret)
    if invitation is None:
        raise Http404(_("This link was used already, or it has expired. Ask for a new one."))
    if invitation.email and User.objects.filter(email=invitation.email).exists():
        return _one_more(request, invitation)
    form = JoinForm(request.POST or None, invitation=invitation)
    way = way_in(reverse("sso_join", args=[secret]))
    shut = closed(request) if request.method == "POST" else None
    if shut:
        return shut
    if form.is_valid():
        return _joined(request, invitation, form)
    title = _("Set Trodden up") if invitation.is_setup else _("Join Trodden")
    lead = _("You become the first admin. This link works once.") if invitation.is_setup else ""
    return show(
        request, "people/entrance.html", FormPage(title, form, _("Make my account"), lead=lead, way=way)
    )


def _joined(request: HttpRequest, invitation: Invitation, form: JoinForm) -> HttpResponse:
    given = form.cleaned_data
    with transaction.atomic():
        user = joined(invitation, given["email"], given["name"], given["password"])
        record(request, "account.make", f"as {invitation.role}", user.email)
    return redirect("account_login")


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, key: UUID, token: str) -> HttpResponse:
    """Sign an account in by a one-time link that an operator made."""
    limited = consume_or_429(request, app="allauth.account", action="join")
    if limited:
        return limited
    user = user_of(key, token)
    if user is None:
        raise Http404(_("This link was used already, or it has expired. Ask for a new one."))
    if request.method == "POST":
        return perform_login(request, Login(user=user))
    lead = _("You come in as {who}. This link works once.").format(who=user.email)
    return show(request, "people/entrance.html", FormPage(_("Sign in"), Form(), _("Sign in"), lead=lead))


def _one_more(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Let who has an account into one more workspace: they sign in, and say that they want to."""
    if not isinstance(request.user, User):
        return redirect(with_query(reverse("account_login"), {"next": request.get_full_path()}))
    if request.method == "POST":
        with transaction.atomic():
            accepted(invitation, request.user)
            record(request, "people.join", f"as {invitation.role}", request.user.email)
        return redirect("front")
    title = _("Join {workspace}").format(workspace=title_of(invitation.workspace))
    lead = _("You are signed in as {who}.").format(who=request.user.email)
    return show(request, "people/entrance.html", FormPage(title, Form(), _("Join"), lead=lead))


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account."""
    user = User.objects.get(pk=request.user.pk)
    return show(request, "people/account.html", account_page(user, actor_of(request).membership))


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List everybody who may sign in."""
    return show(request, "people/list.html", people_page(InviteForm(segments=_segments())))


@require_POST
@reauthentication_required
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody; the link is shown this once."""
    form = InviteForm(request.POST, segments=_segments())
    link = ""
    if form.is_valid():
        link = _invited(request, form)
    sent = bring(form.cleaned_data["email"], link, actor_of(request).name) if link else ""
    page = people_page(InviteForm(segments=_segments()) if link else form, link, sent)
    return show(request, "people/list.html", page, status=200 if link else 400)


def _segments() -> Iterable[str]:
    found = walks()
    return found.catalog.segments if found else ()


def _invited(request: HttpRequest, form: InviteForm) -> str:
    try:
        return inviting(request, form.cleaned_data)
    except CallerError as error:
        form.add_error("email", error.message)
        return ""


@require_POST
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Withdraw an invitation: its link leads nowhere from now on."""
    withdrawn(request, key)
    return redirect("people")


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def member(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show and change what somebody may do here."""
    found = get_object_or_404(Membership.here.select_related("user"), pk=key)
    given = {name: getattr(found, name) for name in MemberForm.base_fields}
    form = MemberForm(request.POST or None, initial=given, segments=_segments())
    if form.is_valid() and _changed(request, found, form):
        return redirect("people")
    crumbs = (
        Crumb(_("Settings"), reverse("settings")),
        Crumb(_("People"), reverse("people")),
        Crumb(found.user.email),
    )
    lead = _("A change ends every session of this account.")
    page = FormPage(str(found.user), form, _("Save"), crumbs=crumbs, lead=lead)
    return show(request, "people/form.html", page)


def _changed(request: HttpRequest, found: Membership, form: MemberForm) -> bool:
    try:
        said = changing(request, found, form.cleaned_data)
    except CallerError as error:
        form.add_error(None, error.message)
        return False
    if said:
        get_adapter().add_message(request, 20, message=_("Saved: {what}").format(what="; ".join(said)))
    return True
