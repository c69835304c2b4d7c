"""Walks: every customer's events in time order, ready for kernels; derived from events, rebuilt at will."""

from trodden.store.walks.memory import build_snapshot
from trodden.store.walks.snapshot import WalkSnapshot
from trodden.store.walks.store import Refreshed, WalkStore
from trodden.store.walks.tables import events_schema, iter_event_tables
from trodden.store.walks.timeline import TimelineRow, rows_at, timeline_rows

__all__ = [
    "Refreshed",
    "TimelineRow",
    "WalkSnapshot",
    "WalkStore",
    "build_snapshot",
    "events_schema",
    "iter_event_tables",
    "rows_at",
    "timeline_rows",
]
