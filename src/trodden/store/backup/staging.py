"""A folder that is filled beside its place, and takes it whole or never."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Generator
from pathlib import Path

from trodden.model.errors import CallerError, LockedError
from trodden.store.faultpoints import declare, fault_point
from trodden.store.harden import flush, flush_all, make_folder

declare("staging.before_rename", "staging.after_rename")


@contextlib.contextmanager
def beside(place: Path) -> Generator[Path]:
    """Give a folder to fill; when the block ends well it is on disk in its place, else it is gone.

    What a killed process left there is removed first.

    Raises
    ------
    CallerError
        There is something in the place already, or nothing can be put there by one rename.
    LockedError
        Somebody else is filling a folder for the same place.
    """
    place = place.resolve()
    refuse_taken(place)
    staging = place.with_name(f".{place.name}.unfinished")
    make_folder(staging)
    with _held(staging):
        _empty(staging)
        try:
            yield staging
            _take(staging, place)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise


def refuse_taken(place: Path) -> None:
    """Raise `CallerError` unless a place is free, or an empty folder that can be replaced."""
    if not os.path.lexists(place):
        return
    if not place.is_dir() or any(place.iterdir()):
        raise CallerError(
            f"There is something at {place} already, and nothing is ever written over.",
            hint="Name a folder that is not there yet, or an empty one.",
        )
    if place.is_mount():
        raise CallerError(
            f"{place} is a mount, which cannot be replaced by one rename.", hint=f"Name {place / 'data'}."
        )


def _take(staging: Path, place: Path) -> None:
    flush_all(Path(folder) for folder, _names, _files in os.walk(staging, topdown=False))
    fault_point("staging.before_rename")
    refuse_taken(place)
    staging.rename(place)
    flush(place.parent)
    fault_point("staging.after_rename")


@contextlib.contextmanager
def _held(folder: Path) -> Generator[None]:
    """Hold a folder for this process; the kernel lets go when it dies."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise LockedError(f"Somebody else is filling {folder}.", hint="Wait until it is done.") from error
    finally:
        os.close(descriptor)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
