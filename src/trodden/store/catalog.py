"""The catalog of a workspace that lives in a folder: its maps, saved segments and dictionaries."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain, count
from typing import TYPE_CHECKING

from trodden.methods.journeys.maps import decode_map, dump_map, publish
from trodden.model.catalog import Catalog
from trodden.model.errors import MapError, UnknownNameError
from trodden.store.calendars import load_calendars
from trodden.store.harden import flush, write_file
from trodden.store.lock import PATIENCE_S, lock_of
from trodden.store.named import first_free, read_each, tell_fault
from trodden.store.segments import read_segment

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Snapshot
    from trodden.store.folder import Workspace


def load_catalog(workspace: Workspace, snapshot: Snapshot) -> Catalog:
    """Gather what questions about this snapshot may refer to by name; faulty files are told, not raised."""
    faults: list[str] = []
    maps = load_maps(workspace.maps, faults)
    return Catalog(
        snapshot=snapshot.name,
        as_of=snapshot.as_of,
        time_zone=workspace.mark.time_zone,
        week_begins=workspace.mark.week_begins,
        currency=workspace.mark.currency,
        stages=_stages(maps),
        dictionaries=snapshot.dictionaries,
        maps=maps,
        segments=load_segments(workspace.segments, faults),
        calendars={name: one.calendar for name, one in load_calendars(workspace, faults).items()},
        faults=tuple(faults),
    )


def load_maps(folder: Path, faults: list[str] | None = None) -> dict[str, JourneyMap]:
    """Read every map of a folder, by ``name@version`` and in that order.

    Of two files that hold one version the published one counts, else the first by name.

    Raises
    ------
    MapError
        A file is no map, or holds a version that another one holds, and there is no list of ``faults`` to put
        that into.
    """
    held = [found for _, found in _held(folder, faults).values()]
    return {found.key: found for found in sorted(held, key=lambda one: (one.name, one.version))}


def load_segments(folder: Path, faults: list[str] | None = None) -> dict[str, str]:
    """Read every saved segment of a folder: ``<name>.yaml`` holding ``where: expression``."""
    return {path.stem: found for path, found in read_each(folder, _read_segment, faults).items()}


def add_map(workspace: Workspace, journey_map: JourneyMap) -> Path:
    """Write a version that is not there yet, and return where; no file is written over.

    Where a map whose name differs in signs or capitals alone has the file, it goes into one beside it.

    Raises
    ------
    MapError
        There is one of this name and version, or a file in its place that cannot be read.
    """
    with _alone(workspace):
        held = _held(workspace.maps, []).get(journey_map.key)
        if held is not None:
            raise MapError(
                f"{journey_map.key} is there already.", hint="Look at it, then try again.", file=str(held[0])
            )
        place = _free_place(workspace, journey_map)
        write_file(place, dump_map(journey_map).encode())
    return place


def publish_map(workspace: Workspace, draft: JourneyMap, at: datetime) -> Path:
    """Lock what a draft predicts, at this time (aware), in the file that holds it, which is returned.

    A text that somebody wrote by hand, perhaps with comments, is kept beside it under another name.

    Raises
    ------
    MapError
        The version was published already, or what stands there is not this draft.
    UnknownNameError
        There is no map of its name and version.
    """
    with _alone(workspace):
        place, stored = _find(workspace, draft.key)
        published = publish(stored, at)
        if stored != draft:
            raise MapError(
                f"{draft.key} says something else by now.", hint="Look at it again.", file=str(place)
            )
        _keep_by_hand(place, stored)
        write_file(place, dump_map(published).encode())
    return place


def by_hand(workspace: Workspace, key: str) -> str:
    """Return the name of a map's file where somebody wrote it by hand; empty where we wrote it word for word.

    What we write holds no comments: they stay in a copy beside it as soon as the map is edited or published.
    """
    place, stored = _find(workspace, key)
    return place.name if _is_by_hand(place, stored) else ""


def _is_by_hand(place: Path, stored: JourneyMap) -> bool:
    return place.read_bytes() != dump_map(stored).encode()


def _keep_by_hand(place: Path, stored: JourneyMap) -> None:
    if _is_by_hand(place, stored):
        write_file(_beside(place, "by-hand"), place.read_bytes())


def replace_draft(workspace: Workspace, before: JourneyMap, after: JourneyMap) -> Path:
    """Write the next state of a draft into its file, which is returned; what stands there must be ``before``.

    A text that somebody wrote by hand, perhaps with comments, is kept beside it under another name.

    Raises
    ------
    MapError
        The version was published, what stands there is another state, or the next one has another key.
    UnknownNameError
        There is no map of its name and version.
    """
    with _alone(workspace):
        place, stored = _find(workspace, before.key)
        if stored.published_at is not None or after.key != before.key:
            raise MapError(f"{before.key} is no draft and stays as it is.", file=str(place))
        if stored != before:
            raise MapError(
                f"{before.key} says something else by now.", hint="Look at it again.", file=str(place)
            )
        _keep_by_hand(place, stored)
        write_file(place, dump_map(after).encode())
    return place


def discard_map(workspace: Workspace, key: str, seen: JourneyMap | None = None) -> Path:
    """Put a draft aside: its file gets a name that is not read, which is returned; nothing is deleted.

    Raises
    ------
    MapError
        The version was published, so that what it predicts is on record; or it is not as it was ``seen``.
    UnknownNameError
        There is no map of this key.
    """
    with _alone(workspace):
        place, stored = _find(workspace, key)
        _refuse_discarding(stored, place)
        if seen is not None and stored != seen:
            raise MapError(f"{key} says something else by now.", hint="Look at it again.", file=str(place))
        aside = _beside(place, "discarded")
        place.rename(aside)
        flush(place.parent)
    return aside


def _alone(workspace: Workspace) -> AbstractContextManager[None]:
    """Keep every other process and thread from changing maps; the writer's lock is another one."""
    return lock_of(workspace.root / "maps.lock").hold(PATIENCE_S)


