"""The catalog of a workspace that lives in a folder: its maps, saved segments and dictionaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from trodden.methods.journeys.maps import parse_map
from trodden.model.catalog import Catalog
from trodden.model.errors import PlacedError

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Snapshot
    from trodden.store.folder import Workspace

LARGEST_SEGMENT = 64 * 1024


def load_catalog(workspace: Workspace, snapshot: Snapshot) -> Catalog:
    """Gather what questions about this snapshot may refer to by name.

    Raises
    ------
    MapError
        A map file does not follow the schema.
    PlacedError
        A segment file does not.
    """
    maps = load_maps(workspace.maps)
    return Catalog(
        snapshot=snapshot.name,
        as_of=snapshot.as_of,
        time_zone=workspace.mark.time_zone,
        currency=workspace.mark.currency,
        stages=_stages(maps),
        dictionaries=snapshot.dictionaries,
        maps=maps,
        segments=load_segments(workspace.segments),
    )


def load_maps(folder: Path) -> dict[str, JourneyMap]:
    """Read every map of a folder, by ``name@version`` and in that order."""
    read = (parse_map(path.read_text(encoding="utf-8"), str(path)) for path in sorted(folder.glob("*.yaml")))
    return {found.key: found for found in sorted(read, key=lambda one: (one.name, one.version))}


def load_segments(folder: Path) -> dict[str, str]:
    """Read every saved segment of a folder: ``<name>.yaml`` holding ``where: expression``."""
    return {path.stem: _read_segment(path) for path in sorted(folder.glob("*.yaml"))}


def _read_segment(path: Path) -> str:
    if path.stat().st_size > LARGEST_SEGMENT:
        raise PlacedError("A segment file holds one short expression.", file=str(path))
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PlacedError(f"This is not YAML: {error}.", file=str(path)) from error
    if not isinstance(found, dict) or not isinstance(found.get("where"), str):
        raise PlacedError("Expected `where: <expression over properties>`.", file=str(path), line=1)
    return found["where"]


def _stages(maps: dict[str, JourneyMap]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stage for one in maps.values() for stage in one.stages))
