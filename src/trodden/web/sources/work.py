"""Long work as a page: how far it has come, a way to stop it, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.charts.formats import format_count
from trodden.collect import jobs
from trodden.collect.importers.rejects import EXPLANATIONS
from trodden.collect.jobs_child import REJECTS
from trodden.collect.uploads import find_upload
from trodden.model.durations import format_duration
from trodden.model.errors import CallerError, UnknownNameError
from trodden.model.words import say
from trodden.web.actors import actor_of
from trodden.web.audit.requests import record
from trodden.web.home import or_404, walks, workspace_here
from trodden.web.pages import Crumb, show
from trodden.web.sources.columns import NAMES
from trodden.web.sources.refused import RefusedRow, as_file, refused_rows
from trodden.web.sources.wizard import hold_to_bringer

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.collect.importers.report import FileReport
    from trodden.collect.jobs import State, Task
    from trodden.store.folder import Workspace

_AGAIN: Final = "known-file"


@dataclass(frozen=True, slots=True)
class Told:
    """A line of what a file holds: a count, what it counts, and what that means."""

    label: str
    value: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Rows that are not kept, and why."""

    code: str
    words: str
    rows: int


@dataclass(frozen=True, slots=True)
class Example:
    """A row that is not kept."""

    row: int
    words: str
    text: str


