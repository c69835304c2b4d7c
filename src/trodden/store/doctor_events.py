"""Checks of the events table and the databases beside it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from trodden.model.errors import DamagedFileError
from trodden.store import delta
from trodden.store._sqlite import check_integrity
from trodden.store.compact import MANY_FILES, SMALL_ROWS
from trodden.store.disk import size_text
from trodden.store.durable import NO_VERSION, DurableState
from trodden.store.events import EventStore
from trodden.store.files import verify
from trodden.store.findings import Finding, fine, warning, wrong
from trodden.store.folder import Workspace
from trodden.store.recover import check_log, is_settled

_RESTORE = "Restore the workspace from a backup, then import again what came since: nothing is doubled."


def databases(workspace: Workspace) -> Finding:
    """Check that every page of our databases is in order."""
    known = (workspace.loader_db, workspace.imports_db, workspace.erased_db, workspace.spool_db)
    there = [path for path in known if path.exists()]
    for path in there:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            check_integrity(connection, path)
    return fine("databases", f"{', '.join(path.name for path in there) or 'None yet'}: in order.")


def recovery(workspace: Workspace) -> Finding:
    """Check that no writer has left anything unfinished."""
    durable = DurableState(workspace.loader_db)
    with contextlib.closing(durable):
        if is_settled(workspace, durable):
            return fine("recovery", "Nothing is left unfinished.")
    said = "A writer is at work, or ended before it was done; what was acknowledged is safe."
    return warning("recovery", said, "Nothing to do: the next reader or writer settles it.")


def table_log(workspace: Workspace) -> Finding:
    """Check that every log entry of the durable version is there, byte for byte."""
    durable = DurableState(workspace.loader_db)
    with contextlib.closing(durable):
        version = durable.version
        if version == NO_VERSION and (workspace.events / delta.LOG).exists():
            said = "There is a table, but loader.db does not know of it."
            return warning("table log", said, "Nothing to do: the next reader or writer adopts it.")
        check_log(workspace, durable)
    return fine("table log", f"Durable up to version {version}.")


def table(workspace: Workspace) -> Finding:
    """Check that the table opens at its durable version, with our columns."""
    opened = _opened(workspace)
    if opened is None:
        return fine("table", "No events yet.")
    columns = {field.name for field in opened.schema().fields}
    missing = sorted(set(delta.TABLE_SCHEMA.names) - columns)
    if missing:
        return wrong("table", f"The table lacks the columns {', '.join(missing)}.", _RESTORE)
    return fine("table", f"Opens at version {opened.version()}.")


def event_files(workspace: Workspace) -> Finding:
    """Check that every file of events has the bytes that were written."""
    opened = _opened(workspace)
    if opened is None:
        return fine("event files", "No events yet.")
    live = delta.live_files(opened)
    bad = [file.path for file in live if not _is_sound(workspace.events / file.path, file.bytes)]
    if bad:
        lost = sum(file.rows for file in live if file.path in bad)
        said = f"{len(bad)} of {len(live)} files are missing or damaged ({lost:,} events): {', '.join(bad)}."
        return wrong("event files", said, _RESTORE)
    events = f"{sum(file.rows for file in live):,}"
    return fine("event files", f"{len(live)} files, {events} events: all sound.")


def stray_files(workspace: Workspace) -> Finding:
    """Check that no file lies in the table that no version holds."""
    opened = _opened(workspace)
    live = {file.path for file in delta.live_files(opened)} if opened is not None else set[str]()
    found = [path for path in workspace.events.glob("month=*/*") if _below(workspace, path) not in live]
    if found:
        size = sum(path.stat().st_size for path in found)
        many = f"{len(found)} files ({size_text(size)})"
        said = f"{many} were replaced, or belong to an import that was interrupted."
        return warning("stray files", said, "`trodden compact` removes them after an hour.")
    return fine("stray files", "There are none.")


def compaction(workspace: Workspace) -> Finding:
    """Check that no month is in many small files."""
    opened = _opened(workspace)
    live = delta.live_files(opened) if opened is not None else []
    small = [file.month for file in live if file.rows < SMALL_ROWS]
    many = sorted({month for month in small if small.count(month) >= 4 * MANY_FILES})
    if many:
        said = f"{len(many)} months are in many small files, which makes reading slow."
        return warning("compaction", said, "`trodden compact`")
    return fine("compaction", f"{len(live)} files in {len({file.month for file in live})} months.")


def _opened(workspace: Workspace) -> delta.DeltaTable | None:
    with contextlib.closing(EventStore(workspace)) as store:
        version = store.durable_version
    return delta.load(workspace.events, version) if version != NO_VERSION else None


def _is_sound(path: Path, size: int) -> bool:
    try:
        verify(path)
    except DamagedFileError:
        return False
    return path.stat().st_size == size


def _below(workspace: Workspace, path: Path) -> str:
    return str(path.relative_to(workspace.events))
