"""What a chart takes over from its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from datetime import datetime

    from trodden.model.question import About


class Head(TypedDict):
    """The fields of a chart that say what it counts, as of when, and by which definition."""

    unit: str
    as_of: datetime
    definition: str
    notes: tuple[str, ...]


def head_of(about: About) -> Head:
    """Return the fields every chart of an answer shares; the definition bears the analysis's name."""
    return Head(unit=f"{about.unit}s", as_of=about.as_of, definition=about.analysis, notes=about.notes)