def _beside(place: Path, why: str) -> Path:
    """Return the first name beside a file that is free and that is not read."""
    return first_free(place, f"{place.name}.{why}")


def _refuse_discarding(stored: JourneyMap, path: Path) -> None:
    if stored.published_at is not None:
        raise MapError(
            f"{stored.key} was published on {stored.published_at:%Y-%m-%d} and stays on record.",
            hint="Only drafts can be discarded.",
            file=str(path),
        )


def _find(workspace: Workspace, key: str) -> tuple[Path, JourneyMap]:
    held = _held(workspace.maps, []).get(key)
    if held is None:
        raise UnknownNameError(f"There is no map called {key!r}.")
    return held


def _held(folder: Path, faults: list[str] | None) -> dict[str, tuple[Path, JourneyMap]]:
    """Return each version with the file that holds it, by ``name@version``."""
    held: dict[str, tuple[Path, JourneyMap]] = {}
    read = read_each(folder, _read_map, faults)
    for path, found in sorted(read.items(), key=lambda one: (one[1].published_at is None, one[0])):
        counted, _ = held.setdefault(found.key, (path, found))
        if counted != path:
            tell_fault(_twin(found, path, counted), faults)
    return held


def _twin(found: JourneyMap, path: Path, counted: Path) -> MapError:
    return MapError(
        f"{found.key} stands in {counted.name}, too, and only that file counts.",
        hint="Give one of them another version, or take it away.",
        file=str(path),
    )


def _read_map(path: Path) -> JourneyMap:
    return _decoded(path.read_bytes(), str(path))


@lru_cache(maxsize=256)
def _decoded(data: bytes, file: str) -> JourneyMap:
    """Read a map once for each text a file has: a folder is read whole for every change of one map."""
    return decode_map(data, file)


def _free_place(workspace: Workspace, journey_map: JourneyMap) -> Path:
    """Return the first file for a map that is not there yet.

    Each that is there is read: one that cannot be may hold this very version, and stops it.
    """
    stem = f"{_slug(journey_map.name)}@{journey_map.version}"
    names = (workspace.maps / f"{stem}{number}.yaml" for number in chain(("",), count(-2, -1)))
    return next(path for path in names if not (path.exists() and _read_map(path)))


def _slug(name: str) -> str:
    """Return what a file is called after a name; file systems bound that in bytes."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
    joined = "-".join(part for part in kept.split("-") if part)
    return joined.encode()[:80].decode(errors="ignore") or "map"


def _read_segment(path: Path) -> str:
    return read_segment(path).where


def _stages(maps: dict[str, JourneyMap]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stage for one in maps.values() for stage in one.stages))
