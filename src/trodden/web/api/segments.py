"""Saved segments by program: listed, kept, changed by who has seen them as they stand, put aside.

Whom they hold for, whom they share and how they grew is the analysis ``segments``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.store.segments import SavedSegment, delete_segment
from trodden.web.actors import actor_of
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.audit.requests import record
from trodden.web.home import or_refused, walks
from trodden.web.limits import hold_segment
from trodden.web.segments.keeping import keep
from trodden.web.segments.views import kept_segment, restored, saved_in


class SegmentTold(msgspec.Struct, frozen=True):
    """A saved segment: the expression `where`, what it is for, who made it."""

    name: str
    where: str
    description: str
    owner: str


class SegmentGone(SegmentTold, frozen=True):
    """A segment that was put aside, and the name it is kept under."""

    aside: str


class SegmentGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A segment to keep."""

    name: Annotated[str, Meta(max_length=60)]
    where: Annotated[str, Meta(max_length=10_000)]
    description: Annotated[str, Meta(max_length=500)] = ""


def segments(call: Call) -> Page[SegmentTold]:
    """List the saved segments that can be read, by name."""
    found = walks()
    return page_of([(one.name, _told(one)) for one in (saved_in(found) if found else ())], call.query)


def one_segment(call: Call) -> SegmentTold:
    """Return a saved segment."""
    _found, kept = kept_segment(walks(), call.path["name"])
    return _told(kept)


def add(call: Call) -> SegmentTold:
    """Keep a segment under a name that is free."""
    made = keep(or_refused(walks()), _made(call.body), None, actor_of(call.request))
    record(call.request, "segment.add", f"@{made.name}")
    return _told(made)


def change(call: Call) -> SegmentTold:
    """Keep the next state of a segment; under another name, whatever refers to it follows."""
    found, before = kept_segment(walks(), call.path["name"])
    made = msgspec.structs.replace(_made(call.body), owner=before.owner)
    kept = keep(found, made, before, actor_of(call.request))
    record(call.request, "segment.change", f"@{kept.name}")
    return _told(kept)


def delete(call: Call) -> SegmentGone:
    """Put a segment aside, and return it; by ``aside`` it is brought back."""
    found, before = kept_segment(walks(), call.path["name"])
    hold_segment(before.name, found.catalog.segments, actor_of(call.request), is_deleted=True)
    aside = delete_segment(found.workspace, before)
    record(call.request, "segment.delete", f"@{before.name}")
    return SegmentGone(before.name, before.where, before.description, before.owner, aside)


def restore(call: Call) -> SegmentTold:
    """Bring a segment back that was put aside, by the name it was kept under."""
    return _told(restored(call.request, call.path["aside"]))


def _made(given: SegmentGiven) -> SavedSegment:
    return SavedSegment(name=given.name, where=given.where, description=given.description)


def _told(one: SavedSegment) -> SegmentTold:
    return SegmentTold(one.name, one.where, one.description, one.owner)


RESOURCES = (
    Resource(
        "api-segments",
        "segments",
        {
            "GET": Operation(segments, Page[SegmentTold], query=Paging),
            "POST": Operation(add, SegmentTold, body=SegmentGiven, status=HTTPStatus.CREATED, is_change=True),
        },
    ),
    Resource(
        "api-segment-restore",
        "segments/gone/<str:aside>/restore",
        {"POST": Operation(restore, SegmentTold, is_change=True)},
    ),
    Resource(
        "api-segment",
        "segments/<str:name>",
        {
            "GET": Operation(one_segment, SegmentTold),
            "POST": Operation(change, SegmentTold, body=SegmentGiven, is_change=True, state_of=one_segment),
            "DELETE": Operation(delete, SegmentGone, is_change=True, state_of=one_segment),
        },
    ),
)
