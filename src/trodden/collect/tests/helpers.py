"""Small files, and short ways to import them."""

# ruff: noqa: ANN401 -- fields of a mapping and columns of a table are of many types

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from trodden.collect.importers import FileReport, ImportOptions, Mapping, import_files
from trodden.collect.importers.engine import Job, Run
from trodden.collect.importers.plan import prepare
from trodden.collect.importers.rejects import Rejects
from trodden.store.events import EventStore
from trodden.store.folder import Workspace

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def write(folder: Path, text: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def options(**fields: Any) -> ImportOptions:
    return ImportOptions(mapping=Mapping(**fields), received_at=NOW)


def read(path: Path, /, **fields: Any) -> tuple[list[dict[str, Any]], FileReport]:
    """Return the events of a file, and what became of its rows, without a workspace."""
    prepared = prepare(path, options(**fields))
    opening = prepared.opening
    run = Run(
        Job(str(path), opening.size, prepared.recipe, opening.reader, prepared.notes),
        Rejects(prepared.recipe.source, None, 0),
        threads=2,
    )
    events = [event for table in run.tables() for event in table.to_pylist()]
    return events, run.report()


def read_text(
    folder: Path, text: str | bytes, name: str = "log.csv", /, **fields: Any
) -> tuple[list[dict[str, Any]], FileReport]:
    return read(write(folder, text, name), **fields)


def walk(events: Iterable[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Return who, what and when of events."""
    return [
        (event["ids"][0]["value"], event["name"], event["occurred_at"].strftime("%Y-%m-%d %H:%M:%S"))
        for event in events
    ]


def properties(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(event["properties"]) for event in events]


def reasons(report: FileReport) -> dict[int, str]:
    return {reject.row: reject.reason for reject in report.examples}


def store(workspace: Workspace, path: Path, **fields: Any) -> FileReport:
    return import_files(workspace, [path], options(**fields)).files[0]


def stored(workspace: Workspace) -> list[dict[str, Any]]:
    """Return every event of a workspace, in the order of source and row."""
    events = EventStore(workspace)
    try:
        files = events.added_since(-1)
    finally:
        events.close()
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    return sorted(rows, key=lambda row: (row["source"], row["seq"]))


def parquet(folder: Path, name: str = "log.parquet", **columns: Any) -> Path:
    pq.write_table(pa.table(columns), folder / name)
    return folder / name
