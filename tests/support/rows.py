"""Event structs as rows of the event schema."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from trodden.model.event import Event
from trodden.store._arrow import Table, pa
from trodden.store.schema import EVENT_SCHEMA, conform


def events_table(events: Iterable[Event]) -> Table:
    """Return events as rows of `EVENT_SCHEMA`, in the order given."""
    rows = [msgspec.structs.asdict(event) | {"ids": _plain_ids(event)} for event in events]
    given = pa.schema([field for field in EVENT_SCHEMA if field.name in Event.__struct_fields__])
    return conform(pa.Table.from_pylist(rows, schema=given))


def _plain_ids(event: Event) -> list[dict[str, str]]:
    return [{"kind": one.kind, "value": one.value} for one in event.ids]
