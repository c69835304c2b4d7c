"""Refuse work before the disk is full, and keep something to give up when it is (durability, I6)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from trodden.model.errors import DiskFullError
from trodden.model.words import with_marks
from trodden.store.harden import flush

RESERVE_SHARE: Final = 0.1
RESERVE_BYTES: Final = 4 << 30
BALLAST_BYTES: Final = 64 << 20
"""Size of the file that is given up so that recovery and erasure have room."""

_UNITS: Final = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def reserve(total: int) -> int:
    """Return how many bytes of a disk stay free: a tenth of it, at most 4 GiB."""
    return min(int(total * RESERVE_SHARE), RESERVE_BYTES)


def size_text(size: int) -> str:
    """Return a number of bytes as people read it.

    Examples
    --------
    >>> size_text(812), size_text(64 << 20), size_text(4 << 30)
    ('812 bytes', '67.1 MB', '4.3 GB')
    """
    for scale, unit in _UNITS:
        if size >= scale:
            return with_marks(f"{size / scale:.1f} {unit}")
    return f"{size} bytes"


def require_room(folder: Path, need: int) -> None:
    """Refuse to write when that would eat into the reserve.

    Parameters
    ----------
    folder
        A folder on the disk in question.
    need
        Bytes about to be written.

    Raises
    ------
    DiskFullError
        If less than the reserve would stay free. Nothing has been written.
    """
    usage = shutil.disk_usage(folder)
    spare = usage.free - reserve(usage.total)
    if need > spare:
        raise DiskFullError(
            f"{folder} has {size_text(usage.free)} free; {size_text(need)} are needed and "
            f"{size_text(reserve(usage.total))} stay in reserve. Nothing was stored.",
            hint="Free some room, then run this again: what is stored already is not stored twice.",
        )


def ballast_path(root: Path) -> Path:
    """Return the ballast file of a workspace."""
    return root / "ballast"


def keep_ballast(root: Path) -> None:
    """Set the ballast aside, if it is not there and the disk has room for it."""
    path = ballast_path(root)
    usage = shutil.disk_usage(root)
    if path.exists() or usage.free - reserve(usage.total) < BALLAST_BYTES:
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, BALLAST_BYTES)
    finally:
        os.close(descriptor)
    flush(root)


def give_up_ballast(root: Path) -> bool:
    """Free the ballast for work that must not fail for want of room; say whether there was any."""
    path = ballast_path(root)
    if not path.exists():
        return False
    path.unlink()
    return True
