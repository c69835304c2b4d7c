"""Which files of the walks may go, and when."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trodden.store.faultpoints import declare, fault_point
from trodden.store.walks.manifest import CURRENT, Manifest, Named, Retired

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.store.walks.files import Folder

declare("walks.before_unlink", "walks.after_unlink")

GRACE: Final = 60.0
"""Seconds a file outlives the last manifest that names it, for readers about to open it."""

_OURS: Final = re.compile(
    r"\d{6,}-[a-z0-9-]+\.(arrow|arrows|json|bits)|manifest-\d+\.json|part-\d+\.tmp|CURRENT\.new"
)
_NUMBER: Final = re.compile(r"(\d{6,})-|manifest-(\d+)\.json")


def present(folder: Folder) -> set[str]:
    """Return the names of all files of the walks but ``CURRENT``."""
    return {path.name for path in folder.path.iterdir() if _OURS.fullmatch(path.name)}


def numbers_used(folder: Folder) -> set[int]:
    """Return the numbers of states that files are named for."""
    return {int(found[1] or found[2]) for name in present(folder) if (found := _NUMBER.match(name))}


def retired(folder: Folder, manifest: Manifest, before: Manifest | None, now: float) -> tuple[Retired, ...]:
    """List the files a new manifest will not name, each with the time since when.

    Parameters
    ----------
    manifest
        The state about to be published.
    before
        The state before it; None where it cannot be read.
    now
        Seconds since the epoch.
    """
    named = {stored.file for stored in manifest.files}
    since = {one.file: one.at for one in (before.retired if before else ())}
    gone = sorted(present(folder) - named)
    return tuple(Retired(file, min(since.get(file, now), now)) for file in gone)


def remove_expired(folder: Folder, manifest: Manifest, now: float) -> None:
    """Unlink what has been retired for longer than the grace."""
    _unlink(folder, [one.file for one in manifest.retired if not now - one.at < GRACE])


def remove_orphans(folder: Folder, named: Named) -> None:
    """Unlink what a writer that did not finish left behind: files no manifest has ever named."""
    manifest = named.manifest
    known = {stored.file for stored in manifest.files} | {one.file for one in manifest.retired}
    _unlink(folder, present(folder) - known - {named.stored.file})


def remove_all_but(folder: Folder, named: Named) -> None:
    """Unlink every file the current state does not consist of, at once."""
    known = {stored.file for stored in named.manifest.files}
    _unlink(folder, present(folder) - known - {named.stored.file, CURRENT})


def remove_made(folder: Folder, stem: str) -> None:
    """Unlink the files of a state that will not be published."""
    _unlink(folder, [name for name in present(folder) if name.startswith((stem, "part-"))])


def _unlink(folder: Folder, names: Iterable[str]) -> None:
    for name in names:
        fault_point("walks.before_unlink")
        (folder.path / name).unlink(missing_ok=True)
        fault_point("walks.after_unlink")
    folder.forget(set(names))
