"""What a person's SQL finds: four tables of one pinned snapshot, made only where the statement names them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from trodden.store._arrow import ds, pa
from trodden.store.schema import EVENT_SCHEMA
from trodden.store.walks import WalkStore
from trodden.store.walks.event_tables import event_schema, iter_event_tables

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.store.folder import Workspace
    from trodden.store.sql import SqlJob
    from trodden.store.walks.snapshot import WalkSnapshot

VIEWS: Final = {
    "customers": """
        SELECT customer, min(occurred_at) AS first_at, max(occurred_at) AS last_at, count(*) AS events
        FROM events GROUP BY customer""",
    "touchpoints": """
        SELECT touchpoint, count(*) AS events, count(DISTINCT customer) AS customers,
            min(occurred_at) AS first_at, max(occurred_at) AS last_at
        FROM events GROUP BY touchpoint""",
}


@dataclass(frozen=True, slots=True)
class Tables:
    """The snapshot and the events below it, opened before the statement is run."""

    workspace: Workspace
    snapshot: WalkSnapshot

    @classmethod
    def open(cls, workspace: Workspace) -> Tables:
        """Open the newest snapshot."""
        return cls(workspace, WalkStore(workspace).open())

    @property
    def mapped_bytes(self) -> int:
        """Return how much address space the files of the workspace may take when mapped."""
        return sum(
            _size(path)
            for folder in ("walks", "events")
            for path in (self.workspace.root / folder).rglob("*")
        )

    def register(self, database: Any, job: SqlJob) -> None:  # noqa: ANN401 - duckdb is untyped
        """Give the database the tables whose names stand anywhere in the statement."""
        named = {word.lower() for word in re.findall(r"\w+", job.statement)}
        if "raw_events" in named:
            database.register("raw_events", ds.dataset(list(job.files), schema=EVENT_SCHEMA))
        if named & {"events", *VIEWS}:
            batches = pa.concat_tables(iter_event_tables(self.snapshot)) if self.snapshot.buckets() else None
            empty = event_schema(self.snapshot.dictionaries).empty_table()
            database.register("events", empty if batches is None else batches)
            for name, query in VIEWS.items():
                database.execute(f"CREATE VIEW {name} AS {query}")


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