@dataclass(frozen=True, slots=True)
class WorkPage:
    """Work under way, or what came of it.

    ``here`` asks how far it has come, ``stop`` stops it; ``bring`` imports what was counted, ``retry`` leads
    back to where it was begun, ``again`` counts a file all the same whose contents came in before,
    read as the work ``counted`` read it.
    """

    title: str
    crumbs: tuple[Crumb, ...]
    kind: str
    state: State
    step: int = 0
    here: str = ""
    stop: str = ""
    share: int | None = None
    rate: str = ""
    left: str = ""
    counts: tuple[Told, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()
    reasons: tuple[Reason, ...] = ()
    examples: tuple[Example, ...] = ()
    rejects: str = ""
    notes: tuple[str, ...] = ()
    damage: str = ""
    bring: str = ""
    source: str = ""
    may_draw: bool = False
    retry: str = ""
    again: str = ""
    counted: str = ""


@require_safe
def work(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how far work has come; lead on where it ended well."""
    workspace = or_404(workspace_here())
    task, state = jobs.task_of(workspace, str(key)), jobs.state_of(workspace, str(key))
    if task.kind in {"count", "import"}:
        hold_to_bringer(request, task.by)
    if request.headers.get("HX-Request") and state.is_over:
        # Loading the page anew leads on, or says what became of it, and leaves no step to come back to.
        return HttpResponse(headers={"HX-Refresh": "true"})
    onward = _onward(request, task, state)
    return (
        redirect(onward) if onward else show(request, "sources/work.html", _page(key, workspace, task, state))
    )


def _onward(request: HttpRequest, task: Task, state: State) -> str:
    """Return where work that ended well leads, saying what it did; empty where its own page says more."""
    if state.phase != "done" or task.kind == "count":
        return ""
    if task.kind == "import":
        return _landed(request, state) if state.report and state.report.stored else ""
    if task.kind == "undo":
        messages.success(request, _("{n} events were taken back.").format(n=format_count(state.events)))
        return reverse("data")
    messages.success(request, _("Every page follows what you changed."))
    return reverse(task.back)


def _landed(request: HttpRequest, state: State) -> str:
    """Return the map after an import: the one just drafted, the only one, or their list."""
    report = state.report
    if report is None:  # only asked of an import that ended well
        return reverse("data")
    said = _("{stored} events of {customers} customers came in.").format(
        stored=format_count(report.stored), customers=format_count(report.customers)
    )
    rejected = sum(report.rejected.values())
    if rejected:
        said += " " + _("{n} rows were not kept; Sources has them.").format(n=format_count(rejected))
    messages.success(request, said)
    found = walks()
    maps = tuple(found.maps) if found else ()
    key = state.map if state.map in maps else maps[0] if len(maps) == 1 else ""
    return reverse("journey", args=[key]) if key else reverse("journeys")


def _page(key: UUID, workspace: Workspace, task: Task, state: State) -> WorkPage:
    heading: dict[str, Any] = {
        "title": _title(task, state),
        "crumbs": (Crumb(_("Sources"), reverse("data")), Crumb(task.name or _title(task, state))),
        "kind": task.kind,
        "state": state,
        "step": {"count": 3, "import": 4}.get(task.kind, 0),
    }
    if not state.is_over:
        return WorkPage(**heading, **_progress(key, task, state))
    if state.report is not None:
        heading |= _counted(workspace, key, task, state.report)
    return WorkPage(**heading, **_ended(workspace, key, task, state))


def _title(task: Task, state: State) -> str:
    if task.kind == "count":
        return _("What would come in") if state.phase == "done" else _("Counting all of the file")
    return {
        "import": _("Importing"),
        "undo": _("Taking import {n} back").format(n=task.import_id),
        "walks": _("Writing all walks anew"),
    }[task.kind]


def _progress(key: UUID, task: Task, state: State) -> dict[str, Any]:
    left = state.seconds_left
    return {
        "here": reverse("work", args=[key]),
        "stop": reverse("source-stop", args=[key]) if task.kind in {"count", "import"} else "",
        "share": min(100, round(100 * state.read / state.size)) if state.size else None,
        "rate": format_count(state.rate),
        "left": "" if left is None or state.read >= state.size else format_duration(left),
    }


def _ended(workspace: Workspace, key: UUID, task: Task, state: State) -> dict[str, Any]:
    """Return what can be done now."""
    retry = _retry(workspace, task)
    parts: dict[str, Any] = {"retry": retry}
    is_kept = state.report is not None and state.report.kept > 0
    if task.kind == "count" and retry:
        parts["source"] = task.options.source
        parts["counted"] = str(key)
        parts["again"] = reverse("source-count", args=[task.upload]) if state.code == _AGAIN else ""
        parts["may_draw"] = is_kept and _has_no_map()
    return parts


def _retry(workspace: Workspace, task: Task) -> str:
    if task.kind in {"undo", "walks"}:
        return reverse(task.back)
    try:
        find_upload(workspace, task.upload)
    except UnknownNameError:
        return ""
    return reverse("columns", args=[task.upload])


def _has_no_map() -> bool:
    found = walks()
    return found is None or not found.maps


def _counted(workspace: Workspace, key: UUID, task: Task, report: FileReport) -> dict[str, Any]:
    """Return what a file holds."""
    folder = jobs.folder_of(workspace, str(key)) / REJECTS
    is_dry = task.kind == "count"
    return {
        "counts": _counts(report, is_dry=is_dry),
        "roles": tuple(_roles(report)),
        "reasons": tuple(
            Reason(code, _(EXPLANATIONS.get(code, code)), rows) for code, rows in report.rejected.items()
        ),
        "examples": tuple(
            Example(one.row, _(EXPLANATIONS.get(one.reason, one.reason)), one.text[:300])
            for one in report.examples
        ),
        "rejects": reverse("work-rejects", args=[key]) if is_dry and folder.exists() else "",
        "notes": tuple(say(note).replace(report.path, task.name) for note in report.notes),
        "damage": say(report.damage).replace(report.path, task.name),
        "bring": reverse("source-import", args=[key]) if is_dry and report.kept else "",
    }


def _roles(report: FileReport) -> list[tuple[str, str]]:
    named = (
        (NAMES.get(role.partition(".")[0], NAMES["identifier"]), name)
        for role, name in report.mapping.columns()
    )
    return [(str(role), name) for role, name in named]


def _counts(report: FileReport, *, is_dry: bool) -> tuple[Told, ...]:
    rejected = sum(report.rejected.values())
    kept = _("Rows that would be kept") if is_dry else _("Rows kept")
    told = [
        Told(_("Rows"), format_count(report.rows)),
        Told(kept, format_count(report.kept)),
        Told(
            _("Rejected"),
            format_count(rejected),
            _("They are kept aside with the reason.") if rejected else "",
        ),
        Told(_("Customers"), format_count(report.customers)),
        Told(
            _("Known already"),
            format_count(report.duplicates),
            _("They came in before and are not stored twice.") if report.duplicates else "",
        ),
        Told(
            _("Equal rows"),
            format_count(report.repeated_rows),
            _("Rows equal to an earlier one of the file; all are kept.") if report.repeated_rows else "",
        ),
        Told(
            _("At one time"),
            format_count(report.equal_times),
            _("Rows of one customer at the time of an earlier one; the order of the file holds.")
            if report.equal_times
            else "",
        ),
        Told(_("Times without a zone"), format_count(report.local_times), _zone(report)),
    ]
    return tuple(told)


def _zone(report: FileReport) -> str:
    if not report.local_times:
        return _("Every time says its own zone.")
    return _("Read in {zone}. Go back to say another.").format(zone=report.mapping.timezone)


@require_POST
def import_counted(request: HttpRequest, key: UUID) -> HttpResponse:
    """Import a file exactly as it was counted."""
    busy = jobs.is_busy(or_404(workspace_here()))
    begun = busy or importing(request, key, draws=request.POST.get("draw") == "yes")
    return redirect("work", begun)


def importing(request: HttpRequest, key: UUID, *, draws: bool) -> str:
    """Begin to import a file as it was counted, and to draft a map of it; return the key of the work.

    Raises
    ------
    CallerError
        It was not counted.
    """
    workspace = or_404(workspace_here())
    task, state = jobs.task_of(workspace, str(key)), jobs.state_of(workspace, str(key))
    hold_to_bringer(request, task.by)
    if task.kind != "count" or state.report is None:
        raise CallerError(_("This was not counted."), hint=_("Count the file first."))
    options = msgspec.structs.replace(task.options, mapping=state.report.mapping)
    begun = msgspec.structs.replace(
        task, kind="import", options=options, draws_map=draws, by=actor_of(request).name
    )
    record(request, "file.import", task.upload)
    return jobs.start(workspace, begun)


@require_POST
def stop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask work to stop."""
    stopped(request, key)
    return redirect("work", key)


def stopped(request: HttpRequest, key: UUID | str) -> None:
    """Ask work to stop: what is stored by then stays."""
    workspace = or_404(workspace_here())
    task = jobs.task_of(workspace, str(key))
    jobs.stop(workspace, str(key))
    record(request, "work.stop", f"{task.kind} {key}")


@require_safe
def work_rejects(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the rows a count rejected."""
    return as_file(rejected_by(request, key))


def rejected_by(request: HttpRequest, key: UUID) -> list[RefusedRow]:
    """Return the rows a count rejected; that is logged.

    Raises
    ------
    Http404
        There is none, or somebody else brought the file.
    """
    workspace = or_404(workspace_here())
    task = jobs.task_of(workspace, str(key))
    hold_to_bringer(request, task.by)
    found = next((jobs.folder_of(workspace, str(key)) / REJECTS).glob("*.jsonl"), None)
    if found is None:
        raise Http404(_("No row was rejected."))
    record(request, "export", request.path_info)
    return refused_rows(found)
