"""Tiny walks as text: ``walks_from_text("a search 10:00 | a buy@web!ok{plan=basic} 10:05")``.

The grammar, one event after another, separated by ``|`` or line ends::

    event    = customer touchpoint [ "@" channel ] [ "!" outcome ] [ properties ] time { word "=" value }
    properties = "{" name "=" value { "," name "=" value } "}"
    time     = "10:00" [ ":05" [ ".250" ] ]           on 2026-01-01, a Thursday, UTC
             | "+1 10:00"                             so many days later
             | "2026-01-02T10:00" | "2026-01-02"      a date and time, or the first moment of a date
    word     = "seq" | "source" | "id" | "text" | "url" | "name" | "late"

A touchpoint is written without spaces, or in double quotes. A value of a property is a JSON number, ``true``,
``false``, a double-quoted string, or a bare word (a string). ``seq`` is by default the place of the event in
the text, as the row number of an imported file would be; give it to make a tie
(``a x 10:00 seq=1 | a y 10:00 seq=1``). ``source`` is ``text`` by default; ``id`` is the message id, by
default the place; ``late=3600`` says it was received so many seconds after it occurred, by default at once;
``name`` is the event's name where it is not the touchpoint. Lines may be empty.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pyarrow as pa

from tests.support.rows import events_table
from trodden.model.event import Event, Identifier
from trodden.model.touchpoints import TouchpointRules
from trodden.store.walks import build_snapshot
from trodden.store.walks.snapshot import WalkSnapshot

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)

_EVENT = re.compile(
    r"""\s*(?P<customer>\S+)\s+
    (?P<touchpoint>"[^"]*"|[^\s@!{]+)
    (?:@(?P<channel>\w+))?
    (?:!(?P<outcome>\w+))?
    (?P<properties>\{[^}]*\})?\s+
    (?:(?P<date>\d{4}-\d\d-\d\d)T?|\+(?P<days>\d+)\s+)?
    (?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?
    (?P<words>(?:\s+\w+=(?:"[^"]*"|\S+))*)\s*""",
    re.VERBOSE,
)
_PAIR = re.compile(r'(\w+)=("[^"]*"|[^\s,}]+)')


def events_from_text(text: str) -> list[Event]:
    """Read the events of a text, in the order they stand."""
    parts = [part for part in re.split(r"[|\n]", text) if part.strip()]
    return [_event(part, place) for place, part in enumerate(parts)]


def table_from_text(text: str) -> pa.Table:
    """Read the events of a text as a table in the event schema."""
    return events_table(events_from_text(text))


def walks_from_text(
    text: str,
    rules: TouchpointRules | None = None,
    time_zone: str = "UTC",
    as_of: datetime | str | None = None,
) -> WalkSnapshot:
    """Build walks of a text in memory; ``as_of`` is by default the last event's time."""
    told = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    if told is not None and told.tzinfo is None:
        told = told.replace(tzinfo=UTC)
    return build_snapshot(table_from_text(text), rules, time_zone, told)


def _event(part: str, place: int) -> Event:
    match = _EVENT.fullmatch(part)
    if match is None:
        message = f"this is no event: {part!r}"
        raise ValueError(message)
    occurred_at = _time(match)
    words = {name: _bare(value) for name, value in _PAIR.findall(match["words"] or "")}
    return Event(
        source=words.get("source", "text"),
        message_id=words.get("id", str(place)),
        seq=int(words.get("seq", place)),
        occurred_at=occurred_at,
        received_at=occurred_at + timedelta(seconds=float(words.get("late", 0))),
        ids=(Identifier("customer", match["customer"]),),
        channel=match["channel"] or "other",
        outcome=match["outcome"] or "unknown",
        name=words.get("name", match["touchpoint"].strip('"')),
        url=words.get("url", ""),
        text=words.get("text", ""),
        value_minor=int(words["value"]) if "value" in words else None,
        currency=words.get("currency", ""),
        properties=_properties(match["properties"] or ""),
    )


def _time(match: re.Match[str]) -> datetime:
    if not (match["date"] or match["clock"]):
        message = f"this event has no time: {match[0]!r}"
        raise ValueError(message)
    day = datetime.fromisoformat(match["date"]).replace(tzinfo=UTC) if match["date"] else FIRST_DAY
    clock = datetime.fromisoformat(f"1970-01-01T{match['clock'] or '00:00'}") - datetime(1970, 1, 1)  # noqa: DTZ001 - a difference of two naive times
    return day + timedelta(days=int(match["days"] or 0)) + clock


def _properties(text: str) -> str:
    found = {name: _value(value) for name, value in _PAIR.findall(text)}
    return msgspec.json.encode(found, order="sorted").decode()


def _value(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _bare(text: str) -> str:
    return text.strip('"')
