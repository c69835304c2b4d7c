"""How a search for findings goes on, and the wish for one: small files that all processes share.

Nothing heavy is imported here: the worker looks at them every second.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.store.folder import Workspace

SILENT_S: Final = 120.0
"""A search that was not heard of for so long goes on no more."""


class Progress(msgspec.Struct, frozen=True):
    """How many questions of a search were answered."""

    done: int
    of: int


class Failure(msgspec.Struct, frozen=True):
    """How many searches have failed in a row, and when the next is begun by itself, seconds since 1970."""

    times: int
    next_at: float


def progress(workspace: Workspace) -> Progress | None:
    """Return how far the search under way has come; None where none is."""
    path = _progress_file(workspace)
    try:
        if time.time() - path.stat().st_mtime > SILENT_S:
            return None
        return msgspec.json.decode(path.read_bytes(), type=Progress)
    except (OSError, msgspec.MsgspecError):
        return None


def tell_progress(workspace: Workspace, done: int, of: int) -> None:
    """Say how far a search has come."""
    put_in_place(_progress_file(workspace), msgspec.json.encode(Progress(done, of)))


def end_search(workspace: Workspace) -> None:
    """Say that a search has ended."""
    _progress_file(workspace).unlink(missing_ok=True)


def wish(workspace: Workspace) -> None:
    """Ask the worker to look as soon as it can."""
    put_in_place(_wish_file(workspace), b"")


def is_wished(workspace: Workspace) -> bool:
    """Say whether somebody asked for a search that has not begun yet."""
    return _wish_file(workspace).exists()


def take_wish(workspace: Workspace, before: float | None = None) -> bool:
    """Begin a search that was wished for; say whether one was, ``before`` a time where one is given."""
    path = _wish_file(workspace)
    try:
        if before is not None and path.stat().st_mtime > before:
            return False
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def failure(workspace: Workspace) -> Failure | None:
    """Return how the last search failed; None where it did not."""
    try:
        return msgspec.json.decode(_failure_file(workspace).read_bytes(), type=Failure)
    except (OSError, msgspec.MsgspecError):
        return None


def note_failure(workspace: Workspace, failed: Failure | None) -> None:
    """Note how a search ended, so that pages can say it; None where all went well."""
    if failed is None:
        _failure_file(workspace).unlink(missing_ok=True)
    else:
        put_in_place(_failure_file(workspace), msgspec.json.encode(failed))


def put_in_place(path: Path, content: bytes) -> None:
    """Put a file in place whole; it is not flushed, as it can be made again."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_bytes(content)
    scratch.replace(path)


def _progress_file(workspace: Workspace) -> Path:
    return workspace.cache / "findings.progress"


def _failure_file(workspace: Workspace) -> Path:
    return workspace.cache / "findings.failed"


def _wish_file(workspace: Workspace) -> Path:
    return workspace.cache / "findings.wish"
