"""Small random logs over the sample firm's names, and the walks and catalogs made of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from hypothesis import strategies as st

from tests.support.rows import events_table
from trodden.demo.sample import SAMPLE_MAP
from trodden.methods.journeys.maps import parse_map
from trodden.model.catalog import Catalog
from trodden.model.event import Event, Identifier
from trodden.store.walks import build_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Snapshot

FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
AS_OF = datetime(2026, 5, 4, 9, tzinfo=UTC)
CUSTOMERS = ("K00001", "NA", "0012", "ünal", "K00005", "K00006")
TOUCHPOINTS = (
    "Coverage check",
    "Plan page",
    "Configurator",
    "Sales call",
    "Order",
    "Confirmation mail",
    "Identity check",
    "Appointment",
    "Installation",
    "First bill",
    "Support call",
    "Survey",
)
REGIONS = ("north", "south", "coast")
"""Every event of these logs has one of these, so segments by region partition the customers."""

SAMPLE = parse_map(SAMPLE_MAP, "sample.yaml")


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Draw one event; equal times are likely, so ties occur."""
    customer = draw(st.sampled_from(CUSTOMERS))
    region = REGIONS[CUSTOMERS.index(customer) % len(REGIONS)]
    hours = draw(st.one_of(st.integers(0, 30), st.integers(0, 24 * 60)))
    seconds = draw(st.sampled_from((0, 0, 1, 59, 1_800)))
    occurred_at = FIRST + timedelta(hours=hours, seconds=seconds)
    properties = {"region": region, "plan": draw(st.sampled_from(("Starter", "Family")))}
    return Event(
        source=draw(st.sampled_from(("web.csv", "calls.csv"))),
        message_id="",
        occurred_at=occurred_at,
        received_at=occurred_at,
        ids=(Identifier("customer", customer),),
        channel=draw(st.sampled_from(("web", "phone", "email"))),
        outcome=draw(st.sampled_from(("ok", "ok", "failed", "unknown"))),
        name=draw(st.sampled_from(TOUCHPOINTS)),
        properties=msgspec.json.encode(properties, order="sorted").decode(),
    )


@st.composite
def logs(draw: st.DrawFn, *, longest: int = 40) -> list[Event]:
    """Draw a log: message ids and sequence numbers follow the place, as the rows of a file would."""
    drawn = draw(st.lists(events(), max_size=longest))
    return [
        msgspec.structs.replace(event, message_id=str(place), seq=place) for place, event in enumerate(drawn)
    ]


def renamed(log: Sequence[Event], name: Callable[[str], str]) -> list[Event]:
    """Return the log with other customer names and everything else as it was."""
    return [
        msgspec.structs.replace(event, ids=tuple(Identifier(one.kind, name(one.value)) for one in event.ids))
        for event in log
    ]


def customer_of(event: Event) -> str:
    """Return the customer an event belongs to."""
    return event.ids[0].value


def walks_of(log: Sequence[Event], as_of: datetime = AS_OF) -> Snapshot:
    """Build the walks of a log in memory."""
    return build_snapshot(events_table(log), as_of=as_of)


def catalog_of(
    snapshot: Snapshot,
    maps: Sequence[JourneyMap] = (SAMPLE,),
    segments: dict[str, str] | None = None,
    time_zone: str = "UTC",
) -> Catalog:
    """Return a catalog with the sample's map."""
    return Catalog(
        snapshot=snapshot.name,
        as_of=snapshot.as_of,
        time_zone=time_zone,
        dictionaries=snapshot.dictionaries,
        maps={one.key: one for one in maps},
        segments=segments or {},
    )
