"""Checks of what is made from events, of what people edit, and of what was left undone."""

from __future__ import annotations

import contextlib

from trodden.model.errors import DamagedFileError
from trodden.store.calendars import load_calendars
from trodden.store.catalog import load_maps, load_segments
from trodden.store.erased import ErasedIds
from trodden.store.events import EventStore
from trodden.store.findings import Finding, fine, warning, wrong
from trodden.store.folder import Workspace
from trodden.store.imports import imports_in, standing_of
from trodden.store.touchpoints_files import load_rules
from trodden.store.walks import WalkStore
from trodden.store.walks.files import Folder, Stored
from trodden.store.walks.manifest import read_current

_SHOWN = 3


def walks(workspace: Workspace) -> Finding:
    """Check that every file of the walks is as it was written."""
    folder = Folder(workspace.walks)
    named = read_current(folder)
    if named is None:
        return fine("walks", "None yet.")
    bad = [stored.file for stored in named.manifest.files if not _is_sound(folder, stored)]
    if bad:
        said = f"{len(bad)} files are missing or damaged: {', '.join(bad[:_SHOWN])}; no event is lost."
        return wrong("walks", said, "`trodden rebuild` makes them anew from the events.")
    WalkStore(workspace).open()
    return fine("walks", f"{len(named.manifest.files)} files, {named.manifest.events:,} steps: all sound.")


def walks_up_to_date(workspace: Workspace) -> Finding:
    """Check that the walks tell every durable event."""
    with contextlib.closing(EventStore(workspace)) as store:
        durable = store.durable_version
    named = read_current(Folder(workspace.walks))
    walked = named.manifest.durable_version if named else -1
    if walked < durable:
        said = f"Walks tell version {walked} of the events; {durable} is durable."
        return warning(
            "walks up to date", said, "The next import brings them up to date; so does `trodden rebuild`."
        )
    return fine("walks up to date", f"Walks tell version {walked}.")


def rules(workspace: Workspace) -> Finding:
    """Check that the touchpoint rules can be used."""
    found = load_rules(workspace.touchpoints_file)
    return fine("touchpoint rules", f"{len(found.rules)} rules.")


def maps(workspace: Workspace) -> Finding:
    """Check that every map, every saved segment and every calendar can be read."""
    faults: list[str] = []
    maps_read, segments = load_maps(workspace.maps, faults), load_segments(workspace.segments, faults)
    calendars = load_calendars(workspace, faults)
    if faults:
        return wrong(
            "maps", f"{len(faults)} cannot be used: {' '.join(faults[:_SHOWN])}", "Mend the line named."
        )
    read = len(maps_read) + len(segments) + len(calendars)
    return fine("maps", f"{read} maps, segments and calendars.")


def imports(workspace: Workspace) -> Finding:
    """Check that every import came to its end and has all its rows, or another of the same file has."""
    if not workspace.imports_db.exists():
        return fine("imports", "None yet.")
    every = imports_in(workspace.imports_db)
    standings = [(one, standing_of(one, every)) for one in every]
    halfway = [one.id for one, standing in standings if standing == "undo interrupted"]
    if halfway:
        said = f"The undoing of import {halfway[0]} was interrupted."
        return warning("imports", said, f"`trodden imports undo {halfway[0]}` finishes it.")
    amiss = sorted({one.source for one, standing in standings if standing in ("interrupted", "lost rows")})
    if amiss:
        shown = ", ".join(amiss[:_SHOWN])
        said = f"{len(amiss)} were interrupted, or lost rows when another was undone: {shown}."
        return warning("imports", said, "Import the file again: what it stored is not stored twice.")
    return fine("imports", f"{len(every)} imports, all finished or undone.")


def erasures(workspace: Workspace) -> Finding:
    """Check that no erasure was interrupted."""
    with contextlib.closing(ErasedIds(workspace.erased_db)) as erased:
        pending, done = len(erased.pending()), len(erased)
    if pending:
        return wrong(
            "erasures", f"{pending} erasures were interrupted.", "Run `trodden erase` for them again."
        )
    return fine("erasures", f"{done} identifiers were erased and are refused.")


def quarantine(workspace: Workspace) -> Finding:
    """Check that nothing had to be set aside."""
    found = [path.name for path in workspace.quarantine.iterdir()]
    if found:
        said = f"{len(found)} files were set aside by a recovery: {', '.join(found[:_SHOWN])}."
        return warning("quarantine", said, f"They hold nothing acknowledged; `rm {workspace.quarantine}/*`.")
    return fine("quarantine", "Nothing was set aside.")


def _is_sound(folder: Folder, stored: Stored) -> bool:
    try:
        folder.read(stored)
    except (DamagedFileError, FileNotFoundError):
        return False
    return True
