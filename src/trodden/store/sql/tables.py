"""What a person's SQL finds: four tables of one pinned snapshot, made only where the statement names them."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from trodden.methods.journeys.periods import find_zone
from trodden.store._arrow import Table, pa
from trodden.store._dataset import ds
from trodden.store.schema import EVENT_SCHEMA
from trodden.store.walks import WalkStore
from trodden.store.walks.files import Folder
from trodden.store.walks.manifest import read_current
from trodden.store.walks.tables import events_schema, iter_event_tables

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
            database.register("events", self._events())
            for name, query in VIEWS.items():
                database.execute(f"CREATE VIEW {name} AS {query}")

    def _events(self) -> Table:
        """Return the live walk rows; a property is called by its own name where nothing else is."""
        schema = events_schema(self.snapshot.dictionaries)
        table = pa.Table.from_batches(iter_event_tables(self.snapshot), schema=schema)
        bare = {name: name.removeprefix("property_") for name in schema.names}
        return table.rename_columns([name if bare[name] in bare else bare[name] for name in schema.names])


def load_zones(workspace: Workspace) -> None:
    """Load the zones of the workspace and of its walks, which times without one are read in.

    The tz database lies outside the workspace; a zone once loaded is kept by its name.
    """
    find_zone(workspace.mark.time_zone)
    with suppress(FileNotFoundError):
        named = read_current(Folder(workspace.walks))
        if named is not None:
            find_zone(named.manifest.time_zone)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
