"""Everything that is held of one customer, as a file to hand to them."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from django.utils.translation import gettext as _

from trodden.methods.journeys.periods import moment
from trodden.store.events import EventStore
from trodden.store.personal import events_bearing
from trodden.web.customers.known import segments_of
from trodden.web.customers.stretches import walk_of

if TYPE_CHECKING:
    from trodden.api import StoredWalks
    from trodden.model.walks import Bucket
    from trodden.web.customers.stretches import Stretch

KINDS: Final = {"json": "JSON", "zip": "ZIP"}

_JSON_COLUMNS: Final = ("properties", "context")


def personal_data(found: StoredWalks, customer: str) -> dict[str, Any]:
    """Return what is recorded of a customer, what is derived from it, and a note of what that is."""
    events = [_readable(row) for row in events_bearing(EventStore(found.workspace), customer)]
    bucket = found.snapshot.customer(customer)
    return {
        "note": note(),
        "identifier": customer,
        "made_at": datetime.now(UTC),
        "events": events,
        "derived": _derived(found, bucket) if bucket else {},
    }


def note() -> str:
    """Say what an export is."""
    return _(
        "Events are all that was recorded with this identifier among an event's identifiers, as it came, in "
        "order of time; times are UTC. Derived is what Trodden makes of them: the journeys they form on the "
        "designed maps, where these parted from the design, and the saved segments the person is in. Refused "
        "rows, the log of who looked (which names nobody) and backups are not in it."
    )


def as_json(data: dict[str, Any]) -> bytes:
    """Write an export as one JSON document."""
    return msgspec.json.format(msgspec.json.encode(data), indent=2)


def as_zip(data: dict[str, Any]) -> bytes:
    """Write an export as an archive: a note, the events, what is derived from them."""
    parts = {
        "README.txt": f"{data['note']}\n".encode(),
        "events.json": as_json({name: data[name] for name in ("identifier", "made_at", "events")}),
        "derived.json": as_json({name: data[name] for name in ("identifier", "made_at", "derived")}),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """Return an event with the JSON in it as values; what is no JSON stays text."""
    return {name: _value(value) if name in _JSON_COLUMNS else value for name, value in row.items()}


def _value(text: str) -> Any:  # noqa: ANN401 - JSON is any value
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _derived(found: StoredWalks, bucket: Bucket) -> dict[str, Any]:
    walk = walk_of(bucket, found.catalog)
    names = found.catalog.dictionaries.touchpoints
    journeys = [_journey(one, bucket, names) for one in reversed(walk.stretches) if one.journey]
    return {"journeys": journeys, "segments": segments_of(bucket, found.catalog)}


def _journey(stretch: Stretch, bucket: Bucket, names: tuple[str, ...]) -> dict[str, Any]:
    journey = stretch.journey
    if journey is None:
        return {}
    steps = [
        {
            "occurred_at": moment(int(bucket.occurred_at[event.row])),
            "touchpoint": names[int(bucket.touchpoint[event.row])],
            "step": event.step,
            "deviations": event.kinds,
            "skipped": event.skipped,
        }
        for event in journey.events
    ]
    return {"map": journey.map, "state": journey.state, "steps": steps, "left_out": journey.left_out}
