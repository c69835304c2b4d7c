"""Customers by program: found by how an identifier begins. Walks of one are the analysis ``timeline``."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.audit.requests import record
from trodden.web.home import walks


class Searched(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the identifier begins, and how many are told at most."""

    q: Annotated[str, Meta(min_length=1, max_length=500, description="How the identifier begins.")]
    limit: Annotated[int, Meta(ge=1, le=200, description="How many at most.")] = 20


class CustomersTold(msgspec.Struct, frozen=True):
    """Identifiers of customers, in the order of their letters."""

    customers: tuple[str, ...]


def customers(call: Call) -> CustomersTold:
    """Find the customers whose identifier begins so, letter by letter; that is logged."""
    found = walks()
    record(call.request, "export", call.request.path_info)
    return CustomersTold(tuple(found.snapshot.beginning(call.query.q, call.query.limit)) if found else ())


RESOURCES = (
    Resource("api-customers", "customers", {"GET": Operation(customers, CustomersTold, query=Searched)}),
)
