"""Checks of what a workspace stands on: folders, disk, clock, lock."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Final

from trodden.model.errors import LockedError
from trodden.store.disk import reserve, size_text
from trodden.store.events import is_broken
from trodden.store.findings import Finding, fine, warning, wrong
from trodden.store.folder import FOLDERS, FORMAT, Workspace
from trodden.store.lock import holder_of
from trodden.store.sql.landlock import is_supported

_EARLIEST: Final = 1_735_689_600  # 2025-01-01: before this program was written
_AHEAD_SECONDS: Final = 3600
_FORGETFUL: Final = frozenset({"tmpfs", "ramfs", "overlay"})
_REMOTE: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"})


def layout(workspace: Workspace) -> Finding:
    """Check that every folder of the layout is there."""
    missing = [name for name in FOLDERS if not (workspace.root / name).is_dir()]
    if missing:
        names = " ".join(str(workspace.root / name) for name in missing)
        return wrong("layout", f"Folders are missing: {', '.join(missing)}.", f"mkdir -m 700 {names}")
    return fine("layout", f"{workspace.root} has layout {workspace.mark.format} of {FORMAT}.")


def permissions(workspace: Workspace) -> Finding:
    """Check that the owner, and nobody else, may read and write."""
    root = workspace.root
    if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
        return wrong("permissions", f"This user may not write {root}.", f"chown -R $(id -u) {root}")
    if root.stat().st_mode & 0o077:
        return warning("permissions", f"Others may look into {root}.", f"chmod 700 {root}")
    return fine("permissions", "Only the owner may look.")


def file_system(workspace: Workspace) -> Finding:
    """Check that the disk is one that keeps what is flushed."""
    kind = _kind_of(workspace.root.resolve())
    if kind in _FORGETFUL:
        fix = "Move the home folder to a disk; in a container, to a volume."
        return warning("file system", f"The workspace is on {kind}, which does not outlive a restart.", fix)
    if kind in _REMOTE:
        fix = "Move the home folder to a local disk: over a network, flushes may not be believed."
        return warning("file system", f"The workspace is on {kind}.", fix)
    return fine("file system", f"The workspace is on {kind or 'a disk of unknown kind'}.")


def disk(workspace: Workspace) -> Finding:
    """Check that there is more room than the reserve."""
    usage = shutil.disk_usage(workspace.root)
    least = reserve(usage.total)
    free, kept = size_text(usage.free), size_text(least)
    if usage.free <= least:
        said = f"{free} are free; {kept} stay in reserve: nothing more is accepted."
        return wrong("disk", said, "Free some room, or `trodden compact`.")
    said = f"{free} are free; {kept} stay in reserve."
    return warning("disk", said, "Free some room soon.") if usage.free <= 2 * least else fine("disk", said)


def clock(workspace: Workspace) -> Finding:
    """Check that the clock is not before this program was written, nor before what was last stored."""
    now = time.time()
    if now < _EARLIEST:
        return wrong("clock", f"The clock says {time.ctime(now)}.", "Set the clock, for instance by NTP.")
    newest = max((path.stat().st_mtime for path in workspace.root.iterdir()), default=0.0)
    if newest > now + _AHEAD_SECONDS:
        said = f"Files were written at {time.ctime(newest)}, after the clock's {time.ctime(now)}."
        return warning("clock", said, "Set the clock; times of arrival may be wrong meanwhile.")
    return fine("clock", "The clock goes forward.")


def lock(workspace: Workspace) -> Finding:
    """Check who is writing."""
    try:
        with workspace.lock():
            return fine("lock", "Nobody is writing.")
    except LockedError:
        who = holder_of(workspace.lock_file) or "another process"
        return fine("lock", f"{who} is writing; that is as it should be while something is imported.")


def flushes(workspace: Workspace) -> Finding:
    """Check that no flush has failed in this process."""
    if is_broken(workspace):
        return wrong("flushes", "A flush to disk has failed.", "Look at the disk (dmesg), then start again.")
    return fine("flushes", "No flush has failed in this process.")


def sql(workspace: Workspace) -> Finding:  # noqa: ARG001 - about the machine alone
    """Check that SQL people write runs where the kernel takes all other files away."""
    if is_supported():
        return fine("sql", "The kernel locks the process down that SQL runs in (Landlock).")
    fix = "Run Linux 5.13 or later with Landlock, or let nobody you do not trust write SQL."
    return warning("sql", "The kernel has no Landlock: only the database's own lock holds SQL back.", fix)


def _kind_of(path: Path) -> str:
    """Return the type of the file system a path is on, from the longest mount point above it."""
    try:
        lines = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return ""
    above = [(len(point), kind) for _, point, kind, *_ in lines if path.is_relative_to(point)]
    return max(above, default=(0, ""))[1]
