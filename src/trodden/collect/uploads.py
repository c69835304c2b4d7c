"""Files somebody brought by a page: each in a folder named by us, until it is imported, or for a day.

What its bringer calls a file is noted beside it and never becomes part of a path.
"""

from __future__ import annotations

import shutil
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from trodden.model.errors import UnknownNameError
from trodden.store.folder import Workspace
from trodden.store.harden import make_folder, write_file

LASTS: Final = timedelta(days=1)
"""After so long what nobody imported is removed, and so is what is left of work that ended."""
LONGEST_NAME: Final = 200

CONTENT: Final = "content"
"""What the bytes of every upload are called on disk."""
_ABOUT: Final = "about.json"


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was brought: what it is called, by whom it came and when; ``size`` in bytes."""

    key: str
    name: str
    by: str
    at: datetime
    size: int


def keep_upload(workspace: Workspace, arrived: Path, name: str, by: str) -> Upload:
    """Take a file in that has arrived on the same disk; it stays where it is, too, until that is removed."""
    key = str(uuid.uuid4())
    folder = _folder(workspace, key)
    make_folder(folder)
    (folder / CONTENT).hardlink_to(arrived)
    size = arrived.stat().st_size
    upload = Upload(key=key, name=clean_name(name), by=by, at=datetime.now(UTC), size=size)
    write_file(folder / _ABOUT, msgspec.json.encode(upload))
    return upload


def clean_name(name: str) -> str:
    """Return what a file is called: its last part, of printable letters, not too long, never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = " ".join("".join(letter if letter.isprintable() else " " for letter in last).split())
    return kept[-LONGEST_NAME:] or "file"


def find_upload(workspace: Workspace, key: str) -> Upload:
    """Return an upload that is still there.

    Raises
    ------
    UnknownNameError
        It was imported or removed, or there never was one.
    """
    try:
        return msgspec.json.decode((_folder(workspace, key) / _ABOUT).read_bytes(), type=Upload)
    except FileNotFoundError as error:
        raise UnknownNameError(
            "This file is no longer here: it was imported, or removed after a day.", hint="Bring it again."
        ) from error


def content_of(workspace: Workspace, upload: Upload) -> Path:
    """Return where the bytes of an upload are."""
    return _folder(workspace, upload.key) / CONTENT


def drop_upload(workspace: Workspace, key: str) -> None:
    """Remove an upload, if it is still there."""
    shutil.rmtree(_folder(workspace, key), ignore_errors=True)


def drop_old(workspace: Workspace, now: float | None = None) -> int:
    """Remove uploads and what is left of work, nothing of which was touched for a day; return how many.

    What was arriving when the pages were killed goes as well.
    """
    oldest = (time.time() if now is None else now) - LASTS.total_seconds()
    every = [*workspace.uploads.glob("*"), *workspace.jobs.glob("*"), *incoming_of(workspace.home).glob("*")]
    old = [path for path in every if _touched(path) < oldest]
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)


def incoming_of(home: Path) -> Path:
    """Return the folder of a home in which files arrive; it is on the disk of the workspaces."""
    return home / "incoming"


def _touched(folder: Path) -> float:
    """Return when a folder or a file in it was last written; work under way writes all the time."""
    times: list[float] = []
    for path in (folder, *folder.glob("*")):
        try:
            times.append(path.stat().st_mtime)
        except FileNotFoundError:
            continue
    return max(times, default=0.0)


def _folder(workspace: Workspace, key: str) -> Path:
    """Return the folder of an upload; only what we named ourselves is one."""
    return workspace.uploads / str(uuid.UUID(key))
