"""Journey maps as files: read, checked, written, and locked when they are published."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final, cast

import msgspec
from msgspec.structs import replace

from trodden.methods.journeys.mapdiff import diff_maps
from trodden.methods.journeys.maps_check import check_map
from trodden.methods.journeys.maps_read import Reader
from trodden.methods.journeys.maps_text import show_map
from trodden.methods.journeys.maps_write import write_map
from trodden.methods.journeys.maps_yaml import read_nodes
from trodden.methods.journeys.mining import mine_map
from trodden.model.errors import MapError
from trodden.model.journey_map import JourneyMap

__all__ = [
    "check_map",
    "diff_maps",
    "dump_map",
    "map_hash",
    "mine_map",
    "next_version",
    "parse_map",
    "publish",
    "show_map",
]

_NOT_LOCKED: Final = ("published_at", "published_hash", "accepted", "changes", "touchpoints")


def parse_map(text: str, file: str = "") -> JourneyMap:
    r"""Read a journey map from YAML or JSON: one schema, no alias, no tag, every value as it was written.

    A bare text in the flow is a step; ``choice``, ``parallel``, ``optional`` and ``loop`` hold flows. An id
    in the flow without an entry under ``steps`` is a step at the touchpoint of that name. Where a list is
    expected, one plain value is a list of one. Durations are ``90s``, ``2h``, ``30d`` or ISO 8601.

    Raises
    ------
    MapError
        The text is no map; the message names file and line, what was found and what was expected. Also
        where the map was published and has been changed since.

    Examples
    --------
    >>> found = parse_map("name: Returns\nflow: [ask, choice: [[mail], [shop]], optional: [call], refund]")
    >>> found.key, len(found.flow)
    ('Returns@1', 4)
    """
    reader = Reader(file)
    found = check_map(reader.read(read_nodes(text, file)), file, reader.lines)
    if is_changed(found):
        raise MapError(
            f"Version {found.version} of {found.name!r} was published and has been changed since.",
            hint=f"Restore it, and make the change in version {found.version + 1}.",
            file=file,
            line=reader.lines.get("published_hash", 1),
        )
    return found


def decode_map(data: bytes, file: str) -> JourneyMap:
    """Read a journey map from the bytes of a file, which are UTF-8.

    Raises
    ------
    MapError
        They are not, or as :func:`parse_map`.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MapError(
            f"Byte {error.start + 1} is {data[error.start]:#04x}, which is not UTF-8.",
            hint="Save the file as UTF-8.",
            file=file,
        ) from error
    return parse_map(text, file)


def dump_map(journey_map: JourneyMap) -> str:
    """Write a map as YAML that :func:`parse_map` reads back equal."""
    return write_map(journey_map)


def map_hash(journey_map: JourneyMap) -> str:
    """Return a name for all a version predicts and describes: equal maps have equal ones.

    Left out are what may still change after publication: accepted variations, touchpoint rules,
    which touchpoints are changes of mind, and the two fields that say when it was published. What each side
    does at a step is left out where nothing is said of it: maps that were published before it existed keep
    their names.
    """
    fields = cast("dict[str, Any]", msgspec.to_builtins(journey_map))
    locked = {name: value for name, value in fields.items() if name not in _NOT_LOCKED}
    for step in locked["steps"]:
        if not any(step["does"].values()):
            del step["does"]
    return hashlib.blake2b(msgspec.json.encode(locked, order="sorted"), digest_size=16).hexdigest()


def publish(journey_map: JourneyMap, at: datetime) -> JourneyMap:
    """Return the map with its predictions locked at this time (aware).

    Raises
    ------
    MapError
        This version is published already.
    """
    if journey_map.published_at is not None:
        raise MapError(
            f"{journey_map.key!r} was published on {journey_map.published_at:%Y-%m-%d}.",
            hint=f"Change a copy with version {journey_map.version + 1} and publish that.",
        )
    return replace(journey_map, published_at=at, published_hash=map_hash(journey_map))


def is_changed(journey_map: JourneyMap) -> bool:
    """Tell whether a published map is no longer what was published."""
    is_published = journey_map.published_at is not None or bool(journey_map.published_hash)
    return is_published and journey_map.published_hash != map_hash(journey_map)


def next_version(journey_map: JourneyMap) -> JourneyMap:
    """Return a copy to go on with: one version up, not published."""
    return replace(journey_map, version=journey_map.version + 1, published_at=None, published_hash="")
