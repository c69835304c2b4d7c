"""The maps the firm designed, published before the record begins."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from trodden.demo.clock import FIRST
from trodden.demo.places import PLACES
from trodden.methods.journeys.maps import parse_map, publish
from trodden.model.journey_map import JourneyMap

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILES: Final = ("connecting", "ordering", "helping", "changing")
PUBLISHED_AT: Final = FIRST - timedelta(days=2)


def designed_maps(names: Mapping[str, str]) -> list[JourneyMap]:
    """Return the maps of the firm, published, for touchpoints called so."""
    called = {place.name: names[key] for key, place in PLACES.items()}
    return [publish(_renamed(_read(name), called), PUBLISHED_AT) for name in _FILES]


def _read(name: str) -> JourneyMap:
    file = files("trodden.demo") / "maps" / f"{name}.yaml"
    return parse_map(file.read_text(encoding="utf-8"), str(file))


def _renamed(journey_map: JourneyMap, called: Mapping[str, str]) -> JourneyMap:
    return msgspec.convert(_replaced(msgspec.to_builtins(journey_map), called), JourneyMap)


def _replaced(value: Any, called: Mapping[str, str]) -> Any:  # noqa: ANN401 -- whatever a map is made of
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {name: _replaced(one, called) for name, one in fields.items()}
    if isinstance(value, (list, tuple)):
        return [_replaced(one, called) for one in cast("list[Any]", value)]
    return called.get(value, value) if isinstance(value, str) else value
