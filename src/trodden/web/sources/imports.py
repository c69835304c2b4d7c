"""One import: what it brought, the rows it refused, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.charts.formats import format_count, format_moment
from trodden.collect import jobs
from trodden.collect.jobs import Task
from trodden.model.errors import CallerError
from trodden.store.imports import imports_in, standing_of
from trodden.store.undo import plan_undo
from trodden.web.actors import actor_of
from trodden.web.audit.requests import record
from trodden.web.home import or_404, workspace_here
from trodden.web.pages import Crumb, show
from trodden.web.shield import sees_customers
from trodden.web.sources.pages import Fact, rejects_of, rows_of, told_of, took
from trodden.web.sources.refused import RefusedRow, as_file, refused_rows

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.store.folder import Workspace
    from trodden.store.imports import ImportRecord
    from trodden.store.undo import Undo


@dataclass(frozen=True, slots=True)
class ImportPage:
    """One import; ``undo`` takes it back, where that can be done, and ``goes`` says what goes then."""

    title: str
    crumbs: tuple[Crumb, ...]
    facts: tuple[Fact, ...]
    rejects: str = ""
    undo: str = ""
    goes: str = ""
    bereft: tuple[str, ...] = ()
    untold: str = ""


@require_safe
def one_import(request: HttpRequest, number: int) -> HttpResponse:
    """Show one import, and what would go with it."""
    workspace = or_404(workspace_here())
    found, every = import_here(workspace, number)
    page = ImportPage(
        title=_("Import {n}: {source}").format(n=found.id, source=found.source),
        crumbs=(Crumb(_("Sources"), reverse("data")), Crumb(_("Import {n}").format(n=found.id))),
        facts=_facts(found, every, workspace.mark.time_zone),
        rejects=rejects_of(workspace, found) if sees_customers.get() else "",
        **_plan(workspace, found),
    )
    return show(request, "sources/import.html", page)


def import_here(workspace: Workspace, number: int) -> tuple[ImportRecord, list[ImportRecord]]:
    """Return an import, and all there were.

    Raises
    ------
    Http404
        There is none of this number.
    """
    every = imports_in(workspace.imports_db)
    found = next((one for one in every if one.id == number), None)
    if found is None:
        raise Http404(_("There is no import of this number."))
    return found, every


def _facts(found: ImportRecord, every: list[ImportRecord], zone: str) -> tuple[Fact, ...]:
    return (
        Fact(_("State"), told_of(standing_of(found, every), found.bereft_by)),
        Fact(_("Begun"), format_moment(datetime.fromisoformat(found.begun_at), zone)),
        Fact(_("Took"), took(found) or _("not to its end")),
        Fact(_("Brought by"), found.brought_by or _("a command")),
        Fact(_("Rows"), format_count(rows_of(found))),
        Fact(_("New events"), format_count(found.stored)),
        Fact(_("Known before"), format_count(found.duplicates)),
        Fact(_("Rejected"), format_count(found.rejected)),
        Fact(_("Of erased people, or too old"), format_count(found.refused)),
    )


def _plan(workspace: Workspace, found: ImportRecord) -> dict[str, Any]:
    if found.undone_at:
        return {}
    try:
        plan = plan_undo(workspace, found.id)
    except CallerError as error:
        return {"untold": error.message}
    return {
        "undo": reverse("source-undo", args=[found.id]),
        "goes": _goes(plan),
        "bereft": tuple(
            _("Import {n} ({source}) found rows known that go too: bring that file again.").format(
                n=one.id, source=one.source
            )
            for one in plan.bereft
        ),
    }


def _goes(plan: Undo) -> str:
    said = _("{events} events of {customers} customers go, as if they had never come.").format(
        events=format_count(plan.events), customers=format_count(plan.customers)
    )
    if plan.left:
        said += " " + _("{n} events other imports of this source brought stay.").format(
            n=format_count(plan.left)
        )
    return said


@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Take an import back."""
    busy = jobs.is_busy(or_404(workspace_here()))
    return redirect("work", busy or undoing(request, number))


def undoing(request: HttpRequest, number: int) -> str:
    """Begin to take an import back; return the key of the work."""
    workspace = or_404(workspace_here())
    found, _every = import_here(workspace, number)
    task = Task(
        kind="undo",
        home=str(workspace.home),
        workspace=workspace.name,
        by=actor_of(request).name,
        name=found.source,
        import_id=found.id,
    )
    record(request, "import.undo", str(found.id))
    return jobs.start(workspace, task)


@require_safe
def import_rejects(request: HttpRequest, number: int) -> HttpResponse:
    """Give the rows an import refused."""
    return as_file(refused_by(request, number))


def refused_by(request: HttpRequest, number: int) -> list[RefusedRow]:
    """Return the rows an import refused; that is logged.

    Raises
    ------
    Http404
        There is no such import, or it refused none.
    """
    workspace = or_404(workspace_here())
    found, _every = import_here(workspace, number)
    path = workspace.rejects / found.rejects_file
    if not found.rejects_file or not path.is_file():
        raise Http404(_("This import refused no row, or another one of the same file took its place."))
    record(request, "export", request.path_info)
    return refused_rows(path)
