"""Copy files so that they are on disk, and databases while they are written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from trodden.store._sqlite import copy_db
from trodden.store.disk import require_room
from trodden.store.harden import flush, make_folder, no_room

SQLITE: Final = b"SQLite format 3\0"
BESIDE_SQLITE: Final = ("-wal", "-shm", "-journal")
"""Endings of files SQLite keeps beside a database."""


def copy_file(source: Path, target: Path) -> None:
    """Copy a file; it is on disk, and its owner's alone, when this returns.

    Raises
    ------
    FileNotFoundError
        The source is gone.
    DiskFullError
        There is no room.
    DurabilityError
        The flush failed.
    """
    with source.open("rb") as file:
        _require_room(target, os.fstat(file.fileno()).st_size)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as written:
            try:
                shutil.copyfileobj(file, written, 1 << 20)
                written.flush()
            except OSError as error:
                raise no_room(target, error) or error from error
    flush(target)


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database as it is at one moment, whoever writes it meanwhile; the copy is one whole file.

    Raises
    ------
    DamagedFileError
        The database is not in order.
    DiskFullError, DurabilityError
        As `copy_file`.
    """
    _require_room(target, source.stat().st_size)
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    copy_db(source, target)
    flush(target)


def is_database(path: Path) -> bool:
    """Say whether a file is a SQLite database."""
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def _require_room(target: Path, size: int) -> None:
    make_folder(target.parent)
    require_room(target.parent, size)
