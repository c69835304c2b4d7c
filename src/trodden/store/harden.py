"""Put bytes on disk so that a power cut cannot take them back.

A file is safe when it and the folder that names it have been flushed. A flush that fails is final:
the kernel may have dropped the bytes and will not say so twice, so the process must stop.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import google_crc32c

from trodden.model.errors import DiskFullError, DurabilityError

_crc: Final[Any] = google_crc32c
_FILE_MODE = 0o600
_FOLDER_MODE = 0o700


def crc32c(data: bytes) -> int:
    """Return the CRC-32C of some bytes."""
    return int(_crc.value(data))


def flush(path: Path) -> None:
    """Flush one file or folder to disk.

    Raises
    ------
    DurabilityError
        If the flush fails; never try again in this process.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise _failure(path, error) from error
    finally:
        os.close(descriptor)


def flush_all(paths: Iterable[Path]) -> None:
    """Flush files or folders, each once, in the order given."""
    for path in dict.fromkeys(paths):
        flush(path)


def make_folder(path: Path) -> None:
    """Make a folder and its parents, and flush every folder that changed."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        flush(one)
        flush(one.parent)


def write_file(path: Path, data: bytes) -> None:
    """Write a file anew: beside it, flushed, renamed over it, folder flushed.

    A reader sees the old bytes or the new ones, and one that has the old file mapped keeps it.

    Raises
    ------
    DiskFullError
        If there is no room; the old file stays.
    DurabilityError
        If a flush fails.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    beside.unlink(missing_ok=True)
    try:
        write_new(beside, data)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise no_room(path, error) or error from error
    beside.replace(path)
    flush(path.parent)


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet and flush it; its folder is left to the caller.

    Raises
    ------
    DurabilityError
        If the flush fails.
    OSError
        If the file is there already or cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    try:
        _write_all(descriptor, data)
        _fsync(descriptor, path)
    finally:
        os.close(descriptor)


def no_room(path: Path, error: OSError) -> DiskFullError | None:
    """Return the error to raise where the disk refused for want of room; None for any other refusal."""
    if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return None
    return DiskFullError(
        f"{path.parent} has no room: {os.strerror(error.errno)}. Nothing of this was stored.",
        hint="Free some room, then run this again: what is stored already is not stored twice.",
    )


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _fsync(descriptor: int, path: Path) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise _failure(path, error) from error


def _failure(path: Path, error: OSError) -> DurabilityError:
    return DurabilityError(
        f"{path} could not be flushed to disk: {error.strerror}.",
        hint="Stop, look at the disk, and start again: what was acknowledged is safe, the rest is not.",
    )
