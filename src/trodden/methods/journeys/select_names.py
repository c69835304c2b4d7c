"""Names in questions resolved to codes; a name nobody knows is an error, never an empty answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from trodden.methods.journeys.flow import scope_touchpoints, steps_in_order, touchpoints_of
from trodden.model.errors import UnknownNameError
from trodden.model.journey_map import JourneyMap

if TYPE_CHECKING:
    from trodden.model.catalog import Catalog


class Touchpoints:
    """The touchpoints a question may name: those walked, by code, and those only designed so far.

    A touchpoint some map stands for but nobody has walked yet is known and has no code. Where
    nothing has been walked at all, any name is taken as such.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.names = catalog.dictionaries.touchpoints
        self._codes = {name: code for code, name in enumerate(self.names)}
        self._designed = {name for found in catalog.maps.values() for name in _designed(found)}

    def __len__(self) -> int:
        """Count the codes."""
        return len(self.names)

    def is_known(self, name: str) -> bool:
        """Say whether some event was at the touchpoint, or some map stands for it."""
        return name in self._codes or name in self._designed

    def code(self, name: str) -> int | None:
        """Return the code of a touchpoint, or None where it is known and was never walked.

        Raises
        ------
        UnknownNameError
            Neither an event nor a map knows the name; the hint lists the nearest that are known.
        """
        if name in self._codes:
            return self._codes[name]
        if name in self._designed or not self.names:
            return None
        known = sorted({*self.names, *self._designed})
        near = get_close_matches(name, known, n=3)
        hint = f"Did you mean {', '.join(near)}?" if near else f"There are {', '.join(known[:10])}."
        raise UnknownNameError(f"There is no touchpoint called {name!r}.", hint=hint)

    def codes(self, names: Iterable[str]) -> tuple[int, ...]:
        """Return the codes, ascending, of those of the names that were walked."""
        found = {self.code(name) for name in names}
        return tuple(sorted(code for code in found if code is not None))


def code_of(name: str, names: Sequence[str]) -> int:
    """Return the place of a name in a list of them, as marks of charts give it.

    Raises
    ------
    UnknownNameError
        It is not among them.
    """
    if name not in names:
        raise UnknownNameError(f"Nothing here is called {name!r}.", hint="Open it from the chart anew.")
    return names.index(name)


def _designed(found: JourneyMap) -> set[str]:
    stood_for = {name for step in steps_in_order(found) for name in touchpoints_of(step)}
    return stood_for.union(scope_touchpoints(found))


def find_map(maps: Mapping[str, JourneyMap], name: str) -> JourneyMap:
    """Return the map called ``name@version``, or of those called ``name`` the one a question is about.

    That is the newest published version; the newest of all where none is published, so that a draft made
    on top of a published version changes no answer.

    Raises
    ------
    UnknownNameError
        There is none; the hint lists those there are.
    """
    return max(_called(maps, name), key=lambda found: (found.published_at is not None, found.version))


def find_newest(maps: Mapping[str, JourneyMap], name: str) -> JourneyMap:
    """Return the map called ``name@version``, or the newest version of ``name``, be it a draft or not.

    Raises
    ------
    UnknownNameError
        There is none; the hint lists those there are.
    """
    return max(_called(maps, name), key=lambda found: found.version)


def _called(maps: Mapping[str, JourneyMap], name: str) -> list[JourneyMap]:
    if name in maps:
        return [maps[name]]
    versions = [found for found in maps.values() if found.name == name]
    if not versions:
        known = ", ".join(sorted(maps)) or "none yet"
        raise UnknownNameError(f"There is no map called {name!r}.", hint=f"Maps: {known}.")
    return versions
