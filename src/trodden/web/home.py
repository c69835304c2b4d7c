"""The walks the pages rest on: opened once, brought up to date when the worker has written more."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from django.conf import settings

from trodden.model.errors import NotAWorkspaceError
from trodden.settings import load_settings
from trodden.web.shield import Shielded, sees_customers

if TYPE_CHECKING:
    from trodden.api import StoredWalks
    from trodden.settings import Settings


@dataclass(slots=True)
class _Opened:
    """The walks of one home folder and the state of the files they were read from."""

    walks: StoredWalks | None = None
    seen: tuple[tuple[str, int, int], ...] = ()


_lock = Lock()


def chosen() -> Settings:
    """Return the settings of the home folder the pages serve."""
    return load_settings(settings.TRODDEN_HOME)


def walks() -> StoredWalks | None:
    """Return the walks as they stand now, or None where nothing has been imported yet.

    To who may not know who customers are, their answers name nobody.

    Raises
    ------
    TroddenError
        The folder is there but cannot be read.
    """
    found = _opened(str(settings.TRODDEN_HOME))
    with _lock:
        seen = _seen(chosen())
        if found.walks is None:
            found.walks = _open()
        elif seen != found.seen:
            found.walks.refresh()
        found.seen = seen
    return found.walks if found.walks is None or sees_customers.get() else Shielded(found.walks)


def walked() -> StoredWalks | None:
    """Return the walks, or None where nothing has come in yet: no folder, or one without any event."""
    found = walks()
    return found if found is not None and found.snapshot.buckets() else None


@cache
def _opened(home: str) -> _Opened:  # noqa: ARG001 - the key under which it is remembered
    return _Opened()


def _open() -> StoredWalks | None:
    import trodden.api

    here = chosen()
    try:
        return trodden.api.open(here.home, here.workspace)
    except NotAWorkspaceError:
        if (Path(here.home) / "workspaces" / here.workspace).exists():
            raise
        return None


def _seen(here: Settings) -> tuple[tuple[str, int, int], ...]:
    """Return name, time and size of the files that say what there is: the manifest's name, maps, segments."""
    root = Path(here.home) / "workspaces" / here.workspace
    files = [root / "walks" / "CURRENT", *(root / "maps").glob("*"), *(root / "segments").glob("*")]
    return tuple(_state(path) for path in sorted(files))


def _state(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return (str(path), 0, 0)
    return (str(path), found.st_mtime_ns, found.st_size)
