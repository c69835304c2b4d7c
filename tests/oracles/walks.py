"""Walks by plain loops over events: who, in what order, at which touchpoint, with which properties."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from trodden.model.event import CHANNELS, OUTCOMES, Event

ALIASES = {"voice": "phone", "call": "phone", "sms": "chat", "video": "chat", "mobile": "app"}
Value = str | float | bool | datetime


@dataclass(frozen=True)
class Row:
    """One event of a walk, as it is expected."""

    event_id: str
    occurred_at: datetime
    touchpoint: str
    channel: str
    outcome: str
    is_tie: bool
    properties: tuple[tuple[str, Value], ...]


def walks(events: Iterable[Event]) -> dict[str, list[Row]]:
    """Return every customer's walk; events the same in id, time and sequence are one."""
    every = [event for event in events if event.ids and event.ids[0].value]
    types = property_types(every)
    found: dict[str, list[Row]] = {}
    for customer in {event.ids[0].value for event in every}:
        mine = sorted((event for event in every if event.ids[0].value == customer), key=order)
        once = [
            event for place, event in enumerate(mine) if not place or order(event) != order(mine[place - 1])
        ]
        befores = [None, *once[:-1]]
        found[customer] = [row(event, before, types) for event, before in zip(once, befores, strict=True)]
    return found


def order(event: Event) -> tuple[datetime, int, str]:
    """Return what a walk is sorted by."""
    return event.occurred_at, event.seq, event_id(event)


def event_id(event: Event) -> str:
    """Return the event id in hexadecimal."""
    said = event.source.encode() + b"\x1f" + event.message_id.encode()
    return hashlib.blake2b(said, digest_size=16).hexdigest()


def row(event: Event, before: Event | None, types: dict[str, str]) -> Row:
    """Return what an event looks like after the one before it."""
    channel = ALIASES.get(event.channel, event.channel)
    values = {name: text(value) for name, value in properties(event).items() if name in types}
    typed = {name: typed_as(types[name], value) for name, value in values.items() if value is not None}
    return Row(
        event_id=event_id(event),
        occurred_at=event.occurred_at,
        touchpoint=event.name or path(event.url) or event.kind or "(unnamed)",
        channel=channel if channel in CHANNELS else "other",
        outcome=event.outcome if event.outcome in OUTCOMES else "unknown",
        is_tie=before is not None and is_tie(before, event),
        properties=tuple(sorted(typed.items())),
    )


def is_tie(one: Event, two: Event) -> bool:
    """Tell whether two events of one customer could as well stand the other way round."""
    return one.occurred_at == two.occurred_at and (one.seq == two.seq or one.source != two.source)


def path(url: str) -> str:
    """Return the path of a URL."""
    if not url:
        return ""
    bare = url.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0]
    if "//" in bare:
        bare = "/" + bare.split("//", 1)[1].partition("/")[2]
    return bare or "/"


def properties(event: Event) -> dict[str, object]:
    """Return the properties of an event that have a value."""
    try:
        found = json.loads(event.properties)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if value is not None and value != ""}


def text(value: object) -> str | None:
    """Return a value as text; None where it is no single one, or too long."""
    if isinstance(value, str):
        return value if len(value) <= 256 else None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value == int(value) and abs(value) <= 2**53:
        return str(int(value))
    return str(value) if isinstance(value, int | float) else None


def property_types(events: Iterable[Event]) -> dict[str, str]:
    """Return the promoted properties: name and type."""
    seen: Counter[str] = Counter()
    texts: dict[str, set[str]] = {}
    for event in events:
        for name, value in properties(event).items():
            seen[name] += 1
            said = text(value)
            if said is not None:
                texts.setdefault(name, set()).add(said)
    able = sorted(texts, key=lambda name: (-seen[name].bit_length(), name))[:64]
    return {name: type_of(texts[name]) for name in able}


def type_of(texts: set[str]) -> str:
    """Return the one type of some texts."""
    tests: list[tuple[str, Callable[[str], bool]]] = [
        ("boolean", lambda one: one in {"true", "false"}),
        ("number", is_number),
        ("time", lambda one: time(one) is not None),
    ]
    return next((kind for kind, test in tests if all(map(test, texts))), "string")


def is_number(one: str) -> bool:
    """Tell whether a text is a number as we would write it."""
    return bool(re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?", one)) and text(float(one)) == one


def time(one: str) -> datetime | None:
    """Return a text as a time, None where it is none."""
    if not re.match(r"\d{4}-\d\d-\d\d", one):
        return None
    try:
        return datetime.fromisoformat(one)
    except ValueError:
        return None


def typed_as(kind: str, one: str) -> Value:
    """Return a text as its type, times in UTC."""
    if kind == "boolean":
        return one == "true"
    if kind == "number":
        return float(one)
    if kind == "time":
        moment = datetime.fromisoformat(one)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return one


def as_of(events: Iterable[Event]) -> datetime | None:
    """Return the last time that is not later than its arrival and five minutes."""
    believed = [
        one.occurred_at for one in events if one.occurred_at <= one.received_at + timedelta(minutes=5)
    ]
    return max(believed, default=None)
