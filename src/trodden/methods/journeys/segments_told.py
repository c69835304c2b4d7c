"""What customers did, resolved against the catalog: see `segments_did` for what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.automaton import Automaton, compile_map
from trodden.methods.journeys.deviations import KINDS
from trodden.methods.journeys.deviations_rows import Keys
from trodden.methods.journeys.flow import steps_in_order, touchpoints_of
from trodden.methods.journeys.patterns import Pattern, Place, parse_pattern
from trodden.methods.journeys.patterns_dfa import Finder, compile_finder, step_codes
from trodden.methods.journeys.periods import microseconds, parse_period
from trodden.methods.journeys.segments_codes import BehaviourTest, Moments
from trodden.methods.journeys.segments_did import Behaviour, Deviated, Did, Paused
from trodden.methods.journeys.select_bounds import classes_of_map
from trodden.methods.journeys.select_cut import Cutting
from trodden.methods.journeys.select_names import Touchpoints, find_map
from trodden.model.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from trodden.methods.journeys.segments_did import When
    from trodden.model.catalog import Catalog
    from trodden.model.journey_map import DeviationKind, JourneyMap

NO_LIMIT: Final = -1
FAR: Final = 1 << 62
"""A time later than any; journeys are cut out of whole walks, and which were over is told of each moment."""


class DidTest(BehaviourTest, frozen=True, kw_only=True):
    """Matches of a pattern; ``within``: microseconds, or NO_LIMIT."""

    finder: Finder
    within: int = NO_LIMIT


class PausedTest(BehaviourTest, frozen=True, kw_only=True):
    """Gaps longer than ``over`` microseconds; ``after``, ``before``: a byte for each touchpoint."""

    over: int
    after: bytes
    before: bytes


class DeviatedTest(BehaviourTest, frozen=True, kw_only=True):
    """Journeys with a deviation; ``wanted``: a byte for each of the ``keys``, 1 for those."""

    cutting: Cutting
    automaton: Automaton
    keys: Keys
    wanted: bytes


class Behaviours:
    """Resolves what customers did against one catalog."""

    def __init__(self, catalog: Catalog, zone: ZoneInfo) -> None:
        self._catalog = catalog
        self._zone = zone
        self._touchpoints = Touchpoints(catalog)

    def resolve(self, found: Behaviour) -> BehaviourTest:
        """Turn names into codes.

        Raises
        ------
        QuestionError
            A pattern that cannot be read, or a period that is empty.
        UnknownNameError
            A touchpoint, map, step or kind of deviation nobody knows.
        """
        if isinstance(found, Did):
            return self._did(found)
        return self._paused(found) if isinstance(found, Paused) else self._deviated(found)

    def _moments(self, when: When) -> Moments:
        start, end = parse_period(when.period, self._zone)
        return Moments(start, end, None if when.last is None else microseconds(when.last))

    def _did(self, found: Did) -> DidTest:
        is_name = self._touchpoints.is_known(found.steps)
        pattern = _only(found.steps) if is_name else parse_pattern(found.steps, "segment")
        return DidTest(
            times=found.times,
            moments=self._moments(found.when),
            finder=compile_finder(pattern, self._touchpoints),
            within=NO_LIMIT if found.within is None else microseconds(found.within),
        )

    def _paused(self, found: Paused) -> PausedTest:
        after, before = (
            step_codes(text or "any", "segment", self._touchpoints).tobytes()
            for text in (found.after, found.before)
        )
        moments = self._moments(found.when)
        return PausedTest(
            times=found.times, moments=moments, over=microseconds(found.over), after=after, before=before
        )

    def _deviated(self, found: Deviated) -> DeviatedTest:
        journey_map = find_map(self._catalog.maps, found.map)
        bounds = classes_of_map(journey_map, self._catalog, self._zone)
        automaton = compile_map(journey_map, self._catalog)
        keys = Keys(len(automaton.steps), len(self._touchpoints))
        wanted = frozenset(_keys(found, journey_map, keys, self._touchpoints))
        return DeviatedTest(
            times=found.times,
            moments=self._moments(found.when),
            cutting=Cutting("journey", FAR, microseconds(journey_map.bounds.silence), bounds),
            automaton=automaton,
            keys=keys,
            wanted=bytes(key in wanted for key in range(len(keys))),
        )


def _only(name: str) -> Pattern:
    return Pattern(name, (Place((name,), text=name),))


def _keys(found: Deviated, journey_map: JourneyMap, keys: Keys, touchpoints: Touchpoints) -> Iterator[int]:
    """Name the deviations that count: of the kind, at the steps of that id or at that touchpoint."""
    wanted = (found.kind,) if found.kind else KINDS
    kinds: list[DeviationKind] = [kind for kind in KINDS if kind in wanted]
    if not kinds:
        raise UnknownNameError(
            f"There is no deviation called {found.kind!r}.", hint=f"Kinds: {', '.join(KINDS)}."
        )
    steps = [
        number
        for number, step in enumerate(steps_in_order(journey_map))
        if found.at in ("", step.id, *touchpoints_of(step))
    ]
    ids = {step.id for step in steps_in_order(journey_map)}
    for kind in kinds:
        yield from (keys.of_step(kind, step) for step in steps)
    if "ad hoc" in kinds and found.at not in ids:
        codes = touchpoints.codes((found.at,)) if found.at else range(len(touchpoints))
        yield from (keys.of_touchpoint(code) for code in codes)
    elif not steps:
        raise UnknownNameError(f"The map has no step {found.at!r}.", hint=f"Steps: {', '.join(sorted(ids))}.")
