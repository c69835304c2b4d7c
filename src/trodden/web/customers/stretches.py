"""A walk cut into what belongs together: the journeys of every map, and what lies outside them."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.one_walk import LaidEvent, LaidJourney, lay_journeys
from trodden.methods.journeys.select_names import find_map
from trodden.model.errors import CallerError, TooLargeError

if TYPE_CHECKING:
    from trodden.model.catalog import Catalog
    from trodden.model.walks import Bucket

EPISODE: Final = timedelta(hours=12)
"""A longer silence is told."""

MOST_EVENTS: Final = 20_000
"""Events of one customer, the latest, that are laid over maps and listed."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Events that belong together, as rows of the bucket, ascending.

    ``journey``: that of a map, with ``number``, its place among the customer's journeys of that map; None for
    what lies outside every journey. ``laid`` tells of its rows.
    """

    rows: tuple[int, ...]
    journey: LaidJourney | None = None
    number: int = 0
    laid: dict[int, LaidEvent] = field(default_factory=dict[int, LaidEvent])


@dataclass(frozen=True, slots=True)
class Walk:
    """One customer's walk: its stretches, the latest first, and what could not be told.

    ``left_out``: earlier events beyond what is listed. ``faults``: maps that could not be laid over it.
    """

    bucket: Bucket
    stretches: tuple[Stretch, ...]
    left_out: int
    faults: tuple[str, ...]

    @property
    def lines(self) -> list[tuple[Stretch, int]]:
        """Return every event, stretch by stretch, the latest first."""
        return [(one, row) for one in self.stretches for row in reversed(one.rows)]


def walk_of(bucket: Bucket, catalog: Catalog) -> Walk:
    """Cut the walk of a bucket of one customer.

    An event belongs to the first journey, in the order of the maps, of which it matches a step; else to the
    first it lies in. Events of no journey are parted where a journey ends between them.
    """
    first, last = int(bucket.starts[0]), int(bucket.ends[0])
    left_out = max(last - first - MOST_EVENTS, 0)
    journeys, faults = _journeys(bucket, catalog, is_short=not left_out)
    owners = _owners(journeys)
    own: list[list[int]] = [[] for _ in journeys]
    loose: list[int] = []
    for row in range(first + left_out, last):
        (own[owners[row]] if row in owners else loose).append(row)
    found = [
        Stretch(tuple(rows), journey, number, {event.row: event for event in journey.events})
        for rows, (number, journey) in zip(own, journeys, strict=True)
        if rows
    ]
    ends = sorted(one.rows[-1] for one in found)
    found += [Stretch(tuple(rows)) for _ended, rows in groupby(loose, lambda row: bisect(ends, row))]
    return Walk(bucket, tuple(sorted(found, key=_latest, reverse=True)), left_out, tuple(faults))


def _latest(stretch: Stretch) -> int:
    return stretch.rows[-1]


def _journeys(
    bucket: Bucket, catalog: Catalog, *, is_short: bool
) -> tuple[list[tuple[int, LaidJourney]], list[str]]:
    found: list[tuple[int, LaidJourney]] = []
    faults: list[str] = []
    names = dict.fromkeys(one.name for one in catalog.maps.values())
    for name in names if is_short else ():
        try:
            found += enumerate(lay_journeys(bucket, find_map(catalog.maps, name), catalog))
        except (CallerError, TooLargeError) as error:
            faults.append(f"{name}: {error.message}")
    return found, faults


def _owners(journeys: list[tuple[int, LaidJourney]]) -> dict[int, int]:
    """Return for each row of a journey the journey it belongs to."""
    claims = sorted(
        (not event.step, place, event.row)
        for place, (_, journey) in enumerate(journeys)
        for event in journey.events
    )
    owners: dict[int, int] = {}
    for _, place, row in claims:
        owners.setdefault(row, place)
    return owners
