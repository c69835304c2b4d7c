"""What a workspace is and holds, by program: its size, whether it answers, the log."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, TypedDict

import msgspec
from msgspec import Meta

import trodden
from trodden.model.errors import QuestionError
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, cursor_at, place_in
from trodden.web.audit.models import Entry
from trodden.web.audit.proved import CHAIN
from trodden.web.audit.requests import record
from trodden.web.audit.views import entries_about
from trodden.web.home import or_refused, walks
from trodden.web.shield import FEWEST, sees_customers
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from trodden.api import StoredWalks


class WorkspaceTold(msgspec.Struct, frozen=True):
    """What is in the workspace, as of the newest walks.

    ``customers`` is null where they are fewer than five and you may not know who they are.
    """

    name: str
    time_zone: str
    currency: str
    snapshot: str
    as_of: datetime
    customers: int | None
    events: int
    touchpoints: int
    maps: int


class Health(msgspec.Struct, frozen=True):
    """That programs are answered, by which version; ``snapshot`` is null where nothing was imported yet."""

    status: str
    version: str
    snapshot: str | None


class EntryTold(msgspec.Struct, frozen=True):
    """An entry of the log, sealed with the one before."""

    number: int
    at: datetime
    actor: str
    action: str
    what: str
    address: str
    seal: str


class LogPaging(Paging, frozen=True, forbid_unknown_fields=True):
    """Which page of the log; of one customer's entries alone, where their identifier is given."""

    customer: Annotated[str, Meta(max_length=1_000)] = ""


class ProofTold(msgspec.Struct, frozen=True):
    """Whether the chain of the whole log holds; ``broken_at`` is the number of the entry where it does not.

    ``up_to`` entries were read and hold; ``whole_at``: when all of them were last read in one go.
    """

    broken_at: int | None
    up_to: int
    whole_at: datetime


class Proving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the log is proved from its first entry on, not from where it was proved last."""

    whole: bool = False


class TouchpointsTold(msgspec.Struct, frozen=True):
    """The names of all touchpoints, in the order of their letters."""

    touchpoints: list[str]


def workspace(_call: Call) -> WorkspaceTold:
    """Say what the workspace holds."""
    found = or_refused(walks())
    snapshot, catalog = found.snapshot, found.catalog
    return WorkspaceTold(
        name=workspace_name(),
        time_zone=catalog.time_zone,
        currency=catalog.currency,
        snapshot=snapshot.name,
        as_of=catalog.as_of,
        **counted(found),
        touchpoints=len(found.touchpoints),
        maps=len(found.maps),
    )


class Counted(TypedDict):
    """How many customers and events there are; a few customers are not counted for who may not know them."""

    customers: int | None
    events: int


def counted(found: StoredWalks) -> Counted:
    """Count the customers and events of the newest walks."""
    buckets = found.snapshot.buckets()
    customers = sum(len(one.starts) for one in buckets)
    is_told = sees_customers.get() or customers == 0 or customers >= FEWEST
    events = sum(int((one.ends - one.starts).sum()) for one in buckets)
    return {"customers": customers if is_told else None, "events": events}


def health(_call: Call) -> Health:
    """Say that programs are answered."""
    found = walks()
    return Health("ok", trodden.__version__, found.snapshot.name if found else None)


def log(call: Call) -> Page[EntryTold]:
    """List the entries of the log, the newest first; that is logged, too."""
    paging: LogPaging = call.query
    entries = entries_about(paging.customer).order_by("-number")
    if paging.cursor:
        entries = entries.filter(number__lt=_number(place_in(paging)))
    record(call.request, "log.export", f"api, before {_number(place_in(paging))}" if paging.cursor else "api")
    found = list(entries[: paging.limit + 1])
    shown = [_entry(one) for one in found[: paging.limit]]
    return Page(shown, cursor_at(str(shown[-1].number)) if len(found) > len(shown) else None)


def proof(call: Call) -> ProofTold:
    """Prove that no entry of the log was touched."""
    found = CHAIN.prove(whole=call.query.whole)
    return ProofTold(found.broken_at, found.up_to, found.whole_at)


def touchpoints(_call: Call) -> TouchpointsTold:
    """List the touchpoints customers were at."""
    found = walks()
    return TouchpointsTold(sorted(found.touchpoints) if found else [])


def _number(place: str) -> int:
    if not (place.isdecimal() and place.isascii() and len(place) <= _DIGITS):
        raise QuestionError("This cursor is none that was given.", hint="Send the `next` of the page before.")
    return int(place)


_DIGITS: Final = 18


def _entry(one: Entry) -> EntryTold:
    fields: dict[str, Any] = {name: getattr(one, name) for name in EntryTold.__struct_fields__}
    return EntryTold(**fields)


RESOURCES = (
    Resource("api-workspace", "workspace", {"GET": Operation(workspace, WorkspaceTold)}),
    Resource("api-health", "health", {"GET": Operation(health, Health)}),
    Resource("api-touchpoints", "touchpoints", {"GET": Operation(touchpoints, TouchpointsTold)}),
    Resource("api-log", "log", {"GET": Operation(log, Page[EntryTold], query=LogPaging)}),
    Resource("api-log-proof", "log/proof", {"GET": Operation(proof, ProofTold, query=Proving)}),
)
