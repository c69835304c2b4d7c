"""The catalog of a workspace that lives in a folder: its maps, saved segments and dictionaries."""

from __future__ import annotations

from itertools import chain, count
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
import yaml

from trodden.methods.journeys.maps import dump_map, map_hash, parse_map
from trodden.model.catalog import Catalog
from trodden.model.errors import MapError, PlacedError, UnknownNameError
from trodden.store.harden import flush, write_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Snapshot
    from trodden.store.folder import Workspace

T = TypeVar("T")

LARGEST_SEGMENT = 64 * 1024

_adding: Final = Lock()
"""Held from looking whether a version is there until it is written."""


def load_catalog(workspace: Workspace, snapshot: Snapshot) -> Catalog:
    """Gather what questions about this snapshot may refer to by name; faulty files are told, not raised."""
    faults: list[str] = []
    maps = load_maps(workspace.maps, faults)
    return Catalog(
        snapshot=snapshot.name,
        as_of=snapshot.as_of,
        time_zone=workspace.mark.time_zone,
        currency=workspace.mark.currency,
        stages=_stages(maps),
        dictionaries=snapshot.dictionaries,
        maps=maps,
        segments=load_segments(workspace.segments, faults),
        faults=tuple(faults),
    )


def load_maps(folder: Path, faults: list[str] | None = None) -> dict[str, JourneyMap]:
    """Read every map of a folder, by ``name@version`` and in that order.

    Raises
    ------
    MapError
        A file is no map, and there is no list of ``faults`` to put that into.
    """
    read = _read_each(folder, _read_map, faults)
    return {found.key: found for found in sorted(read.values(), key=lambda one: (one.name, one.version))}


def load_segments(folder: Path, faults: list[str] | None = None) -> dict[str, str]:
    """Read every saved segment of a folder: ``<name>.yaml`` holding ``where: expression``."""
    return {path.stem: found for path, found in _read_each(folder, _read_segment, faults).items()}


def save_map(workspace: Workspace, journey_map: JourneyMap) -> Path:
    """Write a map into the workspace, one file a version, and return where; it stands on disk then.

    Raises
    ------
    MapError
        This version stands there already, published, and is another one.
    """
    path = _place_of(workspace, journey_map)
    if path.exists():
        _refuse_published(_read_map(path), journey_map, path)
    write_file(path, dump_map(journey_map).encode())
    return path


def add_map(workspace: Workspace, journey_map: JourneyMap) -> Path:
    """Write a version that is not there yet, and return where; no file is written over.

    Raises
    ------
    MapError
        There is one of this name and version.
    """
    path = _place_of(workspace, journey_map)
    with _adding:
        if path.exists() or any(found.key == journey_map.key for _, found in _stored(workspace)):
            raise MapError(
                f"{journey_map.key} is there already.", hint="Look at it, then try again.", file=str(path)
            )
        return save_map(workspace, journey_map)


def discard_map(workspace: Workspace, key: str) -> Path:
    """Put a draft aside: its file gets a name that is not read, which is returned; nothing is deleted.

    Raises
    ------
    MapError
        The version was published, so that what it predicts is on record.
    UnknownNameError
        There is no map of this key.
    """
    place = next((path for path, found in _stored(workspace) if found.key == key), None)
    if place is None:
        raise UnknownNameError(f"There is no map called {key!r}.")
    _refuse_discarding(_read_map(place), place)
    names = (place.with_name(f"{place.name}.discarded{number}") for number in chain(("",), count(2)))
    aside = next(path for path in names if not path.exists())
    place.rename(aside)
    flush(place.parent)
    return aside


def _refuse_discarding(stored: JourneyMap, path: Path) -> None:
    if stored.published_at is not None:
        raise MapError(
            f"{stored.key} was published on {stored.published_at:%Y-%m-%d} and stays on record.",
            hint="Only drafts can be discarded.",
            file=str(path),
        )


def _stored(workspace: Workspace) -> list[tuple[Path, JourneyMap]]:
    """Return every readable map with its file."""
    return list(_read_each(workspace.maps, _read_map, []).items())


def _read_map(path: Path) -> JourneyMap:
    return parse_map(path.read_text(encoding="utf-8"), str(path))


def _place_of(workspace: Workspace, journey_map: JourneyMap) -> Path:
    return workspace.maps / f"{_slug(journey_map.name)}@{journey_map.version}.yaml"


def _refuse_published(stored: JourneyMap, given: JourneyMap, path: Path) -> None:
    if stored.published_at is not None and map_hash(stored) != map_hash(given):
        raise MapError(
            f"{stored.key} was published on {stored.published_at:%Y-%m-%d} and cannot be replaced.",
            hint=f"Give yours version {stored.version + 1}.",
            file=str(path),
        )


def _slug(name: str) -> str:
    kept = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
    return "-".join(part for part in kept.split("-") if part)[:80] or "map"


def _read_each(folder: Path, read: Callable[[Path], T], faults: list[str] | None) -> dict[Path, T]:
    found: dict[Path, T] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            found[path] = read(path)
        except (PlacedError, OSError, UnicodeDecodeError) as error:
            if faults is None:
                raise
            faults.append(str(error))
    return found


class _SegmentFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    where: str
    description: str = ""


def _read_segment(path: Path) -> str:
    if path.stat().st_size > LARGEST_SEGMENT:
        raise PlacedError("A segment file holds one short expression.", file=str(path))
    try:
        return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), _SegmentFile).where
    except yaml.YAMLError as error:
        raise PlacedError(f"This is not YAML: {error}.", file=str(path)) from error
    except msgspec.ValidationError as error:
        raise PlacedError(
            f"Expected `where: <expression over properties>`: {error}.", file=str(path)
        ) from error


def _stages(maps: dict[str, JourneyMap]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stage for one in maps.values() for stage in one.stages))
