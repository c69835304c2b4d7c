"""Questions and answers: what every analysis takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

Unit = Literal["customer", "journey", "session"]

NAMES: Final = "names"
TOUCHPOINT: Final = Meta(extra={NAMES: "touchpoint"})
PATTERN: Final = Meta(extra={NAMES: "pattern"})
SEGMENT: Final = Meta(extra={NAMES: "segment"})
CALENDAR: Final = Meta(extra={NAMES: "calendar"})
"""Declare of a field, or of the items of a list, what its texts name, so that a form can propose some."""

Level = 0.95

FEWEST_CUSTOMERS: Final = 5
"""What is told to those who may not know who customers are is of so many at least."""


class Period(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Half-open ``[start, end)``; a bare date is its first moment in the workspace's zone.

    Units are selected by their **start**; a selected unit is read whole.
    """

    start: str | None = None
    end: str | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose walks, cut into which units, up to when: the part every question shares.

    ``map`` is ``name@version``, or ``name`` for its newest published version (the newest of all where
    none is published). ``unit`` defaults to journey where a map is given, else customer. ``segment`` is
    an expression over promoted properties and over what customers did (``region = north and did Order``),
    or ``@name`` of a saved one. ``where`` is a pattern a unit must contain (``search->.*->buy``).
    """

    map: Annotated[str | None, Meta(description="The designed journey: name or name@version.")] = None
    unit: Annotated[Unit | None, Meta(description="What is counted: customer, journey or session.")] = None
    period: Annotated[Period | None, Meta(description="Units that start in this period.")] = None
    segment: Annotated[str | None, SEGMENT, Meta(description="Customers for whom this holds.")] = None
    segment_at: Annotated[
        Literal["as_of", "start"],
        Meta(description="Which value of a property counts: the last one, or the unit's first."),
    ] = "as_of"
    where: Annotated[str | None, PATTERN, Meta(description="Units that contain this pattern.")] = None
    as_of: Annotated[datetime | None, Meta(description="Tell it as it was known at this time.")] = None


class Rate(msgspec.Struct, frozen=True):
    """``count`` of ``of``, with a 95 % Wilson interval; null where ``of`` is 0."""

    count: int
    of: int
    value: float | None
    low: float | None
    high: float | None


class Estimate(msgspec.Struct, frozen=True):
    """A value with its interval, how many it rests on, and its unit (``s``, ``share``, ``steps``)."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    unit: str = ""


NOUGHT_OF: Final = "nought_of"


def nought_of(number: str) -> Meta:
    """Declare, on the share of a row, how many it is 0 of where the row is not there.

    ``number`` names a number of the answer (``about.units``, ``journeys.of``); or is ``rows``, where it is
    that of all rows of the list, or ``rows:name``, of all rows of the list that are equal in ``name``.
    Where this is not declared, nothing is known of a row that is not there.
    """
    return Meta(extra={NOUGHT_OF: number})


BESIDE: Final = "beside"
TOLD_BESIDE: Final = Meta(extra={BESIDE: "yes"})
"""Declares of a figure that it follows from others, or nearly does: it is told, and not compared by itself.

Each further figure costs every comparison some of its power, as the correction is over all of them.
"""


class Mean(Estimate, frozen=True):
    """An estimate that is a mean, its ends those of Student's interval with ``n - 1`` degrees of freedom."""


class Example(msgspec.Struct, frozen=True):
    """One customer behind a number: picked by content (largest cost, then earliest), never by id."""

    customer: str
    occurred_at: datetime
    cost: int = 0


class Verbatim(Example, frozen=True, kw_only=True):
    """What a customer said at one event, in their own words."""

    text: str
    touchpoint: str
    channel: str
    outcome: str


class About(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer was obtained: what it counts, of what, as of when.

    ``units`` are the units selected; ``open`` those of them still running at ``as_of``; ``ties``
    the equal-time events among their steps; ``notes`` plain sentences a reader should know. ``time_zone`` is
    that of the workspace: times are moments, and are written in it wherever people read them.
    """

    analysis: str
    snapshot: str
    as_of: datetime
    unit: Unit
    units: int
    customers: int
    events: int
    open: int = 0
    ties: int = 0
    grade: Literal["randomised", "quasi-experimental", "adjusted", "descriptive"] = "descriptive"
    notes: tuple[str, ...] = ()
    time_zone: str = "UTC"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an analysis gives back; every subclass adds plain, JSON-able fields."""

    about: About
