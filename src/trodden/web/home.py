"""The walks the pages rest on: opened once each, brought up to date when the worker has written more."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _
from msgspec.structs import replace

from trodden.model.errors import NotAWorkspaceError
from trodden.settings import load_settings
from trodden.store.folder import Workspace
from trodden.web.limits import seen_segment
from trodden.web.shield import Shielded, sees_customers
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from trodden.api import StoredWalks
    from trodden.model.catalog import Catalog
    from trodden.settings import Settings


Found = TypeVar("Found")


@dataclass(slots=True)
class _Opened:
    """The walks of one workspace and the state of the files they were read from."""

    walks: StoredWalks | None = None
    state: tuple[tuple[str, int, int], ...] = ()
    lock: Lock = field(default_factory=Lock)
    limited: dict[str, tuple[Catalog, StoredWalks]] = field(default_factory=dict[str, Any])
    """By segment, with the catalog of the walks they were made of."""

    def seen(self) -> StoredWalks | None:
        """Return the walks of the customers whom who asks may see."""
        segment = seen_segment.get()
        if not segment or self.walks is None:
            return self.walks
        catalog, found = self.limited.get(segment, (None, None))
        if found is None or catalog is not self.walks.catalog:
            found = self.walks.limited_to(f"@{segment}")
            self.limited[segment] = (self.walks.catalog, found)
        return found


_lock = Lock()
_open_ones: OrderedDict[tuple[str, str], _Opened] = OrderedDict()
"""By home folder and workspace; the one that was asked for last stands last."""


def chosen() -> Settings:
    """Return the settings of the home folder the pages serve, with the workspace this is about."""
    return replace(load_settings(settings.TRODDEN_HOME), workspace=workspace_name())


def workspace_here() -> Workspace | None:
    """Open the workspace this is about, or return None where nothing has made it yet."""
    try:
        return Workspace.open(settings.TRODDEN_HOME, workspace_name())
    except NotAWorkspaceError:
        return None


def or_404(found: Found | None) -> Found:
    """Return what there is.

    Raises
    ------
    Http404
        There is none: nothing has come in.
    """
    if found is None:
        raise Http404(_("Nothing has come in yet: the first file makes the workspace."))
    return found


def or_refused(found: StoredWalks | None) -> StoredWalks:
    """Return the walks to a program.

    Raises
    ------
    NotAWorkspaceError
        There are none: nothing has come in.
    """
    if found is None:
        raise NotAWorkspaceError("Nothing has been imported yet.", hint="trodden import FILE")
    return found


def walks() -> StoredWalks | None:
    """Return the walks as they stand now, or None where nothing has been imported yet.

    To who may not know who customers are, their answers name nobody; to who sees the customers of a segment
    alone, nobody else is in them.

    Raises
    ------
    TroddenError
        The folder is there but cannot be read.
    """
    here = chosen()
    found = _opened(here)
    with found.lock:
        state = _state(here)
        if found.walks is None:
            found.walks = _open(here)
        elif state != found.state:
            found.walks.refresh()
        found.state = state
        walks = found.seen()
    return walks if walks is None or sees_customers.get() else Shielded(walks)


def walked() -> StoredWalks | None:
    """Return the walks, or None where nothing has come in yet: no folder, or one without any event."""
    found = walks()
    return found if found is not None and found.snapshot.buckets() else None


def zone_here() -> str:
    """Return the zone in which days and hours are given."""
    found = walks()
    return found.catalog.time_zone if found else "UTC"


def _opened(here: Settings) -> _Opened:
    """Return what is open of a workspace; of too many, those unasked for longest are let go."""
    key = (here.home, here.workspace)
    with _lock:
        found = _open_ones.setdefault(key, _Opened())
        _open_ones.move_to_end(key)
        while len(_open_ones) > here.open_workspaces:
            _open_ones.popitem(last=False)
    return found


def _open(here: Settings) -> StoredWalks | None:
    import trodden.api

    try:
        return trodden.api.open(here.home, here.workspace)
    except NotAWorkspaceError:
        if (Path(here.home) / "workspaces" / here.workspace).exists():
            raise
        return None


def _state(here: Settings) -> tuple[tuple[str, int, int], ...]:
    """Return name, time and size of the files that say what there is: walks, maps, segments, calendars."""
    root = Path(here.home) / "workspaces" / here.workspace
    named = (path for folder in ("maps", "segments", "calendars") for path in (root / folder).glob("*"))
    files = [root / "walks" / "CURRENT", root / "workspace.json", *named]
    return tuple(_stated(path) for path in sorted(files))


def _stated(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return (str(path), 0, 0)
    return (str(path), found.st_mtime_ns, found.st_size)
