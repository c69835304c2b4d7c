"""Long work by program: what goes on and went on in a workspace for a day, and asking it to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.http import Http404

from trodden.collect.jobs import State, Task, state_of, task_of
from trodden.model.errors import UnknownNameError
from trodden.store.folder import Workspace
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.home import workspace_here
from trodden.web.sources.wizard import may_look_into
from trodden.web.sources.work import stopped

if TYPE_CHECKING:
    from django.http import HttpRequest


class WorkTold(msgspec.Struct, frozen=True):
    """Some long work: what, of which file, for whom, and how far it is."""

    key: str
    kind: str
    name: str
    by: str
    state: State


def works(call: Call) -> Page[WorkTold]:
    """List the work of the last day: counts, imports, undos, walks written anew."""
    workspace = workspace_here()
    keys = sorted(folder.name for folder in workspace.jobs.glob("*-*-*")) if workspace else ()
    found = (_found(call.request, workspace, key) for key in keys)
    return page_of([(one.key, one) for one in found if one], call.query)


def one_work(call: Call) -> WorkTold:
    """Say how far some work is."""
    found = _found(call.request, workspace_here(), str(call.path["key"]))
    if found is None:
        raise Http404("Nothing is known of this work.")
    return found


def stop_work(call: Call) -> WorkTold:
    """Ask some work to stop: what is stored by then stays."""
    found = one_work(call)
    stopped(call.request, found.key)
    return one_work(call)


def told_of(request: HttpRequest, workspace: Workspace, key: str) -> WorkTold:
    """Say how far work is that is there."""
    task, state = task_of(workspace, key), state_of(workspace, key)
    return WorkTold(key, task.kind, task.name, task.by, _shown(request, task, state))


def _shown(request: HttpRequest, task: Task, state: State) -> State:
    """Return a state that names a file as it was called; rows of it to who may look into it alone."""
    report = state.report
    if report is None:
        return state
    is_shown = may_look_into(request, task.by)
    report = msgspec.structs.replace(
        report,
        path=task.name,
        rejects_file="",
        examples=report.examples if is_shown else (),
        unknown=report.unknown if is_shown else {},
        notes=tuple(note.replace(report.path, task.name) for note in report.notes),
        damage=report.damage.replace(report.path, task.name),
    )
    return msgspec.structs.replace(state, report=report)


def _found(request: HttpRequest, workspace: Workspace | None, key: str) -> WorkTold | None:
    try:
        return told_of(request, workspace, key) if workspace else None
    except UnknownNameError:
        return None


RESOURCES = (
    Resource("api-works", "work", {"GET": Operation(works, Page[WorkTold], query=Paging)}),
    Resource("api-work", "work/<uuid:key>", {"GET": Operation(one_work, WorkTold)}),
    Resource(
        "api-work-stop", "work/<uuid:key>/stop", {"POST": Operation(stop_work, WorkTold, is_change=True)}
    ),
)
