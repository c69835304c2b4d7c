"""A real help desk's log: 13,710 events of 3,804 cases, and the whole of it: 21,348 events of 4,580."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, iterparse

from trodden.model.event import Event, Identifier

if TYPE_CHECKING:
    from pathlib import Path


def desk_events(shared: Path) -> list[Event]:
    """Read the log; an event's place in the file is its sequence number."""
    with (shared / "data/journeys/helpdesk.csv").open(encoding="utf-8", newline="") as file:
        return [_event(row, place) for place, row in enumerate(csv.DictReader(file))]


def _event(row: dict[str, str], place: int) -> Event:
    occurred_at = datetime.fromisoformat(row["CompleteTimestamp"]).replace(tzinfo=UTC)
    return Event(
        source="helpdesk",
        message_id=str(place),
        seq=place,
        occurred_at=occurred_at,
        received_at=occurred_at,
        ids=(Identifier("customer", row["CaseID"]),),
        name=row["ActivityID"],
    )


def full_desk_events(shared: Path) -> list[Event]:
    """Read the whole log; an event's place in the file is its sequence number."""
    with gzip.open(shared / "data/journeys/helpdesk_full.xes.gz") as file:
        cases = [one for _, one in iterparse(file) if one.tag.endswith("}trace")]  # noqa: S314 - a known file
    found = [(case[0].get("value", ""), event) for case in cases for event in case.iterfind("{*}event")]
    return [_full_event(case, event, place) for place, (case, event) in enumerate(found)]


def _full_event(case: str, event: Element, place: int) -> Event:
    values = {one.get("key", ""): one.get("value", "") for one in event}
    occurred_at = datetime.fromisoformat(values["time:timestamp"])
    return Event(
        source="helpdesk",
        message_id=str(place),
        seq=place,
        occurred_at=occurred_at,
        received_at=occurred_at,
        ids=(Identifier("customer", case),),
        name=values["concept:name"],
    )
