"""What kind of deviation each unmatched move is: exactly one, the first that applies.

=============  ============================================================================  ============
kind           when                                                                          cost
=============  ============================================================================  ============
departed       all map-only moves after the last event of a unit closed without its goal:    their number
               one row
out of order   a walk-only and a map-only move of one touchpoint, one row: each walk-only    2
               move, in order, takes the earliest map-only move left that its touchpoint
               stands for
out of order   a walk-only move of a part the run skipped (optional, the way back of a       1
               loop)
missing        any other map-only move                                                       1
wrong branch   walk-only; its touchpoint stands only on branches the run did not take        1
repeated       walk-only; a step its touchpoint stands for is matched elsewhere in the       1
               unit, or was paired with another of its events
ad hoc         walk-only; its touchpoint is nowhere in the map                               1
out of order   any other walk-only move: its step is among those departed, or beyond the     1
               end of an open unit's run
=============  ============================================================================  ============

The costs of a unit's rows add up to the cost of its alignment. A run did not take a branch where it has no
step in it and, in an open unit, some step on another branch of the same choice. Of several parts around a
step that the run never entered the outermost decides.

Flags on matched events, cost 0, several may apply: *failing* (outcome failed, declined, abandoned or
unresolved), *paused* (time since the previous matched event above the step's longest wait), *forced switch*
(the event right before was on another channel and failing in the same sense).

References
----------
Halvorsrud, R., Kvale, K., Folstad, A. (2016). Improving service quality through customer journey analysis.
Journal of Service Theory and Practice 26, 840-867.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.align import Alignments
from trodden.model.journey_map import DeviationKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.automaton import Automaton
    from trodden.methods.journeys.units import Units

KINDS: Final[tuple[DeviationKind, ...]] = (
    "departed",
    "out of order",
    "missing",
    "wrong branch",
    "repeated",
    "ad hoc",
    "failing",
    "paused",
    "forced switch",
)
"""In the order of the table, then the flags; a kind's code is its place here plus 1, and 0 is none."""

FLAGS: Final = KINDS[6:]
"""Bit ``1 << place`` of ``event_flags`` is the flag at that place."""


@dataclass(frozen=True, slots=True)
class Deviations:
    """The rows of :mod:`trodden.methods.journeys.deviations`, beside the events and runs they are about.

    ``event_kind``: (steps,) code of the kind of a walk-only move, 0 for a matched event; ``event_cost`` what
    its row costs; ``event_about`` the step the row is about, -1 for none; ``event_flags`` bits of FLAGS.
    ``run_kind``: (run steps,) *missing*, or *departed* on the first of those, or 0 for matched steps and
    those that share another row; ``run_cost`` what the row costs.
    """

    event_kind: NDArray[np.uint8]
    event_cost: NDArray[np.uint8]
    event_about: NDArray[np.int16]
    event_flags: NDArray[np.uint8]
    run_kind: NDArray[np.uint8]
    run_cost: NDArray[np.int32]


def deviations_of(automaton: Automaton, units: Units, alignments: Alignments) -> Deviations:
    """Classify every unmatched move of every unit, and flag matched events."""
    import numpy as np

    from trodden.methods.journeys.kernels_align_kinds import Kinds, Steps, classify
    from trodden.methods.journeys.kernels_align_structs import Found

    events, runs = len(units.touchpoint), len(alignments.run_step)
    kinds = Kinds(
        event_kind=np.zeros(events, dtype=np.uint8),
        event_cost=np.zeros(events, dtype=np.uint8),
        event_about=np.full(events, -1, dtype=np.int16),
        event_flags=np.zeros(events, dtype=np.uint8),
        run_kind=np.zeros(runs, dtype=np.uint8),
        run_cost=np.zeros(runs, dtype=np.int32),
    )
    steps = Steps(units.offsets, units.state, units.occurred_at, units.touchpoint, units.channel_outcome)
    found = Found(
        alignments.cost,
        alignments.event_step,
        alignments.run_offsets,
        alignments.run_step,
        alignments.run_event,
    )
    classify(automaton.places, steps, found, kinds)
    return Deviations(*kinds)
