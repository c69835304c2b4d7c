"""What is held of one customer, and their erasure, by program: for privacy officers, each logged."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from django.shortcuts import get_object_or_404
from msgspec import Meta

from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.customers.models import Erasing
from trodden.web.customers.one import customer_here
from trodden.web.customers.privacy import Standing, erasing_of, exported, standing_of

Identifier = Annotated[
    str, Meta(min_length=1, max_length=1_000, description="As it arrived, letter by letter.")
]


class Whose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The identifier of a customer."""

    customer: Identifier


class Held(msgspec.Struct, frozen=True):
    """All that was recorded of a customer, what is derived of it, and a note of what that is."""

    note: str
    identifier: str
    made_at: datetime
    events: list[dict[str, Any]]
    derived: dict[str, Any]


class ErasureTold(msgspec.Struct, frozen=True):
    """An erasure; ``customer`` is the pseudonym of the log.

    ``state``: ``proved`` where every file was opened and none names them, ``found`` where ``traces`` are left
    in what people wrote, ``failed`` for the reason ``failed``; it is tried again.
    """

    id: str
    customer: str
    asked_by: str
    begun_at: datetime
    finished_at: datetime | None
    state: Standing
    events: int
    lines: int
    cached: int
    texts: int
    traces: list[str]
    failed: str


def export(call: Call) -> Held:
    """Return everything that is held of a customer; that is logged."""
    return Held(**exported(call.request, call.query.customer, "json"))


def erase(call: Call) -> ErasureTold:
    """Begin to erase a customer, for good; that is logged, and proved."""
    customer_here(call.body.customer)
    return _told(erasing_of(call.request, call.body.customer))


def erasures(call: Call) -> Page[ErasureTold]:
    """List the erasures that were asked for on pages and by programs, the first one first."""
    found = Erasing.here.order_by("begun_at", "pk")
    return page_of([(f"{one.begun_at.isoformat()}\0{one.pk}", _told(one)) for one in found], call.query)


def one_erasure(call: Call) -> ErasureTold:
    """Say how an erasure goes, and what proves it."""
    return _told(get_object_or_404(Erasing.here, pk=call.path["key"]))


def _told(one: Erasing) -> ErasureTold:
    return ErasureTold(
        id=str(one.pk),
        customer=one.customer,
        asked_by=one.asked_by,
        begun_at=one.begun_at,
        finished_at=one.finished_at,
        state=standing_of(one),
        events=one.events,
        lines=one.lines,
        cached=one.cached,
        texts=one.wishes,
        traces=one.traces.splitlines(),
        failed=one.failed,
    )


RESOURCES = (
    Resource("api-customer-export", "customers/export", {"GET": Operation(export, Held, query=Whose)}),
    Resource(
        "api-customer-erase",
        "customers/erase",
        {"POST": Operation(erase, ErasureTold, body=Whose, status=HTTPStatus.ACCEPTED, is_change=True)},
    ),
    Resource("api-erasures", "erasures", {"GET": Operation(erasures, Page[ErasureTold], query=Paging)}),
    Resource("api-erasure", "erasures/<uuid:key>", {"GET": Operation(one_erasure, ErasureTold)}),
)
