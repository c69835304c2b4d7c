"""A web shop's log of six months: 31,106 events of 600 customers, synthetic, with five planted stories."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from trodden.model.event import Event, Identifier

if TYPE_CHECKING:
    from pathlib import Path


def shop_events(shared: Path) -> list[Event]:
    """Read the log; an event's place in the file is its sequence number."""
    with gzip.open(shared / "data/journeys/ecom.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return [_event(row, place) for place, row in enumerate(csv.DictReader(file))]


def _event(row: dict[str, str], place: int) -> Event:
    occurred_at = datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC)
    told = {"session": row["session_id"], "platform": row["platform"], "lifecycle": row["user_lifecycle"]}
    return Event(
        source="shop",
        message_id=str(place),
        seq=place,
        occurred_at=occurred_at,
        received_at=occurred_at,
        ids=(Identifier("customer", row["user_id"]),),
        name=row["event"],
        properties=msgspec.json.encode(told).decode(),
    )
