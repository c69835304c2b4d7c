"""Codes to names, workspace-global: only ever appended to, never used again for something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from trodden.model.walks import PropertyDictionary
from trodden.store.properties import as_type, type_of, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

OVERFLOW: Final = "(other)"
"""Touchpoint of events whose own would be one too many; it always has the last code."""

MOST_TOUCHPOINTS: Final = 65_536


class Vocabulary(msgspec.Struct, frozen=True):
    """All names that codes stand for: ``touchpoints[c]``, ``sources[c]``, ``properties[name][c - 1]``."""

    touchpoints: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    properties: dict[str, tuple[str, ...]] = {}

    @property
    def is_empty(self) -> bool:
        """Tell whether there is no name at all."""
        return not (self.touchpoints or self.sources or any(self.properties.values()))

    def plus(self, more: Vocabulary) -> Vocabulary:
        """Return this vocabulary with names appended."""
        names = {**self.properties, **more.properties}
        return Vocabulary(
            touchpoints=self.touchpoints + more.touchpoints,
            sources=self.sources + more.sources,
            properties={name: self._texts(name) + more._texts(name) for name in names},
        )

    def beyond(self, known: Vocabulary) -> Vocabulary:
        """Return the names that follow those already known."""
        return Vocabulary(
            touchpoints=self.touchpoints[len(known.touchpoints) :],
            sources=self.sources[len(known.sources) :],
            properties={name: texts[len(known._texts(name)) :] for name, texts in self.properties.items()},
        )

    def _texts(self, name: str) -> tuple[str, ...]:
        return self.properties.get(name, ())


def extended(known: tuple[str, ...], names: Iterable[str]) -> tuple[str, ...]:
    """Append the names that are new, sorted: what is appended does not depend on the order met."""
    return known + tuple(sorted(set(names) - set(known)))


def codes_in(known: tuple[str, ...], names: Iterable[str | None], missing: int) -> NDArray[np.int64]:
    """Return (names,) the position of each name in ``known``, ``missing`` for what is not there."""
    places: Mapping[str | None, int] = {name: code for code, name in enumerate(known)}
    return np.array([places.get(name, missing) for name in names], np.int64)


def typed(name: str, texts: tuple[str, ...], kind: str, time_zone: str) -> PropertyDictionary:
    """Return the dictionary of a promoted property; ``kind`` "" takes the one type its texts have."""
    found = kind or type_of(texts)
    return PropertyDictionary(name, found, tuple(value_of(text, found, time_zone) for text in texts))


def read_as(texts: Iterable[str | None], kind: str, time_zone: str) -> list[str | None]:
    """Return each text as the asked type writes it, None where it does not parse; "" asks for none."""
    return [as_type(text, kind, time_zone) if kind and text is not None else text for text in texts]
