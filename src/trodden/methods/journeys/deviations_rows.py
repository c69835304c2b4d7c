"""Deviations gathered by unit: of each kind at each place one row, however often it happened there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from trodden.methods.journeys.deviations import FLAGS, KINDS, Deviations
from trodden.methods.journeys.flow import steps_in_order, touchpoints_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.align import Alignments
    from trodden.methods.journeys.kernels_align_kinds import Kinds, Steps
    from trodden.methods.journeys.kernels_align_structs import Found
    from trodden.methods.journeys.units import Units
    from trodden.model.journey_map import DeviationKind, JourneyMap


class Keys(msgspec.Struct, frozen=True):
    """How a kind at a place becomes one number: by step, or by touchpoint where it is about no step.

    ``steps`` and ``touchpoints`` are how many there are.
    """

    steps: int
    touchpoints: int

    def __len__(self) -> int:
        """Count the keys."""
        return len(KINDS) * self.steps + self.touchpoints

    def of_step(self, kind: DeviationKind, step: int) -> int:
        """Return the key of a kind at a step."""
        return KINDS.index(kind) * self.steps + step

    def of_touchpoint(self, code: int) -> int:
        """Return the key of ad hoc steps at a touchpoint."""
        return len(KINDS) * self.steps + code

    def split(self, key: int) -> tuple[DeviationKind, int | None, int | None]:
        """Return kind, step and touchpoint; one of the last two is None."""
        if key >= len(KINDS) * self.steps:
            return "ad hoc", None, key - len(KINDS) * self.steps
        kind, step = divmod(key, self.steps)
        return KINDS[kind], step, None


@dataclass(frozen=True, slots=True)
class Rows:
    """One row for each unit and key, units ascending; all columns (rows,) int64.

    ``times``: how often it happened in the unit. ``cost``: what that adds to the unit's cost. ``event``:
    where it is told of first, an index into the units' steps: the event itself; for a missing step the
    matched event after it, or the last event where there is none; for a departure the last event.
    """

    unit: NDArray[np.int64]
    key: NDArray[np.int64]
    times: NDArray[np.int64]
    cost: NDArray[np.int64]
    event: NDArray[np.int64]


def rows_of(keys: Keys, units: Units, alignments: Alignments, deviations: Deviations) -> Rows:
    """Gather the deviations and flags of a bucket."""
    import numpy as np

    from trodden.methods.journeys.kernels_align_counts import Gathered, gather

    steps, found, kinds = _for_kernels(units, alignments, deviations)
    told = np.count_nonzero(kinds.event_kind) + np.count_nonzero(kinds.run_kind)
    most = int(told) + len(FLAGS) * int(np.count_nonzero(kinds.event_flags))
    rows = Gathered(*(np.empty(most, dtype=np.int64) for _ in range(5)))
    filled = gather(steps, found, kinds, (keys.steps, len(keys)), rows)
    return Rows(*(column[:filled] for column in rows))


def accepted_keys(journey_map: JourneyMap, keys: Keys, touchpoints: tuple[str, ...]) -> frozenset[int]:
    """Return the keys somebody has accepted as a variation.

    An accepted kind without a step is accepted everywhere; else at the step of that id, at the steps that
    stand for the touchpoint of that name, and, where it is ad hoc, at that touchpoint.
    """
    steps = steps_in_order(journey_map)
    found: set[int] = set()
    for accepted in journey_map.accepted:
        name = accepted.step
        for number, step in enumerate(steps):
            if name in ("", step.id, *touchpoints_of(step)):
                found.add(keys.of_step(accepted.kind, number))
        if accepted.kind == "ad hoc":
            found |= {
                keys.of_touchpoint(code) for code, known in enumerate(touchpoints) if name in ("", known)
            }
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Judged:
    """How units stand, added up: rows OPENED and CLOSED, columns ALL, FITS, DESIGNED, COST and EVENTS.

    DESIGNED are units without a deviation or flag, accepted variations aside. ``missing``: (steps,) closed
    units that went on without the step.
    """

    totals: NDArray[np.int64]
    missing: NDArray[np.int64]


OPENED, CLOSED = range(2)
ALL, FITS, DESIGNED, COST, EVENTS = range(5)


def judge_units(
    keys: Keys, units: Units, alignments: Alignments, deviations: Deviations, accepted: frozenset[int]
) -> Judged:
    """Add up how the units of a bucket stand."""
    import numpy as np

    from trodden.methods.journeys.kernels_align_counts import judge

    is_accepted = np.zeros(len(keys), dtype=np.bool_)
    is_accepted[list(accepted)] = True
    totals, missing = np.zeros((2, 5), dtype=np.int64), np.zeros(keys.steps, dtype=np.int64)
    judge(*_for_kernels(units, alignments, deviations), is_accepted, totals, missing)
    return Judged(totals, missing)


def _for_kernels(units: Units, alignments: Alignments, deviations: Deviations) -> tuple[Steps, Found, Kinds]:
    from trodden.methods.journeys.kernels_align_kinds import Kinds, Steps
    from trodden.methods.journeys.kernels_align_structs import Found

    steps = Steps(units.offsets, units.state, units.occurred_at, units.touchpoint, units.channel_outcome)
    aligned = alignments
    found = Found(aligned.cost, aligned.event_step, aligned.run_offsets, aligned.run_step, aligned.run_event)
    kinds = Kinds(
        deviations.event_kind,
        deviations.event_cost,
        deviations.event_about,
        deviations.event_flags,
        deviations.run_kind,
        deviations.run_cost,
    )
    return steps, found, kinds
