"""One customer's walk laid over a map: their journeys, event by event, with what was designed there.

It is what `align` and `deviations` tell of all journeys of a bucket, told of one customer's in words: ids of
steps and kinds of deviation. Variations somebody has accepted are no deviations here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from trodden.methods.journeys.align import align_units
from trodden.methods.journeys.automaton import compile_map
from trodden.methods.journeys.deviations import FLAGS, KINDS, deviations_of
from trodden.methods.journeys.deviations_rows import Keys, accepted_keys
from trodden.methods.journeys.select import resolve_selection, select
from trodden.methods.journeys.units import ABANDONED, OPEN, REACHED, SILENT
from trodden.model.question import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.methods.journeys.align import Alignments
    from trodden.methods.journeys.deviations import Deviations
    from trodden.methods.journeys.units import Units
    from trodden.model.catalog import Catalog
    from trodden.model.journey_map import DeviationKind, JourneyMap
    from trodden.model.walks import Bucket

State = Literal["open", "reached", "abandoned", "silent"]

_STATES: Final[dict[int, State]] = {
    OPEN: "open",
    REACHED: "reached",
    ABANDONED: "abandoned",
    SILENT: "silent",
}
_NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class LaidEvent:
    """One event of a journey. ``row`` is its row of the bucket, ``step`` the id it matches, empty for none.

    ``kinds``: its deviations and flags; ``about``: the id of the step these are about, empty for none.
    ``skipped``: ids of the designed steps right before it that nothing matched.
    """

    row: int
    step: str
    kinds: tuple[DeviationKind, ...] = ()
    about: str = ""
    skipped: tuple[str, ...] = ()

    @property
    def is_designed(self) -> bool:
        """Say whether nothing parts from the design here."""
        return not self.kinds and not self.skipped


@dataclass(frozen=True, slots=True)
class LaidJourney:
    """One journey of a customer; ``left_out`` are ids of designed steps after its last event."""

    map: str
    state: State
    events: tuple[LaidEvent, ...]
    left_out: tuple[str, ...] = ()

    @property
    def departures(self) -> int:
        """Count the events at which it parts from the design, and its end where steps are left out."""
        return sum(not event.is_designed for event in self.events) + bool(self.left_out)


def lay_journeys(bucket: Bucket, journey_map: JourneyMap, catalog: Catalog) -> tuple[LaidJourney, ...]:
    """Lay the journeys of a bucket of one customer over a map, in order of time; none where there are none.

    Raises
    ------
    MapError, UnknownNameError
        The map cannot be laid over this data.
    TooLargeError
        A journey is too long to be aligned.
    """
    units = select(bucket, resolve_selection(Question(map=journey_map.key), catalog))
    if not len(units):
        return ()
    return _Laid(units, journey_map, catalog).journeys(bucket)


class _Laid:
    """The journeys of one customer, with all that is needed to name what stands in arrays."""

    def __init__(self, units: Units, journey_map: JourneyMap, catalog: Catalog) -> None:
        touchpoints = catalog.dictionaries.touchpoints
        self.map = journey_map.key
        self.units = units
        self.automaton = compile_map(journey_map, catalog)
        self.keys = Keys(len(self.automaton.steps), len(touchpoints))
        self.accepted = accepted_keys(journey_map, self.keys, touchpoints)

    def journeys(self, bucket: Bucket) -> tuple[LaidJourney, ...]:
        """Return every journey."""
        aligned = align_units(self.automaton, bucket, self.units)
        found = deviations_of(self.automaton, self.units, aligned)
        return tuple(self._journey(unit, aligned, found) for unit in range(len(self.units)))

    def _journey(self, unit: int, aligned: Alignments, found: Deviations) -> LaidJourney:
        first, last = (int(self.units.offsets[unit + edge]) for edge in (0, 1))
        skipped = self._skipped(unit, last, aligned, found)
        return LaidJourney(
            map=self.map,
            state=_STATES[int(self.units.state[unit])],
            events=tuple(
                self._event(at, tuple(skipped.get(at, ())), aligned, found) for at in range(first, last)
            ),
            left_out=tuple(skipped.get(last, ())),
        )

    def _skipped(self, unit: int, end: int, aligned: Alignments, found: Deviations) -> dict[int, list[str]]:
        """Return the designed steps nothing matched, under the matched event after them or under ``end``."""
        first, last = (int(aligned.run_offsets[unit + edge]) for edge in (0, 1))
        waiting: list[str] = []
        told: dict[int, list[str]] = {}
        for place in range(first, last):
            event = int(aligned.run_event[place])
            if event >= 0:
                told[event], waiting = waiting, []
            elif self._is_told(place, aligned, found):
                waiting.append(self.automaton.steps[int(aligned.run_step[place])])
        return {**told, end: waiting}

    def _is_told(self, place: int, aligned: Alignments, found: Deviations) -> bool:
        """Say whether a step nothing matched is a deviation of its own: missing or departed, not accepted."""
        kind, step = int(found.run_kind[place]), int(aligned.run_step[place])
        return kind > 0 and self.keys.of_step(KINDS[kind - 1], step) not in self.accepted

    def _event(self, at: int, skipped: tuple[str, ...], aligned: Alignments, found: Deviations) -> LaidEvent:
        step, about = int(aligned.event_step[at]), int(found.event_about[at])
        told = self._told(at, step, about, found)
        kinds: tuple[DeviationKind, ...] = tuple(kind for kind, key in told if key not in self.accepted)
        steps = self.automaton.steps
        return LaidEvent(
            row=int(self.units.rows[at]),
            step=steps[step] if step >= 0 else "",
            kinds=kinds,
            about=steps[about] if kinds and about >= 0 else "",
            skipped=skipped,
        )

    def _told(self, at: int, step: int, about: int, found: Deviations) -> Iterator[tuple[DeviationKind, int]]:
        """Yield the deviation and the flags of an event, each with the key it is accepted under."""
        kind = int(found.event_kind[at])
        if kind:
            name = KINDS[kind - 1]
            touchpoint = int(self.units.touchpoint[at])
            is_step = about != _NOWHERE
            yield name, self.keys.of_step(name, about) if is_step else self.keys.of_touchpoint(touchpoint)
        for place, name in enumerate(FLAGS):
            if int(found.event_flags[at]) >> place & 1:
                yield name, self.keys.of_step(name, step)
