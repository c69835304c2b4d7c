"""Journey maps by program: redesigned, ways accepted, mined, restored; who owns one."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.model.errors import QuestionError
from trodden.model.journey_map import Accepted, DeviationKind, JourneyMap
from trodden.web.actors import actor_of
from trodden.web.api.maps import one_map
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.audit.requests import record
from trodden.web.home import or_refused, walks
from trodden.web.journeys.deeds import candidates, deeds_of, own, owner_of, take_down
from trodden.web.journeys.history import step_back
from trodden.web.journeys.mining import draft
from trodden.web.journeys.versions import accepted, mapped, redesigned, restored

if TYPE_CHECKING:
    from collections.abc import Callable

    from trodden.web.journeys.models import Deed

Why = Annotated[str, Meta(max_length=300)]


class Redesigning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The step, by its id, that may be left out from now on, and why."""

    step: str
    why: Why = ""


class Accepting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The kind of deviation, and the step it is at, that counts as designed from now on; and why."""

    kind: DeviationKind
    at: str
    why: Why = ""


class Mining(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a mined map is called, how many per cent of the ways to the goal it fits, and the goal."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    share: Literal[30, 50, 70, 90] = 70
    goal: str = ""


class Stepping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which way a draft steps among its states."""

    way: Literal["undo", "redo"]


class OwnerTold(msgspec.Struct, frozen=True):
    """Who answers for a map, by address; null where nobody does."""

    email: str | None


class DeedTold(msgspec.Struct, frozen=True):
    """What somebody did to a version of a map, when and why."""

    version: int
    did: str
    why: str
    by: str
    at: datetime


def redesign(call: Call) -> JourneyMap:
    """Make the next version, a draft in which one step may be left out."""
    found = mapped(call.path["key"])[0]
    return redesigned(call.request, found, call.seen, call.body.step, call.body.why)


def accept(call: Call) -> JourneyMap:
    """Make the next version, a draft in which one way more counts as designed."""
    given: Accepting = call.body
    way = Accepted(given.kind, given.at, why=given.why)
    return accepted(call.request, mapped(call.path["key"])[0], call.seen, way)


def restore(call: Call) -> JourneyMap:
    """Make the next version, a draft that says what this one says."""
    return restored(call.request, *mapped(call.path["key"]))


def step(call: Call) -> JourneyMap:
    """Take the last change of a draft back, or make it again."""
    found, way = mapped(call.path["key"])[0], call.body.way
    step_back(found.workspace, call.seen, -1 if way == "undo" else 1, actor_of(call.request).name)
    record(call.request, f"map.{way}", call.path["key"])
    return one_map(call)


def mine(call: Call) -> JourneyMap:
    """Make a first draft of a map out of what people walk."""
    given: Mining = call.body
    mined = draft(or_refused(walks()), given.name, str(given.share), given.goal)
    take_down(call.request, "mined", mined, mined.evidence)
    return mined


def deeds(call: Call) -> Page[DeedTold]:
    """List what was done to the versions of a map, by version and time."""
    name = one_map(call).name
    listed = [
        (f"{one.version:010d}\0{one.at.isoformat()}\0{one.pk}", _deed(one))
        for found in deeds_of(name).values()
        for one in found
    ]
    return page_of(listed, call.query)


def _deed(one: Deed) -> DeedTold:
    return DeedTold(one.version, one.did, one.why, one.by, one.at)


def owner(call: Call) -> OwnerTold:
    """Say who answers for a map, whatever its version."""
    found = owner_of(one_map(call).name)
    return OwnerTold(found.email if found else None)


def own_it(call: Call) -> OwnerTold:
    """Make a member of the workspace answer for a map, or nobody."""
    wanted, name = call.body.email, one_map(call).name
    keys = {one.user.email: str(one.user.pk) for one in candidates()}
    if wanted is not None and wanted not in keys:
        raise QuestionError(f"Nobody here is {wanted!r}.", hint="Choose a member of the workspace.")
    own(call.request, name, keys[wanted] if wanted else "")
    return owner(call)


def _makes(does: Callable[[Call], JourneyMap], body: type | None = None) -> Operation:
    return Operation(
        does,
        JourneyMap,
        body=body,
        status=HTTPStatus.CREATED,
        is_change=True,
        state_of=one_map,
    )


RESOURCES = (
    Resource(
        "api-map-mine",
        "maps/mine",
        {"POST": Operation(mine, JourneyMap, body=Mining, status=HTTPStatus.CREATED, is_change=True)},
    ),
    Resource("api-map-redesign", "maps/<any:key>/redesign", {"POST": _makes(redesign, Redesigning)}),
    Resource("api-map-accept", "maps/<any:key>/accept", {"POST": _makes(accept, Accepting)}),
    Resource("api-map-restore", "maps/<any:key>/restore", {"POST": _makes(restore)}),
    Resource(
        "api-map-step",
        "maps/<any:key>/step",
        {"POST": Operation(step, JourneyMap, body=Stepping, is_change=True, state_of=one_map)},
    ),
    Resource(
        "api-map-deeds", "maps/<any:key>/deeds", {"GET": Operation(deeds, Page[DeedTold], query=Paging)}
    ),
    Resource(
        "api-map-owner",
        "maps/<any:key>/owner",
        {
            "GET": Operation(owner, OwnerTold),
            "POST": Operation(own_it, OwnerTold, body=OwnerTold, is_change=True, state_of=owner),
        },
    ),
)
