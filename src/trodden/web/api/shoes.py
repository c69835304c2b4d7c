"""In a customer's shoes, by program: a journey drawn by lot for a stated purpose, and what one would change.

Whose journey it is stays unsaid. Who was given one says of it what they would change, by the ``walk`` it came
with.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from django.core import signing
from django.http import Http404
from msgspec import Meta

from trodden.methods.journeys.periods import microseconds
from trodden.model.errors import UnknownNameError
from trodden.web.actors import actor_of, person_of
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.customers.begin import drawn, noted
from trodden.web.customers.frames import MET, Frame, frames_of
from trodden.web.customers.models import LONGEST_WISH, Wish
from trodden.web.customers.shoes import Walked, kept_wish, walked_in, withdrawn
from trodden.web.customers.tokens import sealed
from trodden.web.home import or_refused, walked
from trodden.web.limits import seen_segment
from trodden.web.shield import named
from trodden.web.shield import pseudonym as shown_as

if TYPE_CHECKING:
    from django.db.models import QuerySet

_SALT: Final = "trodden.shoes"
_LASTS_S: Final = 43_200


class Walking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wants to find out, which the log keeps; on which map, and whose journey is drawn."""

    purpose: Annotated[str, Meta(min_length=8, max_length=200)]
    map: str
    whose: Literal["", "departed", "paused", "failing", "missing", "open"] = ""


class MomentTold(msgspec.Struct, frozen=True):
    """A wait, a contact, or the end; seconds since the journey began.

    Of a wait ``wait_s`` and what was designed of it; of a contact where, how it ended, what was said, what
    the map has there.
    """

    kind: Literal["wait", "contact", "end"]
    since_s: float
    wait_s: float = 0.0
    touchpoint: str = ""
    channel: str = ""
    outcome: str = ""
    words: str = ""
    skipped: str = ""
    designed: dict[str, str] = {}


class WalkTold(msgspec.Struct, frozen=True):
    """One customer's journey of a map: ``met`` says whether they got what they came for."""

    who: str
    map: str
    state: str
    met: str
    left_out: str
    moments: list[MomentTold]
    walk: str


class Wishing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence of what somebody would change, after the ``walk`` they were given."""

    walk: Annotated[str, Meta(max_length=8_000)]
    text: Annotated[str, Meta(min_length=3, max_length=LONGEST_WISH)]


class WishMade(msgspec.Struct, frozen=True):
    """That a sentence is kept, on which map."""

    id: str
    map: str


class WishTold(WishMade, frozen=True):
    """One sentence of what somebody would change."""

    text: str
    author: str
    made_at: datetime


class Wishes(Paging, frozen=True, forbid_unknown_fields=True):
    """Which page of the sentences about a map, by its name without a version; about all, where empty."""

    map: str = ""


def walk(call: Call) -> WalkTold:
    """Draw a journey by lot, and walk it; the purpose is logged."""
    given: Walking = call.body
    found = or_refused(walked())
    if given.map not in found.maps:
        raise UnknownNameError(
            f"There is no map {given.map!r}.", hint=f"There are: {', '.join(found.maps) or 'none'}."
        )
    customer, number = drawn(named(found), given.map, given.whose)
    asked = {"who": sealed(customer), "map": given.map, "journey": str(number)}
    there = walked_in(asked)
    if there is None:
        raise Http404("This journey is not here any more.")
    noted(call.request, customer, given.map, given.purpose)
    signed = signing.dumps({**asked, "by": actor_of(call.request).name}, salt=_SALT)
    return WalkTold(
        who=shown_as(customer),
        map=given.map,
        state=there.journey.state,
        met=str(MET[there.journey.state]),
        left_out=there.shoes.left_out,
        moments=_moments(there),
        walk=signed,
    )


def _moments(there: Walked) -> list[MomentTold]:
    at = [microseconds(row.event.occurred_at) for row in there.rows]
    frames = frames_of(at, [there.shoes.words(place) for place in range(len(at))])
    return [MomentTold(one.kind, one.since_s, one.wait_s, **_told(there, one)) for one in frames]


def _told(there: Walked, frame: Frame) -> dict[str, Any]:
    if frame.kind == "wait":
        waiting = there.shoes.waiting(frame)
        return {"designed": {"wait": waiting.designed} if waiting.designed else {}}
    if frame.kind == "end":
        return {}
    contact = there.shoes.contact(frame)
    return {
        "touchpoint": contact.touchpoint,
        "channel": contact.channel,
        "outcome": contact.outcome,
        "words": contact.words,
        "skipped": contact.skipped,
        "designed": dict(contact.designed),
    }


def wish(call: Call) -> WishMade:
    """Keep one sentence of what somebody would change after a walk, shown to others with their name."""
    there = _given(call)
    if there is None:
        raise Http404("This walk is over, or it was given to somebody else.")
    made = kept_wish(call.request, there, call.body.text)
    return WishMade(str(made.pk), made.map)


def _given(call: Call) -> Walked | None:
    try:
        asked: dict[str, str] = signing.loads(call.body.walk, salt=_SALT, max_age=_LASTS_S)
    except signing.BadSignature:
        return None
    return walked_in(asked) if asked.pop("by") == actor_of(call.request).name else None


def wishes(call: Call) -> Page[WishTold]:
    """List what people would change, the first said first; to who is limited, their own."""
    found, name = _seen(call), call.query.map
    listed = found.filter(map=name) if name else found
    return page_of(
        [(f"{one.made_at.isoformat()}\0{one.pk}", _wish(one)) for one in listed.order_by("made_at", "pk")],
        call.query,
    )


def _seen(call: Call) -> QuerySet[Wish]:
    return Wish.here.filter(author=person_of(call.request).name) if seen_segment.get() else Wish.here.all()


def _wish(one: Wish) -> WishTold:
    return WishTold(str(one.pk), one.map, one.text, one.author, one.made_at)


def withdraw(call: Call) -> WishTold:
    """Take one's own sentence back."""
    return _wish(withdrawn(call.request, call.path["key"]))


RESOURCES = (
    Resource("api-shoes", "shoes", {"POST": Operation(walk, WalkTold, body=Walking)}),
    Resource(
        "api-wishes",
        "wishes",
        {
            "GET": Operation(wishes, Page[WishTold], query=Wishes),
            "POST": Operation(wish, WishMade, body=Wishing, status=HTTPStatus.CREATED, is_change=True),
        },
    ),
    Resource("api-wish", "wishes/<uuid:key>", {"DELETE": Operation(withdraw, WishTold, is_change=True)}),
)
