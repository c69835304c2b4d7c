"""Marks by program: what happened when; a release marks itself."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec
from django.db import transaction
from django.shortcuts import get_object_or_404
from msgspec import Meta

from trodden.web.actors import actor_of
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.audit.requests import record
from trodden.web.home import zone_here
from trodden.web.marks.keeping import added, deleted, imported, marks, read, restored, rewritten
from trodden.web.marks.models import Mark

if TYPE_CHECKING:
    from trodden.web.marks.keeping import Given


class MarkTold(msgspec.Struct, frozen=True):
    """Something that happened; without ``ends_at`` at a moment, without touchpoints at all of them."""

    id: str
    name: str
    kind: str
    begins_at: datetime
    ends_at: datetime | None
    touchpoints: list[str]
    made_by: str


class MarkGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that happened: days as ``2026-03-01``, moments as ``2026-03-01T09:30``."""

    name: Annotated[str, Meta(max_length=100)]
    begins_at: Annotated[str, Meta(max_length=40)]
    ends_at: Annotated[str, Meta(max_length=40)] = ""
    kind: Annotated[str, Meta(max_length=20)] = "note"
    touchpoints: Annotated[str, Meta(max_length=2_000, description="Names, with commas between them.")] = ""


class ListGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Marks as CSV, under the heads ``name,kind,from,to,touchpoints``."""

    text: Annotated[str, Meta(max_length=1_000_000)]


class ListRead(msgspec.Struct, frozen=True):
    """How many marks were new."""

    added: int


def listed_marks(call: Call) -> Page[MarkTold]:
    """List the marks, the first one first."""
    return page_of([(f"{one.begins_at.isoformat()}\0{one.pk}", _mark(one)) for one in marks()], call.query)


def _mark(one: Mark) -> MarkTold:
    return MarkTold(str(one.pk), one.name, one.kind, one.begins_at, one.ends_at, list(one.at), one.made_by)


def one_mark(call: Call) -> MarkTold:
    """Return a mark."""
    return _mark(_kept(call))


def _kept(call: Call) -> Mark:
    return get_object_or_404(marks(), pk=call.path["key"])


def add_mark(call: Call) -> MarkTold:
    """Mark something that happened: a release when it goes out, an outage when it is over."""
    with transaction.atomic():
        made = added(_given(call), actor_of(call.request).name)
        record(call.request, "mark.add", str(made.pk))
    return _mark(made)


def _given(call: Call) -> Given:
    given: MarkGiven = call.body
    fields = {
        "name": given.name,
        "kind": given.kind,
        "from": given.begins_at,
        "to": given.ends_at,
        "touchpoints": given.touchpoints,
    }
    return read(fields, zone_here())


def change_mark(call: Call) -> MarkTold:
    """Write a mark anew."""
    found = _kept(call)
    with transaction.atomic():
        rewritten(str(found.pk), found.version, _given(call))
        record(call.request, "mark.edit", str(found.pk))
    return one_mark(call)


def delete_mark(call: Call) -> MarkTold:
    """Put a mark aside, and return it; it can be brought back."""
    found = _kept(call)
    with transaction.atomic():
        deleted(str(found.pk), found.version)
        record(call.request, "mark.delete", str(found.pk))
    return call.seen


def restore_mark(call: Call) -> MarkTold:
    """Bring a mark back."""
    with transaction.atomic():
        key = restored(str(call.path["key"]))
        record(call.request, "mark.restore", key)
    return _mark(marks().get(pk=UUID(key)))


def read_list(call: Call) -> ListRead:
    """Keep every mark of a list, or none of them; those there are left alone."""
    with transaction.atomic():
        count = imported(call.body.text, actor_of(call.request).name)
        record(call.request, "mark.import", "")
    return ListRead(count)


RESOURCES = (
    Resource(
        "api-marks",
        "marks",
        {
            "GET": Operation(listed_marks, Page[MarkTold], query=Paging),
            "POST": Operation(add_mark, MarkTold, body=MarkGiven, status=HTTPStatus.CREATED, is_change=True),
        },
    ),
    Resource(
        "api-marks-list",
        "marks/list",
        {"POST": Operation(read_list, ListRead, body=ListGiven, is_change=True)},
    ),
    Resource(
        "api-mark",
        "marks/<uuid:key>",
        {
            "GET": Operation(one_mark, MarkTold),
            "POST": Operation(change_mark, MarkTold, body=MarkGiven, is_change=True, state_of=one_mark),
            "DELETE": Operation(delete_mark, MarkTold, is_change=True, state_of=one_mark),
        },
    ),
    Resource(
        "api-mark-restore",
        "marks/<uuid:key>/restore",
        {"POST": Operation(restore_mark, MarkTold, is_change=True)},
    ),
)
