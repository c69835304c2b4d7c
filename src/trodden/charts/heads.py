"""What a chart takes over from its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from trodden.model.words import phrase, tr

if TYPE_CHECKING:
    from datetime import datetime

    from trodden.model.question import About


_UNITS: Final = {
    "customer": (phrase("customer"), phrase("customers")),
    "journey": (phrase("journey"), phrase("journeys")),
    "session": (phrase("session"), phrase("sessions")),
}


class Units(TypedDict):
    """What is counted, as one and as many."""

    unit: str
    units: str


def units_said(unit: str) -> Units:
    """Return what is counted in the reader's language: values for a sentence.

    Where other languages say one otherwise by its gender, they speak of many.

    Examples
    --------
    >>> units_said("journey")
    {'unit': 'journey', 'units': 'journeys'}
    """
    one, many = _UNITS.get(unit, (unit, f"{unit}s"))
    return Units(unit=tr(one), units=tr(many))


class Head(TypedDict):
    """The fields of a chart that say what it counts, as of when, and by which definition."""

    unit: str
    as_of: datetime
    definition: str
    notes: tuple[str, ...]


def head_of(about: About, *more: str) -> Head:
    """Return the fields every chart of an answer shares, with ``more`` notes.

    The definition bears the analysis's name.
    """
    return Head(
        unit=units_said(about.unit)["units"],
        as_of=about.as_of,
        definition=about.analysis,
        notes=(*about.notes, *more),
    )
