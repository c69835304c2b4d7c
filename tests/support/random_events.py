"""Random events of every awkward kind, for tests of what stores and encodes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import strategies as st

from trodden.model.event import Event, Identifier

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
CUSTOMERS = ("a", "b", "ü", "0012", "12", "x" * 150, "")
PLACES = ("search", "buy", "", "call us")
URLS = ("", "https://shop.example/a/b?c=1#d", "https://shop.example", "/only/path")
CHANNELS = ("web", "phone", "voice", "mobile", "pigeon", "other")
OUTCOMES = ("ok", "failed", "partial", "strange", "unknown")

scalars = st.one_of(
    st.booleans(),
    st.integers(-3, 3),
    st.integers(2**53, 2**53 + 4),
    st.floats(-2, 2, allow_nan=False).map(lambda value: round(value, 1)),
    st.sampled_from(("", "a", "true", "7", "007", "1.10", "2026-01-02", "2026-01-02T10:00:00Z", "é" * 257)),
    st.text(max_size=3),
)
values = st.one_of(
    scalars, st.none(), st.lists(scalars, max_size=2), st.dictionaries(st.text(max_size=1), scalars)
)
names = st.one_of(st.sampled_from(("plan", "spend", "vip", "since")), st.text(max_size=2))
objects = st.dictionaries(names, values, max_size=5)


@st.composite
def property_texts(draw: st.DrawFn) -> str:
    """Draw properties as JSON: mostly canonical, sometimes not, sometimes no object at all."""
    found = draw(objects)
    return draw(
        st.sampled_from(
            (
                msgspec.json.encode(found, order="sorted").decode(),
                msgspec.json.encode(found, order="sorted").decode(),
                json.dumps(found),
                json.dumps(found, indent=2),
                json.dumps([found]),
                json.dumps(found)[:-1],
            )
        )
    )


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Draw one event; times, sequence numbers and sources repeat, so that ties occur."""
    occurred_at = FIRST + timedelta(
        seconds=draw(st.sampled_from((0, 0, 1, 60, 3_600, 86_400, 40 * 86_400))),
        microseconds=draw(st.integers(0, 2)),
    )
    customer = draw(st.sampled_from(CUSTOMERS))
    more = draw(st.lists(st.sampled_from(("a", "q")), max_size=1))
    return Event(
        source=draw(st.sampled_from(("web.csv", "crm"))),
        message_id=str(draw(st.integers(0, 10_000))),
        seq=draw(st.integers(-1, 2)),
        occurred_at=occurred_at,
        received_at=occurred_at + timedelta(minutes=draw(st.integers(-10, 10))),
        ids=tuple(Identifier("customer", one) for one in [customer, *more][draw(st.integers(0, 1)) :]),
        channel=draw(st.sampled_from(CHANNELS)),
        kind=draw(st.sampled_from(("track", "page", ""))),
        name=draw(st.sampled_from(PLACES)),
        url=draw(st.sampled_from(URLS)),
        outcome=draw(st.sampled_from(OUTCOMES)),
        text=draw(st.text(max_size=4)),
        properties=draw(property_texts()),
        value_minor=draw(st.one_of(st.none(), st.integers(0, 9))),
    )


def logs(longest: int = 40) -> st.SearchStrategy[list[Event]]:
    """Draw events, no two of which share an event id."""
    return st.lists(events(), max_size=longest, unique_by=lambda event: (event.source, event.message_id))
