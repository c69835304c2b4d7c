"""What is settled about a workspace, changed as somebody saw it, by pages and by programs, and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from trodden.collect import jobs
from trodden.collect.jobs import Task
from trodden.model.errors import CallerError, LockedError
from trodden.store.folder import Workspace, check_title
from trodden.store.lock import PATIENCE_S
from trodden.store.retention import plan_removal
from trodden.web.actors import actor_of
from trodden.web.audit.requests import logged, record
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


def settled(request: HttpRequest, found: Workspace, said: Mapping[str, str], was: tuple[str, str]) -> str:
    """Change zone, currency and language; return the key of the work that writes walks anew, where it must.

    ``was`` are the zone and the currency the change was made from.

    Raises
    ------
    CallerError
        Somebody changed them meanwhile, or one of them is none.
    LockedError
        Something is being written just now.
    """
    changed = _written(request, found, said, was)
    now, before = changed.mark, found.mark
    if (now.time_zone, now.currency) == (before.time_zone, before.currency):
        return ""
    task = Task(
        kind="walks",
        home=str(changed.home),
        workspace=changed.name,
        by=actor_of(request).name,
        back="workspace",
    )
    return jobs.start(changed, task)


def _written(
    request: HttpRequest, found: Workspace, said: Mapping[str, str], was: tuple[str, str]
) -> Workspace:
    """Write it down while nobody else does; what was settled meanwhile is not written over."""
    refuse_busy(found)
    with found.lock(PATIENCE_S):
        now = Workspace.open(found.home, found.name)
        mark = now.mark
        if was != (mark.time_zone, mark.currency):
            raise CallerError(
                _("Somebody changed this meanwhile: it is {zone} {currency} by now.").format(
                    zone=mark.time_zone, currency=mark.currency
                ),
                hint=_("Look at it, then change it again."),
            )
        zone, currency, language = said["zone"], said["currency"].upper(), said["language"]
        with transaction.atomic():  # what cannot be logged is not done, and the other way round
            if (zone, currency, language) != (mark.time_zone, mark.currency, mark.language):
                record(request, "workspace.change", " ".join(filter(None, (zone, currency, language))))
            return now.changed(time_zone=zone, currency=currency, language=language)


def refuse_busy(found: Workspace) -> None:
    """Refuse to change what work under way is reading.

    Raises
    ------
    LockedError
        There is some.
    """
    if jobs.is_busy(found):
        raise LockedError(
            _("Something is being written just now."),
            hint=_("Wait until it is done: Sources says how far it is."),
        )


def retitled(request: HttpRequest, called: str, was: str) -> None:
    """Change what the workspace is called on pages, ``was`` until now.

    Raises
    ------
    CallerError
        Somebody changed it meanwhile, or it is too long.
    """
    check_title(called)
    name = workspace_name()
    with Workspace.create(settings.TRODDEN_HOME, name).lock(PATIENCE_S):
        now = Workspace.open(settings.TRODDEN_HOME, name)
        if now.mark.title != was:
            raise CallerError(
                _("Somebody changed this meanwhile: it is called {title} by now.").format(
                    title=now.mark.title or name
                ),
                hint=_("Look at it, then change it again."),
            )
        with logged(request, "workspace.title", called):
            now.titled(called)


def kept_for(request: HttpRequest, found: Workspace, months: int, seen: tuple[int, int]) -> bool:
    """Write down how many months events are kept; the worker removes what is older.

    ``seen``: for how many months they were kept, and how many events would go. Returns whether that still
    holds: else nothing was changed.
    """
    with found.lock(PATIENCE_S):
        now = Workspace.open(found.home, found.name)
        if (now.mark.keep_months, plan_removal(now, months).events) != seen:
            return False
        said = f"{months} months" if months else "for ever"
        with logged(request, "workspace.retention", f"{said}; {seen[1]} events go"):
            now.keeping(months)
    return True
