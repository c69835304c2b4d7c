"""The filters every page of answers has: whose walks, and when. They live in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trodden.methods.journeys.select_names import find_map
from trodden.model.errors import UnknownNameError
from trodden.web.addresses import with_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.api import Walks


@dataclass(frozen=True, slots=True)
class Active:
    """A filter in force, and the address without it."""

    label: str
    without: str


@dataclass(frozen=True, slots=True)
class Filters:
    """The filter form of a page.

    ``kept`` are fields of the address the form does not change; ``maps`` is empty where the page itself
    says which journey it is about.
    """

    action: str
    start: str
    end: str
    segment: str
    where: str
    as_of: str
    active: tuple[Active, ...]
    kept: tuple[tuple[str, str], ...]
    segments: tuple[str, ...]
    touchpoints: tuple[str, ...]
    maps: tuple[str, ...] = ()
    map: str = ""

    @property
    def clear(self) -> str:
        """Return the address without any filter."""
        return with_query(self.action, dict(self.kept))


def filters_of(
    action: str, fields: Mapping[str, str], walks: Walks, *, kept: tuple[str, ...] = (), maps: bool = False
) -> Filters:
    """Return the filters of an address; ``kept`` names fields of the page that filtering leaves alone."""
    start, _dots, end = fields.get("period", "").partition("..")
    known = walks.catalog
    return Filters(
        action=action,
        start=start,
        end=end,
        segment=fields.get("segment", ""),
        where=fields.get("where", ""),
        as_of=fields.get("as_of", ""),
        active=tuple(_active(action, fields, maps=maps)),
        kept=tuple((name, fields[name]) for name in kept if name in fields),
        segments=tuple(f"@{name}" for name in sorted(known.segments)),
        touchpoints=tuple(sorted(name for name in known.dictionaries.touchpoints if name)),
        maps=tuple(walks.maps) if maps else (),
        map=key_of_map(walks, fields.get("map", "")) if maps else "",
    )


def key_of_map(walks: Walks, name: str) -> str:
    """Return ``name@version`` of a map that is called by its name alone; what nobody knows as it stands."""
    try:
        return find_map(walks.maps, name).key
    except UnknownNameError:
        return name


def _active(action: str, fields: Mapping[str, str], *, maps: bool) -> list[Active]:
    said = {
        "period": _("started {value}"),
        "segment": _("{value}"),
        "where": _("where {value}"),
        "as_of": _("as known on {value}"),
        **({"map": _("journeys of {value}")} if maps else {}),
    }
    return [
        Active(
            words.format(value=fields[name]),
            with_query(action, {key: text for key, text in fields.items() if key not in {name, "page"}}),
        )
        for name, words in said.items()
        if fields.get(name)
    ]
