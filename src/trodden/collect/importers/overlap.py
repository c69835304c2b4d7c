"""Notice a file most of whose rows another source has brought already: the same log, exported another way.

Rows of two sources are two events whatever they say, so this is a warning and no refusal. A few hundred rows
of the file's beginning are looked up in the walks; most files are told apart by customer and time alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from trodden.collect.importers.plan import Prepared, spread_events
from trodden.store.imports import imports_in
from trodden.store.walks import WalkStore
from trodden.store.walks.snapshot import EPOCH

if TYPE_CHECKING:
    from trodden.collect.importers.report import FileReport, PlannedEvent
    from trodden.store.folder import Workspace
    from trodden.store.walks import WalkSnapshot

MOST: Final = 0.9
"""A larger share than this of them known from another source is told."""


def with_overlap(workspace: Workspace, prepared: Prepared, report: FileReport) -> FileReport:
    """Add a note to a report where most rows of the file are known from another source.

    A row is known where an event of another source has its customer, touchpoint (as the file calls it) and
    time. After an import the walks are up to date, so that they hold the file itself as well.
    """
    is_in = report.import_id > 0
    if (is_in and not report.stored) or not _has_others(workspace, report.source):
        return report
    events = spread_events(prepared)
    found = _sources_of(WalkStore(workspace).open(), report.source, events, own_rows=int(is_in))
    known = sum(found.values())
    if known <= MOST * len(events):
        return report
    source, _ = found.most_common(1)[0]
    note = (
        f"Of {len(events):,} rows looked at, {known:,} are there from {source!r} as well, with the same "
        f"customer, touchpoint and time: the same log {'counts' if is_in else 'would count'} twice."
        f"{f' `trodden imports undo {report.import_id}` takes this one back.' if is_in else ''}"
    )
    return msgspec.structs.replace(report, notes=(*report.notes, note))


def _has_others(workspace: Workspace, source: str) -> bool:
    return any(one.source != source and one.stands for one in imports_in(workspace.imports_db))


def _sources_of(
    snapshot: WalkSnapshot, own: str, events: list[PlannedEvent], *, own_rows: int
) -> Counter[str]:
    """Count the events that another source has as well, by that source; none where most cannot be.

    ``own_rows``: how many rows of an event are its own source's.
    """
    rows = [_rows_at(snapshot, event) for event in events]
    if sum(len(found) > own_rows for found in rows) <= MOST * len(events):
        return Counter()
    several = [(event, found) for event, found in zip(events, rows, strict=True) if len(found) > own_rows]
    named = (_other(snapshot, own, event, found) for event, found in several)
    return Counter(name for name in named if name)


def _rows_at(snapshot: WalkSnapshot, event: PlannedEvent) -> Any:  # noqa: ANN401 -- an array, (events,) side rows
    """Return the places, among the side rows, of what the customer did at the time of an event."""
    bucket = snapshot.customer(event.customer)
    if bucket is None:
        return np.empty(0, np.int64)
    first, last = int(bucket.starts[0]), int(bucket.ends[0])
    moment = (event.occurred_at - EPOCH) // timedelta(microseconds=1)
    places = first + np.flatnonzero(bucket.occurred_at[first:last] == moment)
    side: Any = bucket.side
    return side.rows()[places]


def _other(snapshot: WalkSnapshot, own: str, event: PlannedEvent, rows: Any) -> str:  # noqa: ANN401 -- as above
    """Return the name of a source other than ``own`` that has an event, or nothing."""
    return next((name for name in _sources_with(snapshot, event, rows) if name != own), "")


def _sources_with(snapshot: WalkSnapshot, event: PlannedEvent, rows: Any) -> Iterator[str]:  # noqa: ANN401 -- as above
    for row in snapshot.sides.table(rows, ["source", "name"]).to_pylist():
        if row["name"] == event.touchpoint:
            yield row["source"]
