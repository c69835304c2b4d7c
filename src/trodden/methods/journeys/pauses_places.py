"""Where a gap begins: at a step of the map where an event matches one, else at a touchpoint.

Places have codes: first the steps of the map in document order, then the touchpoints by their codes.
Without a map, and where units are not journeys, every place is a touchpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from trodden.methods.journeys.align import align_units
from trodden.methods.journeys.automaton import Automaton, compile_map
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.units import Units

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_pauses import Plan
    from trodden.methods.journeys.select import Selection
    from trodden.model.catalog import Catalog
    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Bucket

NO_STAGE: Final = -1
NO_WAIT: Final = -1


class Place(msgspec.Struct, frozen=True, order=True):
    """A step of the map by its id, or a touchpoint by its name."""

    name: str
    kind: Literal["step", "touchpoint"] = "touchpoint"


@dataclass(frozen=True, slots=True)
class Design:
    """A compiled map with what pauses ask of it; plain arrays that pickle.

    ``stage``: (places,) int32, the rank of a place's stage, -1 without one; a touchpoint has the last
    stage of the steps it stands for. ``on_map``: (touchpoints,) whether it stands for a step.
    ``longest``: (steps,) int64 microseconds, the longest expected wait before a step, -1 without one.
    ``longest_next``: (states,) the same for a journey that waits in a state: the longest over the steps
    that may come next.
    """

    automaton: Automaton
    stage: NDArray[np.int32]
    on_map: NDArray[np.bool_]
    longest: NDArray[np.int64]
    longest_next: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Placed:
    """The steps of some units by place; ``after`` as in `kernels_pauses.Steps`."""

    place: NDArray[np.int32]
    after: NDArray[np.int32]


def design_for(selection: Selection, catalog: Catalog) -> Design | None:
    """Return the design where journeys of a map are counted, else None.

    Raises
    ------
    MapError
        The map cannot be compiled.
    """
    if selection.unit != "journey" or not selection.map:
        return None
    return design_of(catalog.maps[selection.map], catalog)


def design_of(journey_map: JourneyMap, catalog: Catalog) -> Design:
    """Compile a map and look up what pauses ask of it."""
    import numpy as np

    automaton = compile_map(journey_map, catalog)
    touchpoints = len(catalog.dictionaries.touchpoints)
    stands_for = _steps_by_touchpoint(automaton, touchpoints)
    ranks = _stage_ranks(journey_map)
    by_touchpoint = [max((ranks[step] for step in steps), default=NO_STAGE) for steps in stands_for]
    return Design(
        automaton=automaton,
        stage=np.array([*ranks, *by_touchpoint], dtype=np.int32),
        on_map=np.array([bool(steps) for steps in stands_for], dtype=np.bool_),
        longest=automaton.places.longest_wait,
        longest_next=_longest_next(automaton),
    )


def _steps_by_touchpoint(automaton: Automaton, touchpoints: int) -> list[list[int]]:
    at_from, at_step = automaton.places.at_from.tolist(), automaton.places.at_step.tolist()
    listed = [at_step[first:last] for first, last in pairwise(at_from)]
    return listed + [[] for _ in range(touchpoints - len(listed))]


def _stage_ranks(journey_map: JourneyMap) -> list[int]:
    """Rank the stages as the map lists them, then those only its steps name, in document order."""
    steps = steps_in_order(journey_map)
    names = dict.fromkeys((*journey_map.stages, *(step.stage for step in steps if step.stage)))
    ranks = {name: rank for rank, name in enumerate(names)}
    return [ranks[step.stage] if step.stage else NO_STAGE for step in steps]


def _longest_next(automaton: Automaton) -> NDArray[np.int64]:
    import numpy as np

    tables, longest = automaton.tables, automaton.places.longest_wait
    found = np.full(automaton.states, NO_WAIT, dtype=np.int64)
    states = np.repeat(np.arange(automaton.states), np.diff(tables.move_from))
    np.maximum.at(found, states, longest[tables.move_step])
    return found


def place_names(design: Design | None, touchpoints: tuple[str, ...]) -> tuple[Place, ...]:
    """Return the places by code."""
    steps = () if design is None else design.automaton.steps
    return (*(Place(step, "step") for step in steps), *(Place(name) for name in touchpoints))


def step_labels(journey_map: JourneyMap) -> dict[str, str]:
    """Return what to call each step, by id."""
    return {step.id: step.label or step.id for step in steps_in_order(journey_map)}


def place_steps(design: Design | None, bucket: Bucket, units: Units) -> Placed:
    """Say of every step of the units at which place it is.

    Raises
    ------
    TooLargeError
        A journey is too long to be aligned.
    """
    import numpy as np

    from trodden.methods.journeys.kernels_pauses import Runs, states_after

    if design is None:
        return Placed(units.touchpoint.astype(np.int32), np.zeros(len(units.touchpoint), dtype=np.int32))
    aligned = align_units(design.automaton, bucket, units)
    tables, matched = design.automaton.tables, aligned.event_step
    apart = len(design.automaton.steps) + units.touchpoint.astype(np.int32)
    runs = Runs(aligned.run_offsets, aligned.run_step, aligned.run_event)
    after = states_after(tables.move_from, tables.move_step, tables.move_to, runs, units.offsets)
    return Placed(np.where(matched >= 0, matched.astype(np.int32), apart), after)


def kernel_plan(design: Design | None, touchpoints: int) -> Plan:
    """Return what the kernels read of the design; without one, nothing is on a map and has no stage."""
    import numpy as np

    from trodden.methods.journeys.kernels_pauses import Plan

    if design is None:
        none = np.zeros(1, dtype=np.int32)
        stage = np.full(touchpoints, NO_STAGE, dtype=np.int32)
        return Plan(0, none, none, stage, np.zeros(touchpoints, dtype=np.bool_))
    tables = design.automaton.tables
    return Plan(len(design.automaton.steps), tables.move_from, tables.move_step, design.stage, design.on_map)
