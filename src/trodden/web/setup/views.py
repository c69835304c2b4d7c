"""Settings: the workspace, what runs here, and the way to the other parts."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from trodden.model.errors import CallerError
from trodden.store.doctor import check_workspace
from trodden.web.actors import actor_of
from trodden.web.audit.check import check_records
from trodden.web.home import chosen, or_404, workspace_here
from trodden.web.pages import show
from trodden.web.setup.changing import settled
from trodden.web.setup.pages import about_page, settings_page_for, workspace_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show every part of settings."""
    return show(request, "setup/settings.html", settings_page_for(actor_of(request), workspace_here()))


@require_safe
def workspace(request: HttpRequest) -> HttpResponse:
    """Show zone, currency and language."""
    return show(request, "setup/workspace.html", workspace_page(or_404(workspace_here())))


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Change zone, currency or language unless somebody did; walks are written anew for the first two."""
    found = or_404(workspace_here())
    said = {name: request.POST.get(name, "").strip() for name in ("zone", "currency", "language")}
    was = request.POST.get("zone_was", ""), request.POST.get("currency_was", "")
    try:
        key = settled(request, found, said, was)
    except CallerError as error:
        page = dataclasses.replace(workspace_page(found, said), problem=error.message, hint=error.hint)
        return show(request, "setup/workspace.html", page, status=400)
    return redirect("work", key) if key else redirect("workspace")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show what runs here; asked to look, also what every check finds."""
    here, found = chosen(), workspace_here()
    if request.GET.get("looked") != "yes" or found is None:
        return show(request, "setup/about.html", about_page(found, here))
    findings = (*check_workspace(found), *check_records(here.home, settings.TRODDEN_WORKSPACE))
    return show(request, "setup/about.html", about_page(found, here, findings))
