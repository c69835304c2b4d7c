"""What is known of one customer, and from where: names, properties, consent, segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trodden.charts.formats import format_count, format_time, format_value
from trodden.methods.journeys.select import resolve_selection, select
from trodden.model.errors import CallerError
from trodden.model.question import Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trodden.model.catalog import Catalog
    from trodden.model.walks import Bucket
    from trodden.store.walks import TimelineRow

MOST_KNOWN: Final = 40
"""Properties that are listed."""

LONGEST: Final = 200
"""Characters of a value that are listed; the event holds all of it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of what is known of a customer; ``source`` says from where and when, ``before`` what it was."""

    label: str
    value: str
    source: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What events say of a customer. ``resting_on``: how many of them, where not all were read."""

    names: tuple[Fact, ...]
    properties: tuple[Fact, ...]
    consent: str
    segments: tuple[str, ...]
    resting_on: str


def known_of(rows: Sequence[TimelineRow], bucket: Bucket, catalog: Catalog) -> Known:
    """Tell what the events of one customer say; ``rows`` are the latest of them, in order of time."""
    zone = catalog.time_zone
    events = int(bucket.ends[0] - bucket.starts[0])
    resting = _("From the latest {n} events.").format(n=format_count(len(rows)))
    return Known(
        names=tuple(_names(rows, zone)),
        properties=tuple(_properties(rows, zone))[:MOST_KNOWN],
        consent=_consent(rows, zone),
        segments=segments_of(bucket, catalog),
        resting_on=resting if len(rows) < events else "",
    )


def _names(rows: Sequence[TimelineRow], zone: str) -> Iterator[Fact]:
    """Yield every identifier with the sources that gave it, in the order they first came."""
    sources: dict[tuple[str, str], dict[str, TimelineRow]] = {}
    for row in rows:
        for one in row.event.ids:
            sources.setdefault((one.kind, one.value), {}).setdefault(row.event.source, row)
    for (kind, value), found in sources.items():
        first = next(iter(found.values()))
        since = format_time(first.event.occurred_at, zone)
        yield Fact(kind, value, _("{sources}, since {time}").format(sources=", ".join(found), time=since))


def _properties(rows: Sequence[TimelineRow], zone: str) -> Iterator[Fact]:
    """Yield the last value of every property, where it came from, and the value it had before."""
    last: dict[str, tuple[str, TimelineRow]] = {}
    before: dict[str, str] = {}
    for row in rows:
        for name, value in _values(row.event.properties):
            if name in last and last[name][0] != value:
                before[name] = last[name][0]
            last[name] = (value, row)
    for name, (value, row) in sorted(last.items()):
        source = f"{row.event.source}, {format_time(row.event.occurred_at, zone)}"
        yield Fact(name, value, source, before.get(name, ""))


def _values(properties: str) -> Iterator[tuple[str, str]]:
    """Yield what a JSON object of properties says; nothing of what is none."""
    try:
        found: Any = msgspec.json.decode(properties)
    except msgspec.DecodeError:
        return
    for name, value in found.items() if isinstance(found, dict) else ():  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        if value not in {None, ""} if isinstance(value, str | None) else True:
            yield str(name), _written(value)  # pyright: ignore[reportUnknownArgumentType]


def _written(value: object) -> str:
    is_plain = isinstance(value, str | int | float | bool)
    text = format_value(value) if is_plain else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _consent(rows: Sequence[TimelineRow], zone: str) -> str:
    """Say what was recorded of consent, in the bits it came in."""
    given = [row for row in rows if row.event.consent]
    if not given:
        return _("None of the events says anything of consent.")
    last = given[-1].event
    said = ngettext(
        "{n} event carries it; the last says {bits}, from {source} on {time}.",
        "{n} events carry it; the last says {bits}, from {source} on {time}.",
        len(given),
    )
    time = format_time(last.occurred_at, zone)
    return said.format(n=format_count(len(given)), bits=f"{last.consent:#b}", source=last.source, time=time)


def segments_of(bucket: Bucket, catalog: Catalog) -> tuple[str, ...]:
    """Return the saved segments a customer is in, by name."""
    return tuple(sorted(name for name in catalog.segments if _is_in(name, bucket, catalog)))


def _is_in(name: str, bucket: Bucket, catalog: Catalog) -> bool:
    """Say whether a customer is in a saved segment; in one that cannot be asked about nobody is."""
    try:
        return bool(len(select(bucket, resolve_selection(Question(segment=f"@{name}"), catalog))))
    except CallerError:
        return False
