"""Files brought by program: sent, looked into, counted whole. How one is read is kept under a name."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from django.urls import reverse
from msgspec import Meta

from trodden.collect.importers import FilePlan, ImportOptions, Mapping, plan_import, read_mapping
from trodden.collect.uploads import Upload, content_of
from trodden.model.errors import CallerError, DataError, MappingError, QuestionError
from trodden.store.folder import Workspace
from trodden.web.actors import actor_of
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.api.work import WorkTold, told_of
from trodden.web.sources.models import SavedMapping
from trodden.web.sources.wizard import brought, counting, mapping_kept, told, upload_here
from trodden.web.uploading import BY_PROGRAM, is_passed, largest_upload, pass_for


class WayIn(msgspec.Struct, frozen=True):
    """Where one may send a file, as the field ``file`` of a form, for half a day; how many bytes at most."""

    address: str
    most: int


class ReadAs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a file is to be read; what is not said is guessed."""

    mapping: Mapping = Mapping()


class Counting(ReadAs, frozen=True, forbid_unknown_fields=True):
    """How a file is to be counted; ``again``: although its very contents came in before."""

    source: str = ""
    again: bool = False


class MappingTold(msgspec.Struct, frozen=True):
    """How files are read, kept under a name."""

    name: str
    by: str
    mapping: Mapping


class MappingGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How files are read, to be kept; a name there is takes the new one."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    mapping: Mapping


def way_in(call: Call) -> WayIn:
    """Say where to send a file."""
    address = reverse(BY_PROGRAM, args=[pass_for(actor_of(call.request).name)])
    return WayIn(address, largest_upload())


def bring(call: Call) -> Upload:
    """Take a file in; it goes in a day if nobody imports it."""
    if not is_passed(call.path["token"], actor_of(call.request).name):
        raise CallerError(
            "This address is too old, or was given to somebody else.", hint="GET api/files anew."
        )
    return brought(call.request)


def look_into(call: Call) -> FilePlan:
    """Say how a file would be read, with its first rows as events."""
    return _planned(*_brought(call), Mapping())


def read_as(call: Call) -> FilePlan:
    """Say how a file would be read where some of that is said."""
    return _planned(*_brought(call), call.body.mapping)


def count(call: Call) -> WorkTold:
    """Begin to count all of a file, as it would come in; nothing is stored."""
    workspace, upload = _brought(call)
    given: Counting = call.body
    plan = _planned(workspace, upload, given.mapping)
    if plan.problem:
        raise QuestionError(plan.problem, hint=plan.hint)
    key = counting(call.request, workspace, upload, plan.mapping, given.source, is_again=given.again)
    return told_of(call.request, workspace, key)


def _brought(call: Call) -> tuple[Workspace, Upload]:
    return upload_here(call.request, call.path["key"])


def _planned(workspace: Workspace, upload: Upload, mapping: Mapping) -> FilePlan:
    path = content_of(workspace, upload)
    zoned = msgspec.structs.replace(mapping, timezone=mapping.timezone or workspace.mark.time_zone)
    try:
        (plan,) = plan_import([path], ImportOptions(mapping=zoned)).files
    except (MappingError, DataError) as error:
        message, hint = told(error.message, path, upload), told(error.hint, path, upload)
        raise type(error)(message, hint=hint) from error
    notes = tuple(told(note, path, upload) for note in plan.notes)
    problem, hint = told(plan.problem, path, upload), told(plan.hint, path, upload)
    return msgspec.structs.replace(
        plan, path=upload.name, source=upload.name, notes=notes, problem=problem, hint=hint
    )


def mappings(call: Call) -> Page[MappingTold]:
    """List how files are read, by name."""
    return page_of([(one.name, _told(one)) for one in SavedMapping.here.all()], call.query)


def keep_mapping(call: Call) -> MappingTold:
    """Keep how files are read under a name."""
    return _told(mapping_kept(call.request, call.body.name, call.body.mapping))


def _told(one: SavedMapping) -> MappingTold:
    return MappingTold(one.name, one.by, read_mapping(one.text.encode(), one.name))


RESOURCES = (
    Resource("api-files", "files", {"GET": Operation(way_in, WayIn)}),
    Resource(
        BY_PROGRAM,
        "files/bring/<str:token>",
        {"POST": Operation(bring, Upload, status=HTTPStatus.CREATED, takes_file=True)},
    ),
    Resource("api-file", "files/<uuid:key>", {"GET": Operation(look_into, FilePlan)}),
    Resource("api-file-plan", "files/<uuid:key>/plan", {"POST": Operation(read_as, FilePlan, body=ReadAs)}),
    Resource(
        "api-file-count",
        "files/<uuid:key>/count",
        {"POST": Operation(count, WorkTold, body=Counting, status=HTTPStatus.ACCEPTED, is_change=True)},
    ),
    Resource(
        "api-mappings",
        "mappings",
        {
            "GET": Operation(mappings, Page[MappingTold], query=Paging),
            "POST": Operation(keep_mapping, MappingTold, body=MappingGiven, is_change=True),
        },
    ),
)
