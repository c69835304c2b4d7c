"""Alignments of the journeys of a bucket with a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trodden.methods.journeys.automaton_symbols import symbols_in
from trodden.model.errors import TooLargeError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.automaton import Automaton
    from trodden.methods.journeys.kernels_align_structs import Journeys
    from trodden.methods.journeys.units import Units
    from trodden.model.walks import Bucket


@dataclass(frozen=True, slots=True)
class Alignments:
    """One cheapest alignment for every unit; steps are numbers in document order.

    ``cost``: (units,) moves on one side only. ``event_step``: (steps,) the step each event matches, -1
    for none. The run chosen for unit ``u`` is ``run_step[run_offsets[u]:run_offsets[u + 1]]``; beside it
    ``run_event`` holds the event (an index into the units' steps) each of its steps is matched by,
    -1 for none. Between two matches, events that match nothing come before steps nothing matches.
    """

    cost: NDArray[np.int32]
    event_step: NDArray[np.int16]
    run_offsets: NDArray[np.int64]
    run_step: NDArray[np.int16]
    run_event: NDArray[np.int32]


def align_units(automaton: Automaton, bucket: Bucket, units: Units) -> Alignments:
    """Align every unit of a bucket: complete runs for closed units, prefixes of runs for open ones.

    The cheapest sequence of synchronous moves (0), walk-only moves (1) and map-only moves (1). Among those
    of least cost: the most matched events; then the lexicographically smallest list of matched
    positions; then the lexicographically smallest list of run steps, numbered in document order; then an
    event matches the earliest step of the run it can.

    Raises
    ------
    TooLargeError
        A unit has so many events that events by states exceed 2**30.

    References
    ----------
    Adriansyah, A. (2014). Aligning Observed and Modeled Behavior. PhD thesis, TU Eindhoven, chapter 4.
    van der Aalst, W., Adriansyah, A., van Dongen, B. (2012). Replaying history on process models for
    conformance checking and performance analysis. WIREs Data Mining and Knowledge Discovery 2, 182-192.
    """
    from trodden.methods.journeys.kernels_align_structs import Journeys

    return align_symbols(
        automaton, Journeys(units.offsets, units.state, symbols_in(automaton.symbols, bucket, units))
    )


def align_symbols(automaton: Automaton, journeys: Journeys) -> Alignments:
    """Align journeys given as symbols; see :func:`align_units`."""
    import numpy as np

    from trodden.methods.journeys.kernels_align import align
    from trodden.methods.journeys.kernels_align_structs import Found

    units, steps = len(journeys.state), len(journeys.symbol)
    longest_run = 2 * steps + automaton.cheapest_run * units
    found = Found(
        cost=np.empty(units, dtype=np.int32),
        event_step=np.empty(steps, dtype=np.int16),
        run_offsets=np.zeros(units + 1, dtype=np.int64),
        run_step=np.empty(longest_run, dtype=np.int16),
        run_event=np.empty(longest_run, dtype=np.int32),
    )
    too_large = align(automaton.tables, journeys, found)
    if too_large >= 0:
        events = int(journeys.offsets[too_large + 1] - journeys.offsets[too_large])
        raise TooLargeError(
            f"A journey of {events:,} events cannot be aligned with a map of {automaton.states:,} states.",
            hint="Give the map a shorter silence or a narrower scope.",
        )
    used = int(found.run_offsets[-1])
    return Alignments(
        found.cost, found.event_step, found.run_offsets, found.run_step[:used], found.run_event[:used]
    )
