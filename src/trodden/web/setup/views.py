"""Settings: the workspace, what runs here, and the way to the other parts."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.collect import jobs
from trodden.collect.jobs import Task
from trodden.model.errors import CallerError, LockedError
from trodden.store.doctor import check_workspace
from trodden.store.folder import Workspace
from trodden.store.lock import PATIENCE_S
from trodden.web.actors import actor_of
from trodden.web.audit.check import check_records
from trodden.web.audit.requests import record
from trodden.web.home import chosen, or_404, workspace_here
from trodden.web.pages import show
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
    try:
        changed = _changed(request, found, said)
    except CallerError as error:
        page = dataclasses.replace(workspace_page(found, said), problem=error.message, hint=error.hint)
        return show(request, "setup/workspace.html", page, status=400)
    if changed.mark == found.mark:
        return redirect("workspace")
    mark = changed.mark
    if (mark.time_zone, mark.currency) == (found.mark.time_zone, found.mark.currency):
        return redirect("workspace")
    task = Task(
        kind="walks",
        home=str(changed.home),
        workspace=changed.name,
        by=actor_of(request).name,
        back="workspace",
    )
    return redirect("work", jobs.start(changed, task))


def _changed(request: HttpRequest, found: Workspace, said: dict[str, str]) -> Workspace:
    """Write it down while nobody else does; what was settled meanwhile is not written over."""
    if jobs.is_busy(found):
        raise LockedError(
            _("Something is being written just now."),
            hint=_("Wait until it is done: Sources says how far it is."),
        )
    with found.lock(PATIENCE_S):
        now = Workspace.open(found.home, found.name)
        _refuse_unseen(request, now)
        zone, currency, language = said["zone"], said["currency"].upper(), said["language"]
        mark = now.mark
        with transaction.atomic():  # what cannot be logged is not done, and the other way round
            if (zone, currency, language) != (mark.time_zone, mark.currency, mark.language):
                record(request, "workspace.change", " ".join(filter(None, (zone, currency, language))))
            return now.changed(time_zone=zone, currency=currency, language=language)


def _refuse_unseen(request: HttpRequest, now: Workspace) -> None:
    mark = now.mark
    was = request.POST.get("zone_was", ""), request.POST.get("currency_was", "")
    if was != (mark.time_zone, mark.currency):
        raise CallerError(
            _("Somebody changed this meanwhile: it is {zone} {currency} by now.").format(
                zone=mark.time_zone, currency=mark.currency
            ),
            hint=_("Look at it, then change it again."),
        )


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show what runs here; asked to look, also what every check finds."""
    here, found = chosen(), workspace_here()
    if request.GET.get("looked") != "yes" or found is None:
        return show(request, "setup/about.html", about_page(found, here))
    findings = (*check_workspace(found), *check_records(here.home, settings.TRODDEN_WORKSPACE))
    return show(request, "setup/about.html", about_page(found, here, findings))
