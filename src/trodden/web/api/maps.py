"""Journey maps by program: their versions read, drafted, published, put aside."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

import msgspec
from msgspec.structs import replace

from trodden.methods.journeys.maps import check_map
from trodden.model.journey_map import JourneyMap
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.home import or_refused, walks
from trodden.web.journeys.deeds import reason_of, take_down
from trodden.web.journeys.drafts import next_draft, publish_draft, put_aside
from trodden.web.journeys.editor import written
from trodden.web.journeys.history import forget
from trodden.web.journeys.versions import mapped


class MapTold(msgspec.Struct, frozen=True):
    """A version of a map; it is a draft where ``published_at`` is null."""

    key: str
    name: str
    version: int
    published_at: datetime | None
    owner: str
    steps: int


class Publishing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note on why a draft is published."""

    why: str = ""


def maps(call: Call) -> Page[MapTold]:
    """List every version of every map, by name and version."""
    found = walks()
    listed = [
        (
            f"{one.name}\0{one.version:010d}",
            MapTold(one.key, one.name, one.version, one.published_at, one.owner, len(one.steps)),
        )
        for one in (found.maps.values() if found else ())
    ]
    return page_of(listed, call.query)


def one_map(call: Call) -> JourneyMap:
    """Return a version of a map, by its name and version: `Getting connected@1`."""
    return mapped(call.path["key"])[1]


def add_draft(call: Call) -> JourneyMap:
    """Store a map as the next version of its name, a draft; `version` says which one it was begun from."""
    found = or_refused(walks())
    drafted = next_draft(found, check_map(call.body))
    take_down(call.request, "read", drafted)
    return drafted


def change(call: Call) -> JourneyMap:
    """Write a draft anew, a change that can be undone; of what is published it makes the next version."""
    found, now = mapped(call.path["key"])[0], call.seen
    after = check_map(
        replace(
            call.body,
            name=now.name,
            version=now.version,
            published_at=now.published_at,
            published_hash=now.published_hash,
        )
    )
    return written(call.request, found, now, after) if after != now else now


def publish(call: Call) -> JourneyMap:
    """Lock what a draft predicts, from now on."""
    found, draft = mapped(call.path["key"])[0], call.seen
    why = reason_of(call.body.why)
    publish_draft(found, draft)
    take_down(call.request, "published", draft, why)
    forget(draft)
    return mapped(draft.key)[1]


def discard(call: Call) -> JourneyMap:
    """Put a draft aside, and return it; its file is kept under a name that is not read."""
    found, draft = mapped(call.path["key"])[0], call.seen
    put_aside(found, draft)
    forget(draft)
    take_down(call.request, "discarded", draft)
    return draft


RESOURCES = (
    Resource(
        "api-maps",
        "maps",
        {
            "GET": Operation(maps, Page[MapTold], query=Paging),
            "POST": Operation(
                add_draft, JourneyMap, body=JourneyMap, status=HTTPStatus.CREATED, is_change=True
            ),
        },
    ),
    Resource(
        "api-map-publish",
        "maps/<any:key>/publish",
        {"POST": Operation(publish, JourneyMap, body=Publishing, is_change=True, state_of=one_map)},
    ),
    Resource(
        "api-map",
        "maps/<any:key>",
        {
            "GET": Operation(one_map, JourneyMap),
            "POST": Operation(change, JourneyMap, body=JourneyMap, is_change=True, state_of=one_map),
            "DELETE": Operation(discard, JourneyMap, is_change=True, state_of=one_map),
        },
    ),
)
