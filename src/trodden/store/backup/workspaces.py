"""A workspace copied while it is worked in, so that all its parts are of one moment.

Nobody is made to wait. What changes by the minute is read first, in an order in which no part tells of what
another lacks: the ledger of imports before the durable version, that before the events. Files of events never
change under one name. Where somebody was erased or an import taken back meanwhile, or a file is gone, all is
read again.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trodden.model.errors import DamagedFileError, StoreError
from trodden.store.backup.copying import BESIDE_SQLITE, copy_database, copy_file, is_database
from trodden.store.backup.manifest import BackedUpWorkspace
from trodden.store.delta import LOG, DataFile, live_files, load
from trodden.store.durable import NO_VERSION, DurableState, LogFile, check_log_file
from trodden.store.erased import ErasedIds
from trodden.store.faultpoints import declare, fault_point
from trodden.store.files import verify
from trodden.store.folder import Workspace
from trodden.store.imports import imports_in
from trodden.store.retention import removals_of

ROUNDS: Final = 20
"""How often a workspace that changes meanwhile is read."""

LEFT_OUT: Final = frozenset(
    {
        *("walks", "cache", "quarantine", "ballast", "lock", "maps.lock", "segments.lock"),
        "calendars.lock",
        *("uploads", "jobs"),  # files on their way in, and processes that read them
        "events",  # copied by its log
    }
)
"""What can be made again, or is copied in a way of its own. Anything else in a workspace is copied."""

declare("backup.before_state", "backup.after_state", "backup.after_events")


class _ChangedError(Exception):
    """Something was taken away meanwhile."""


@dataclass(frozen=True, slots=True)
class _State:
    """What must not change while a workspace is read: who was erased, what was taken back or was too old."""

    erased: tuple[object, ...]
    undone: tuple[object, ...]
    removed: tuple[object, ...]


def back_up_workspace(workspace: Workspace, root: Path) -> BackedUpWorkspace:
    """Copy a workspace into the folder ``root``.

    Raises
    ------
    DamagedFileError
        A file of it is damaged: no backup is made of what is not sound.
    StoreError
        It changed each time it was read.
    DiskFullError, DurabilityError
        As `copy_file`.
    """
    _fix_salt(workspace)
    for _round in range(ROUNDS):
        try:
            return _copied(workspace, root)
        except _ChangedError:
            _remove_all_but_events(root)
    raise StoreError(
        f"{workspace.root} changed {ROUNDS} times while it was read.",
        hint="Make the backup while nobody is erased and no import is taken back.",
    )


def _fix_salt(workspace: Workspace) -> None:
    """Make the salt of erasures before the first backup, so that later ledgers can be joined with its own."""
    with closing(ErasedIds(workspace.erased_db)) as erased:
        erased.salt()


def _copied(workspace: Workspace, root: Path) -> BackedUpWorkspace:
    state = _state_of(workspace)
    fault_point("backup.before_state")
    _copy_rest(workspace, root)
    fault_point("backup.after_state")
    try:
        live = _copy_events(workspace, root)
    except (FileNotFoundError, DamagedFileError) as error:
        if _log_of(workspace.loader_db) != _log_of(root / workspace.loader_db.name):
            raise _ChangedError from error
        raise _as_damage(error) from error
    fault_point("backup.after_events")
    if _state_of(workspace) != state:
        raise _ChangedError
    with closing(ErasedIds(root / workspace.erased_db.name)) as erased:
        people = len(erased)
    version, _files = _log_of(root / workspace.loader_db.name)
    return BackedUpWorkspace(workspace.name, version, sum(file.rows for file in live), people)


def _as_damage(error: FileNotFoundError | DamagedFileError) -> DamagedFileError:
    if isinstance(error, DamagedFileError):
        return error
    return DamagedFileError(f"{error.filename} is missing.", hint="Run `trodden doctor`.")


def _state_of(workspace: Workspace) -> _State:
    with closing(ErasedIds(workspace.erased_db)) as erased:
        people = (*sorted(erased.hashes()), *erased.pending())
    undone = ((one.id, one.undone_at) for one in imports_in(workspace.imports_db) if one.undo_begun_at)
    return _State(people, tuple(undone), tuple(removals_of(workspace)))


def _log_of(path: Path) -> tuple[int, dict[str, LogFile]]:
    """Return the durable version a ``loader.db`` tells, and the files of the log behind it."""
    with closing(DurableState(path)) as durable:
        return durable.version, durable.log_files


def _copy_rest(workspace: Workspace, root: Path) -> None:
    """Copy all but the events: the ledger of imports first, what is durable next."""
    listed = _rest(workspace.root)
    first = (workspace.imports_db, workspace.loader_db)
    for path in (*(one for one in first if one.exists()), *(one for one in listed if one not in first)):
        try:
            copy_any(path, root / path.relative_to(workspace.root))
        except FileNotFoundError as error:
            raise _ChangedError from error
    if not set(listed) <= set(_rest(workspace.root)):
        raise _ChangedError


def copy_any(path: Path, target: Path) -> None:
    """Copy a file, as a database where it is one."""
    (copy_database if is_database(path) else copy_file)(path, target)


def files_to_copy(folder: Path, left_out: frozenset[str]) -> list[Path]:
    """List the files below a folder, without what is being written beside another file or by SQLite."""
    every = (path for path in sorted(folder.rglob("*")) if path.relative_to(folder).parts[0] not in left_out)
    return [path for path in every if path.is_file() and not _is_passing(path.name)]


def _is_passing(name: str) -> bool:
    is_beside = name.startswith(".") and name.endswith(".new")
    return is_beside or name.endswith((*BESIDE_SQLITE, ".part"))


def _rest(root: Path) -> list[Path]:
    return files_to_copy(root, LEFT_OUT)


def _copy_events(workspace: Workspace, root: Path) -> list[DataFile]:
    """Copy the log of the version that was durable, and the files it names; each is what was written."""
    version, files = _log_of(root / workspace.loader_db.name)
    if version == NO_VERSION:
        _refuse_unknown(workspace)
        return []
    table = root / workspace.events.name
    for file in files.values():
        copy_file(workspace.events / LOG / file.name, table / LOG / file.name)
        check_log_file(table / LOG, file)
    live = live_files(load(table, version))
    for file in live:
        if not (table / file.path).exists():
            copy_file(workspace.events / file.path, table / file.path)
        verify(table / file.path)
    named = {table / file.path for file in live}
    for stray in set(table.glob("month=*/*")) - named:
        stray.unlink()
    return live


def _refuse_unknown(workspace: Workspace) -> None:
    """Refuse a table whose durable version was lost: nobody vouches for it yet."""
    if (workspace.events / LOG).exists():
        raise DamagedFileError(
            f"{workspace.loader_db} does not know of the events that are there.",
            hint="Run `trodden compact`, which looks them over and takes them as they are, then again.",
        )


def _remove_all_but_events(root: Path) -> None:
    """Begin anew; files of events stay, as equal names mean equal bytes."""
    for path in files_to_copy(root, frozenset()):
        if not path.parent.name.startswith("month="):
            path.unlink()
