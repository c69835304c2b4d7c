"""What the table of events holds of one person: all of it, and what else they go by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trodden.store._arrow import pa, pq
from trodden.store.erased import bears
from trodden.store.schema import EVENT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trodden.store.events import EventStore


def events_bearing(store: EventStore, value: str) -> list[dict[str, Any]]:
    """Return every event any of whose identifiers has a value, in order of time: those an erasure takes.

    A row has the columns of the event schema but ``month``; ``event_id`` in hexadecimal digits.

    Raises
    ------
    DamagedFileError
        If a file of the table is not as it was written.
    """
    paths = [store.workspace.events / file.path for file in store.live()]
    store.verify(paths)
    found = [row for path in paths for row in _rows(path, value)]
    return sorted(found, key=lambda row: (row["occurred_at"], row["seq"], row["event_id"]))


def customers_bearing(store: EventStore, value: str) -> list[str]:
    """Return the customers any of whose events bears an identifier, first or not, by name.

    A customer goes by the first identifier of an event. Only identifiers are read, of every event.
    """
    found: set[str] = set()
    for file in store.live():
        path = store.workspace.events / file.path
        ids = pq.read_table(path, columns=["ids"], partitioning=None).column("ids")
        mine = ids.filter(pa.array(bears(ids, [value])))
        found.update(one[0]["value"] for one in mine.to_pylist())
    return sorted(found)


def _rows(path: Path, value: str) -> Iterator[dict[str, Any]]:
    """Yield the events of one file; only its identifiers are read where there are none."""
    ids = pq.read_table(path, columns=["ids"], partitioning=None).column("ids")
    mine = bears(ids, [value])
    if not mine.any():
        return
    columns = [field.name for field in EVENT_SCHEMA if field.name != "month"]
    table = pq.read_table(path, columns=columns, partitioning=None).filter(pa.array(mine))
    for row in table.to_pylist():
        yield {**row, "event_id": row["event_id"].hex()}
