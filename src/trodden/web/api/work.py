"""Long work by program: what goes on and went on in a workspace for a day, and asking it to stop."""

from __future__ import annotations

import msgspec
from django.http import Http404

from trodden.collect.jobs import State, state_of, stop, task_of
from trodden.model.errors import UnknownNameError
from trodden.store.folder import Workspace
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.home import workspace_here


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
    found = (_found(workspace, key) for key in keys)
    return page_of([(one.key, one) for one in found if one], call.query)


def one_work(call: Call) -> WorkTold:
    """Say how far some work is."""
    found = _found(workspace_here(), str(call.path["key"]))
    if found is None:
        raise Http404("Nothing is known of this work.")
    return found


def stop_work(call: Call) -> WorkTold:
    """Ask some work to stop: what is stored by then stays."""
    found, workspace = one_work(call), workspace_here()
    if workspace is not None:
        stop(workspace, found.key)
    return one_work(call)


def _found(workspace: Workspace | None, key: str) -> WorkTold | None:
    if workspace is None:
        return None
    try:
        task = task_of(workspace, key)
        return WorkTold(key, task.kind, task.name, task.by, state_of(workspace, key))
    except UnknownNameError:
        return None


RESOURCES = (
    Resource("api-works", "work", {"GET": Operation(works, Page[WorkTold], query=Paging)}),
    Resource("api-work", "work/<uuid:key>", {"GET": Operation(one_work, WorkTold)}),
    Resource(
        "api-work-stop", "work/<uuid:key>/stop", {"POST": Operation(stop_work, WorkTold, is_change=True)}
    ),
)
