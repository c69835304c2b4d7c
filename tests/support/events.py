"""Plain events for tests of the store: numbered, spread over days, one customer each in turn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tests.support.rows import events_table
from trodden.model.event import Event, Identifier
from trodden.store._arrow import Table, pa
from trodden.store.folder import Workspace
from trodden.store.loader import LoadReport, Progress, store_events
from trodden.store.walks import WalkStore

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
RECEIVED = datetime(2026, 12, 31, tzinfo=UTC)


def event(number: int, *, source: str = "web.csv", customer: str = "", text: str = "") -> Event:
    """Make the event of this number: ten a day from 2026-01-01 on, customers C0 to C6 in turn."""
    return Event(
        source=source,
        message_id=f"m{number}",
        seq=number,
        occurred_at=FIRST + timedelta(days=number // 10, minutes=number % 10),
        received_at=RECEIVED,
        ids=(Identifier("customer", customer or f"C{number % 7}"),),
        channel="web",
        name=f"step {number % 3}",
        text=text,
    )


def events(numbers: Iterable[int], *, source: str = "web.csv") -> Table:
    """Make the events of these numbers as a table."""
    return events_table(event(number, source=source) for number in numbers)


def received(table: Table, moment_us: int) -> Table:
    """Return events that all came in at this moment, microseconds since the epoch."""
    place = table.schema.get_field_index("received_at")
    field = table.schema.field(place)
    column = pa.array([moment_us] * table.num_rows, pa.int64()).cast(field.type)
    return table.set_column(place, field, column)


def load_events(
    workspace: Workspace,
    source: str,
    batches: Iterable[Table],
    *,
    file_hash: str = "",
    progress: Progress | None = None,
) -> LoadReport:
    """Store events and bring the walks up to date."""
    with workspace.lock():
        report = store_events(workspace, source, batches, file_hash=file_hash, progress=progress)
        WalkStore(workspace).refresh()
        return report
