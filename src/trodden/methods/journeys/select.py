"""Which units a question is about: resolved once against the catalog, then cut out of every bucket.

**Scope.** Where a map is given, events at touchpoints outside its scope are no steps, start nothing, end
nothing and break no silence, whatever the unit.

**Units.** *Customer*: all of one customer's steps. *Session*: steps of one channel of one customer; one
more than 30 minutes after the channel's last starts the next (equal stays). *Journey*: begins at the first
event that matches the map's start outside an open journey; ends at the first later event that ends it
(reached beats abandoned where one event is both), or at its last step before a silence longer than the
limit, and then ``closed_at`` is that step plus the limit. An event that is a complete run by itself and
reaches the goal begins and ends a journey at once; no other event ends the journey it began. The ending
event is also the first step of the next journey where it matches the start (see ``classes_of_map``). A unit
whose limit (the map's silence, 30 days without a map, 30 minutes for sessions) has not passed at ``as_of`` is
open: ``as_of - last step <= limit``.

**as_of.** Events later than it are not there. **Period.** Units whose first step lies in it, read whole.
**Segment.** Units of customers for whom it holds, by the last value that is not missing and by what they
did up to ``as_of``, or up to and including the unit's first step. **Where.** Units whose steps contain the
pattern.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trodden.methods.journeys.patterns import parse_pattern
from trodden.methods.journeys.patterns_dfa import Dfa, compile_contains
from trodden.methods.journeys.periods import as_known, find_zone, microseconds, moment, parse_period
from trodden.methods.journeys.segments import parse_segment
from trodden.methods.journeys.segments_codes import SegmentTest, resolve_segment, unseen_values
from trodden.methods.journeys.segments_told import Behaviours
from trodden.methods.journeys.select_bounds import classes_of_map
from trodden.methods.journeys.select_cut import Cutting
from trodden.methods.journeys.select_names import Touchpoints, find_map
from trodden.methods.journeys.select_units import select
from trodden.model.errors import QuestionError
from trodden.model.journey_map import JourneyMap
from trodden.model.question import About, Question, Unit

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from trodden.methods.journeys.segments import Condition
    from trodden.methods.journeys.units import Counted
    from trodden.model.catalog import Catalog

__all__ = [
    "SESSION_GAP",
    "SILENCE",
    "Selection",
    "resolve_condition",
    "resolve_selection",
    "select",
    "shared_fields",
    "tell_about",
]

SILENCE: Final = timedelta(days=30)
"""How long customers may be silent where no map says otherwise."""

SESSION_GAP: Final = timedelta(minutes=30)


class Selection(Cutting, frozen=True, kw_only=True):
    """The units of a question, in codes and microseconds: plain data that pickles small.

    ``start``, ``end``: microseconds since the epoch, UTC; units start in ``[start, end)``. ``map``:
    ``name@version`` or empty. ``notes``: sentences for ``About``.
    """

    start: int | None = None
    end: int | None = None
    map: str = ""
    segment: SegmentTest | None = None
    segment_at_start: bool = False
    where: Dfa | None = None
    notes: tuple[str, ...] = ()


def resolve_selection(question: Question, catalog: Catalog, default_unit: Unit = "customer") -> Selection:
    """Resolve the fields every question shares.

    The unit is the question's own, else journey where a map is given, else ``default_unit``.

    Raises
    ------
    QuestionError
        Journeys without a map, an empty period, a segment or pattern that cannot be read.
    UnknownNameError
        A map, touchpoint, property or saved segment nobody knows.
    """
    zone = find_zone(catalog.time_zone)
    found = None if question.map is None else find_map(catalog.maps, question.map)
    unit = question.unit or (default_unit if found is None else "journey")
    if unit == "journey" and found is None:
        raise QuestionError(
            "Journeys are cut out of walks by a map, and the question names none.",
            hint="Give `map`, or count customers or sessions.",
        )
    start, end = parse_period(question.period, zone)
    segment, notes = _segment(question, catalog, zone)
    return Selection(
        unit=unit,
        as_of=microseconds(as_known(question.as_of, catalog.as_of, zone)),
        silence=microseconds(_silence(unit, found)),
        start=start,
        end=end,
        map="" if found is None else found.key,
        events=None if found is None else classes_of_map(found, catalog, zone),
        segment=segment,
        segment_at_start=question.segment_at == "start",
        where=_pattern(question.where, catalog),
        notes=notes,
    )


def shared_fields(question: Question) -> dict[str, Any]:
    """Return the fields every question shares, to ask another question about the same units."""
    return {field.name: getattr(question, field.name) for field in msgspec.structs.fields(Question)}


def tell_about(
    analysis: str, snapshot: str, selection: Selection, counted: Counted, notes: tuple[str, ...] = ()
) -> About:
    """Say what an answer counts, of what, as of when."""
    return About(
        analysis=analysis,
        snapshot=snapshot,
        as_of=moment(selection.as_of),
        unit=selection.unit,
        units=counted.units,
        customers=counted.customers,
        events=counted.events,
        open=counted.open,
        ties=counted.ties,
        notes=(*selection.notes, *notes),
    )


def _silence(unit: Unit, found: JourneyMap | None) -> timedelta:
    if unit == "session":
        return SESSION_GAP
    return SILENCE if found is None else found.bounds.silence


def _pattern(where: str | None, catalog: Catalog) -> Dfa | None:
    return None if where is None else compile_contains(parse_pattern(where), Touchpoints(catalog))


def _segment(
    question: Question, catalog: Catalog, zone: ZoneInfo
) -> tuple[SegmentTest | None, tuple[str, ...]]:
    if question.segment is None:
        return None, ()
    condition = parse_segment(question.segment, catalog.segments)
    notes = tuple(dict.fromkeys(unseen_values(condition, catalog.dictionaries)))
    return resolve_condition(condition, catalog, zone), notes


def resolve_condition(condition: Condition, catalog: Catalog, zone: ZoneInfo) -> SegmentTest:
    """Turn the names and values of a segment into codes; raises as :func:`resolve_selection`."""
    return resolve_segment(condition, catalog.dictionaries, zone, Behaviours(catalog, zone).resolve)
