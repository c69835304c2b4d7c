"""Bring the events table back to what is certain, after any way a writer may have ended.

Everything up to the durable version was flushed and must be there, byte for byte. What lies beyond
is either whole, and then written anew and kept, or not, and then set aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from trodden.model.errors import DamagedFileError
from trodden.store._arrow import pc
from trodden.store.delta import LOG, added_files, entry_path, live_files, load, read_entry
from trodden.store.durable import NO_VERSION, DurableState, LogFile, check_log_file
from trodden.store.faultpoints import declare, fault_point
from trodden.store.files import dataset, verify
from trodden.store.folder import Workspace
from trodden.store.harden import flush, flush_all, write_file

HINT_FILE: Final = "_last_checkpoint"
_ENTRY: Final = re.compile(r"(\d{20})\.json")

declare(
    "recover.before_adopt", "recover.after_adopt", "recover.before_quarantine", "recover.after_quarantine"
)


def is_settled(workspace: Workspace, durable: DurableState) -> bool:
    """Say whether the log folder holds exactly the files that are known to be on disk."""
    return _names(workspace.events / LOG) == set(durable.log_files)


def check_log(workspace: Workspace, durable: DurableState) -> None:
    """Compare every log file of the durable version with what was flushed.

    Raises
    ------
    DamagedFileError
        Naming the first file that is missing or changed.
    """
    for file in durable.log_files.values():
        check_log_file(workspace.events / LOG, file)


def recover(workspace: Workspace, durable: DurableState) -> int:
    """Settle what an unclean end left; return the durable version. The caller holds the lock.

    Log entries beyond the durable version are adopted in order while they are whole: each parses,
    and every file it adds has its size and checksum. They are written anew before they count, since
    what a failed flush left in memory looks whole. From the first broken one on, entries go
    to ``quarantine/``. Other files nobody vouches for (checkpoints, temporaries) can be made again
    and are removed. Where ``loader.db`` was lost, a table that can be read and whose files all have
    their checksums is taken as it is. Doing it twice changes nothing.

    Raises
    ------
    DamagedFileError
        If a file of the durable version is missing or changed, or ``loader.db`` was lost and the
        table is not whole either.
    DurabilityError
        If a flush fails.
    """
    durable.settle()
    log = workspace.events / LOG
    if durable.version == NO_VERSION and _has_history(log):
        _adopt_table(workspace, durable)
    _drop_stale_hint(log, durable)
    check_log(workspace, durable)
    for name in sorted(_names(log) - set(durable.log_files)):
        if _version(name) <= durable.version:
            (log / name).unlink()
    _adopt_or_set_aside(workspace, durable)
    return durable.version


def _has_history(log: Path) -> bool:
    """Say whether a table of unknown durable version holds more than the making of it."""
    return any(_version(name) > 0 or name.endswith(".checkpoint.parquet") for name in _names(log))


def _adopt_table(workspace: Workspace, durable: DurableState) -> None:
    """Take the table as its log tells it, and note again what ``loader.db`` had noted."""
    log = workspace.events / LOG
    table = load(workspace.events)
    paths = [workspace.events / file.path for file in live_files(table)]
    for path in paths:
        verify(path)
    scanned = dataset(paths).to_batches(columns=["source"])
    durable.new_sources({source for batch in scanned for source in pc.unique(batch.column(0)).to_pylist()})
    names = [log / name for name in sorted(_names(log)) if _version(name) >= 0 or "checkpoint" in name]
    flush_all([*paths, *(path.parent for path in paths), *names, log, workspace.events])
    durable.advance(table.version(), map(LogFile.of, names))


def _adopt_or_set_aside(workspace: Workspace, durable: DurableState) -> None:
    log = workspace.events / LOG
    for name in sorted(_names(log) - set(durable.log_files)):
        version = _version(name)
        if version == durable.version + 1 and _is_whole(workspace.events, version):
            _adopt(workspace.events, version, durable)
        else:
            _set_aside(log / name, workspace.quarantine)


def _is_whole(table: Path, version: int) -> bool:
    try:
        for file in added_files(read_entry(entry_path(table, version))):
            verify(table / file.path)
    except (DamagedFileError, KeyError, TypeError, ValueError):
        return False
    return True


def _adopt(table: Path, version: int, durable: DurableState) -> None:
    fault_point("recover.before_adopt")
    entry = entry_path(table, version)
    for file in added_files(read_entry(entry)):
        path = table / file.path
        write_file(path, path.read_bytes())
    write_file(entry, entry.read_bytes())
    flush_all([table, entry.parent])
    durable.advance(version, [LogFile.of(entry)])
    fault_point("recover.after_adopt")


def _set_aside(path: Path, quarantine: Path) -> None:
    fault_point("recover.before_quarantine")
    path.rename(quarantine / _free_name(quarantine, path.name))
    flush_all([path.parent, quarantine])
    fault_point("recover.after_quarantine")


def _drop_stale_hint(log: Path, durable: DurableState) -> None:
    known = durable.log_files.get(HINT_FILE)
    hint = log / HINT_FILE
    if known is None or (hint.exists() and LogFile.of(hint) == known):
        return
    hint.unlink(missing_ok=True)
    flush(log)
    durable.advance(durable.version, [], [HINT_FILE])


def _names(log: Path) -> set[str]:
    try:
        return {path.name for path in log.iterdir()}
    except FileNotFoundError:
        return set()


def _version(name: str) -> int:
    found = _ENTRY.fullmatch(name)
    return int(found[1]) if found else -1


def _free_name(folder: Path, name: str) -> str:
    return next(one for one in _numbered(name) if not (folder / one).exists())


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}.{number}"
        number += 1
