"""The workspaces of this server: those one may enter, a new one, and what one is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.model.errors import CallerError, NotAWorkspaceError
from trodden.store.folder import Workspace, check_name, check_title
from trodden.web.actors import actor_of
from trodden.web.audit.requests import record
from trodden.web.pages import Crumb, may_make_workspaces, show, workspaces_for
from trodden.web.people.models import Membership
from trodden.web.people.rights import ROLES, Right
from trodden.web.setup.changing import retitled
from trodden.web.setup.pages import settings_crumbs
from trodden.web.workspaces import front_of, is_workspace, title_of, within, workspace_name

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse

    from trodden.web.actors import Actor


@dataclass(frozen=True, slots=True)
class Line:
    """A workspace one may enter."""

    title: str
    name: str
    address: str
    role: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class WorkspacesPage:
    """The workspaces one may enter; ``called`` and ``wanted`` are what was typed and could not be."""

    title: str
    crumbs: tuple[Crumb, ...]
    lines: tuple[Line, ...]
    may_rename: bool
    may_make: bool
    called: str
    called_was: str
    wanted: str = ""
    problem: str = ""
    hint: str = ""


@require_safe
def workspaces(request: HttpRequest) -> HttpResponse:
    """List the workspaces one may enter."""
    return show(request, "setup/workspaces.html", _page(actor_of(request)))


@require_POST
def title(request: HttpRequest) -> HttpResponse:
    """Change what the workspace is called on pages; refuse a change of what has changed meanwhile."""
    called, was = " ".join(request.POST.get("title", "").split()), request.POST.get("title_was", "")
    if called == was:
        return redirect("workspaces")
    try:
        retitled(request, called, was)
    except CallerError as error:
        return _refused(request, error, called=called)
    return redirect("workspaces")


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make a workspace, whose first admin is who made it, and go there."""
    actor = actor_of(request)
    if not may_make_workspaces(actor):
        raise Http404(_("Workspaces are made from the first one of this server."))
    name, called = request.POST.get("name", "").strip(), " ".join(request.POST.get("title", "").split())
    try:
        _make(request, actor, name, called)
    except CallerError as error:
        return _refused(request, error, wanted=name)
    return redirect(front_of(name))


def _make(request: HttpRequest, actor: Actor, name: str, called: str) -> None:
    check_name(name)
    if is_workspace(name):
        raise CallerError(_("There is a workspace {name} already.").format(name=name))
    if is_remembered(name):
        raise CallerError(
            _("Records still tell of a workspace {name} that was here before.").format(name=name),
            hint=_("Choose another name: its members, links and boards would come back with it."),
        )
    check_title(called)
    with transaction.atomic():
        if actor.membership is not None:
            Membership.everywhere.create(user=actor.membership.user, workspace=name, role="admin")
        record(request, "workspace.make", name)
        Workspace.create(settings.TRODDEN_HOME, name, time_zone=_zone()).titled(called)
        with within(name):
            record(request, "workspace.make", name)


def is_remembered(name: str) -> bool:
    """Say whether any record, or the log, tells of a workspace of this name."""
    return any(_has_rows(model, name) for model in apps.get_models())


def _has_rows(model: type[Model], workspace: str) -> bool:
    names = {field.name for field in model._meta.concrete_fields}  # noqa: SLF001 - Django's public name for it
    return "workspace" in names and model._default_manager.filter(workspace=workspace).exists()  # noqa: SLF001 - as above


def _zone() -> str:
    """Return the zone of the workspace a new one is made from."""
    try:
        return Workspace.open(settings.TRODDEN_HOME, workspace_name()).mark.time_zone
    except NotAWorkspaceError:
        return "UTC"


def _refused(request: HttpRequest, error: CallerError, **typed: str) -> HttpResponse:
    page = _page(actor_of(request), problem=error.message, hint=error.hint, **typed)
    return show(request, "setup/workspaces.html", page, status=400)


def _page(actor: Actor, called: str | None = None, **typed: str) -> WorkspacesPage:
    here = workspace_name()
    now = title_of(here)
    was = "" if now == here else now
    return WorkspacesPage(
        title=_("Workspaces"),
        crumbs=settings_crumbs(Crumb(_("Workspaces"))),
        lines=tuple(
            Line(title_of(name), name, front_of(name), str(ROLES.get(role, "")), name == here)
            for name, role in workspaces_for(actor).items()
        ),
        may_rename=actor.may(Right.MANAGE),
        may_make=may_make_workspaces(actor),
        called=was if called is None else called,
        called_was=was,
        **typed,
    )
