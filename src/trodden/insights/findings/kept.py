"""The findings of a workspace, kept beside its walks until newer ones are, and how a search goes on.

They stand in the folder of what can be computed again: an erasure empties it.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.asking import Asker
from trodden.insights.findings.find import find_findings, state_of
from trodden.insights.findings.model import Findings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trodden.model.catalog import Catalog
    from trodden.model.walks import Snapshot
    from trodden.store.folder import Workspace

SILENT_S: Final = 120.0
"""A search that was not heard of for so long goes on no more."""


class Progress(msgspec.Struct, frozen=True):
    """How many questions of a search were answered."""

    done: int
    of: int


def kept(workspace: Workspace) -> Findings | None:
    """Return what was found last; None where nothing was, or it cannot be read any more."""
    try:
        return msgspec.json.decode(_file(workspace).read_bytes(), type=Findings)
    except (OSError, msgspec.MsgspecError):
        return None


def is_current(found: Findings | None, catalog: Catalog) -> bool:
    """Say whether findings rest on the walks, maps and segments as they stand now."""
    return found is not None and found.state == state_of(catalog)


def search(
    workspace: Workspace,
    snapshot: Snapshot,
    catalog: Catalog,
    told: Callable[[int, int], None] | None = None,
) -> Findings:
    """Look for findings and keep them; meanwhile everybody can see how far it has come.

    Answers on the way are not remembered: they would push out those that somebody asked for.
    """

    def tell(done: int, of: int) -> None:
        _write(_progress_file(workspace), msgspec.json.encode(Progress(done, of)))
        if told:
            told(done, of)

    asker = Asker(snapshot, catalog)
    try:
        found = find_findings(asker.ask, catalog, kept(workspace), tell)
    finally:
        _progress_file(workspace).unlink(missing_ok=True)
    _write(_file(workspace), msgspec.json.encode(found))
    _wish_file(workspace).unlink(missing_ok=True)
    return found


def progress(workspace: Workspace) -> Progress | None:
    """Return how far the search under way has come; None where none is."""
    path = _progress_file(workspace)
    try:
        if time.time() - path.stat().st_mtime > SILENT_S:
            return None
        return msgspec.json.decode(path.read_bytes(), type=Progress)
    except (OSError, msgspec.MsgspecError):
        return None


def wish(workspace: Workspace) -> None:
    """Ask the worker to look as soon as it can."""
    _write(_wish_file(workspace), b"")


def is_wished(workspace: Workspace) -> bool:
    """Say whether somebody asked for a search that has not ended yet."""
    return _wish_file(workspace).exists()


def _file(workspace: Workspace) -> Path:
    return workspace.cache / "findings.json"


def _progress_file(workspace: Workspace) -> Path:
    return workspace.cache / "findings.progress"


def _wish_file(workspace: Workspace) -> Path:
    return workspace.cache / "findings.wish"


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole; it is not flushed, as it can be computed again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_bytes(content)
    scratch.replace(path)
