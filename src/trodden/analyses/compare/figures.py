"""Every share and estimate an answer holds, by a name that both sides of a comparison give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec

from trodden.methods.stats.compare import Figure
from trodden.model.question import About, Estimate, Rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def figures(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Figure]]:
    """Yield name and figure, depth first in field order; a list's items are named by their own texts.

    A ``difference`` an answer tells itself is passed over: what it is between is there too.
    """
    if isinstance(value, Rate | Estimate):
        yield ", ".join(path), value
    elif isinstance(value, msgspec.Struct) and not isinstance(value, About):
        for field in msgspec.structs.fields(type(value)):
            if field.name != "difference":
                yield from figures(getattr(value, field.name), (*path, field.name.replace("_", " ")))
    elif isinstance(value, tuple | list):
        for item in cast("Sequence[object]", value):
            yield from figures(item, (*path[:-1], *_names(item)))


def _names(item: object) -> tuple[str, ...]:
    if not isinstance(item, msgspec.Struct):
        return ()
    values = (getattr(item, field.name) for field in msgspec.structs.fields(type(item)))
    return tuple(value for value in values if isinstance(value, str) and value)
