"""What the events of a bucket mean to a map: which count, which start a journey, which end one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.methods.journeys.flow import (
    first_steps,
    is_skippable,
    last_steps,
    parts_of,
    scope_touchpoints,
    steps_in_order,
    touchpoints_of,
)
from trodden.methods.journeys.segments import Compare
from trodden.methods.journeys.segments_codes import CodeTest, SegmentTest, by_code, resolve_segment
from trodden.methods.journeys.select_names import Touchpoints
from trodden.model.errors import MapError
from trodden.model.event import OUTCOMES
from trodden.model.journey_map import Choice, FlowItem, JourneyMap, Loop, Step, StepRef

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import numpy as np
    from numpy.typing import NDArray

    from trodden.model.catalog import Catalog
    from trodden.model.walks import Bucket

IN_SCOPE: Final = 1
STARTS: Final = 2
REACHES: Final = 4
ABANDONS: Final = 8
ALONE: Final = 16
AGAIN: Final = 32
"""Bits of an event's class, as in `kernels_units`."""


class EventTest(msgspec.Struct, frozen=True):
    """Adds ``bits`` to the events that pass it.

    At one of ``touchpoints``, with one of ``outcomes`` (codes; none given mean any), every
    property test holding.
    """

    touchpoints: tuple[int, ...]
    outcomes: tuple[int, ...]
    properties: tuple[CodeTest, ...]
    bits: int


class EventClasses(msgspec.Struct, frozen=True):
    """The class of an event: the byte of ``table`` at its touchpoint, and the bits of the tests it passes."""

    table: bytes
    tests: tuple[EventTest, ...] = ()


def classes_of_map(found: JourneyMap, catalog: Catalog, zone: ZoneInfo) -> EventClasses:
    """Say what each event means to the map.

    Touchpoints in ``bounds.start``, ``reached`` and ``abandoned`` stand for all their events. An empty
    ``start`` stands for every event that can be the first step of a run, an empty ``reached`` for
    every one that can be the last, by the steps' own tests. An event that alone is a complete run, and
    reaches the goal, is a journey by itself. An event that ended a journey may start the next where
    it matches the start: by name, or as a first step of the flow that is not also a last one.

    Raises
    ------
    MapError
        A step tests an outcome there is not.
    UnknownNameError
        A step tests a property that is not promoted.
    """
    return _Classes(found, catalog, zone).build()


class _Classes:
    """Collects the bits of one map's touchpoints and steps."""

    def __init__(self, found: JourneyMap, catalog: Catalog, zone: ZoneInfo) -> None:
        self._map = found
        self._dictionaries = catalog.dictionaries
        self._zone = zone
        self._touchpoints = Touchpoints(catalog)
        self._table = bytearray(len(self._touchpoints))
        self._tests: list[EventTest] = []

    def build(self) -> EventClasses:
        bounds = self._map.bounds
        self._mark(scope_touchpoints(self._map), IN_SCOPE)
        self._mark(bounds.start, STARTS | AGAIN)
        self._mark(bounds.reached, REACHES)
        self._mark(bounds.abandoned, ABANDONS)
        for step in steps_in_order(self._map):
            self._mark_step(step)
        return EventClasses(bytes(self._table), tuple(self._tests))

    def _mark(self, names: Iterable[str], bits: int) -> None:
        for code in self._touchpoints.codes(names):
            self._table[code] |= bits

    def _mark_step(self, step: Step) -> None:
        bits = self._bits(step.id)
        names = touchpoints_of(step)
        reached = self._map.bounds.reached
        if step.id in alone_steps(self._map.flow):
            goal = tuple(name for name in names if not reached or name in reached)
            self._mark_events(step, goal, ALONE)
        if bits:
            self._mark_events(step, names, bits)

    def _bits(self, step: str) -> int:
        """Return what the flow says about a step, where the bounds leave it to the flow."""
        flow, bounds, bits = self._map.flow, self._map.bounds, 0
        is_last = step in last_steps(flow)
        if not bounds.start and step in first_steps(flow):
            bits |= STARTS if is_last else STARTS | AGAIN
        return bits | REACHES if is_last and not bounds.reached else bits

    def _mark_events(self, step: Step, names: tuple[str, ...], bits: int) -> None:
        if not step.outcome and not step.where:
            self._mark(names, bits)
            return
        codes = self._touchpoints.codes(names)
        self._tests.append(EventTest(codes, self._outcomes(step), self._properties(step), bits))

    def _outcomes(self, step: Step) -> tuple[int, ...]:
        unknown = [name for name in step.outcome if name not in OUTCOMES]
        if unknown:
            raise MapError(
                f"Step {step.id!r} of map {self._map.name!r} tests an outcome there is not: {unknown[0]!r}.",
                hint=f"Outcomes: {', '.join(OUTCOMES)}.",
            )
        return tuple(OUTCOMES.index(name) for name in step.outcome)

    def _properties(self, step: Step) -> tuple[CodeTest, ...]:
        tests = (self._property_test(name, values) for name, values in sorted(step.where.items()))
        return tuple(test for test in tests if isinstance(test, CodeTest))

    def _property_test(self, name: str, values: tuple[str, ...]) -> SegmentTest:
        return resolve_segment(Compare(name, "=", values), self._dictionaries, self._zone)


def alone_steps(flow: tuple[FlowItem, ...]) -> frozenset[str]:
    """Return the ids of the steps that are a complete run of the flow by themselves."""
    found: set[str] = set()
    for place, item in enumerate(flow):
        if is_skippable(flow[:place] + flow[place + 1 :]):
            found |= _alone_in(item)
    return frozenset(found)


def _alone_in(item: FlowItem) -> frozenset[str]:
    if isinstance(item, StepRef):
        return frozenset((item.id,))
    parts = parts_of(item)
    if isinstance(item, Choice):
        return frozenset[str]().union(*map(alone_steps, parts))
    skippable = [is_skippable(part) for part in parts]
    if isinstance(item, Loop):
        again = alone_steps(item.again) if skippable[0] else frozenset[str]()
        return alone_steps(item.flow) | again
    usable = (
        alone_steps(part)
        for place, part in enumerate(parts)
        if all(skippable[:place] + skippable[place + 1 :])
    )
    return frozenset[str]().union(*usable)


def class_of_events(bucket: Bucket, classes: EventClasses | None) -> NDArray[np.uint8]:
    """Return the class of every row of the bucket; without a map every event counts and nothing more."""
    import numpy as np

    if classes is None:
        return np.full(len(bucket.touchpoint), IN_SCOPE, dtype=np.uint8)
    found = np.frombuffer(classes.table, dtype=np.uint8)[bucket.touchpoint]
    for test in classes.tests:
        found[_passes(bucket, test, len(classes.table))] |= np.uint8(test.bits)
    return found


def _passes(bucket: Bucket, test: EventTest, touchpoints: int) -> NDArray[np.bool_]:
    import numpy as np

    at = np.zeros(touchpoints, dtype=np.bool_)
    at[list(test.touchpoints)] = True
    passes = at[bucket.touchpoint]
    if test.outcomes:
        passes &= np.isin(bucket.channel_outcome >> 4, test.outcomes)
    for wanted in test.properties:
        passes &= by_code(wanted, bucket.properties, len(passes))
    return passes
