"""Deviations judged at their fork: who went which way, whom they are like, and how it ended for them.

**Fork.** The matched step a deviation comes after (its *source*), or the journey's start. Only the first time
a closed journey stands there counts. **Ways.** What happened there instead of the design: a deviation of one
kind at one step (or touchpoint) after one source; for a skipped step also the step that came next.

**Both sides come equally far.** Nobody is seen to skip a step before the next one comes, and nobody can
deviate who has left: to count those only on one side would praise the deviation for the time it takes to be
seen (immortal time). So both sides are those who came to a next step, *the point of meeting*:

- a skipped step: those who came to ``target`` without it, against those who took it next and came to
  ``target`` later; where the two may come in any order, both have left that part of the map: until then the
  step may still come, and who leaves has not been seen to skip it;
- a flag (failing, paused, forced switch): those who came to the step with it, against those who came directly
  and without;
- all others: those with such an event who came to a next step as designed, against those whose next event
  was one.

Time and effort are counted from the fork on both sides. For the last group the goal is counted once more
*from the fork*: with those who left after the deviation or went on elsewhere, against those who left with
nothing after the fork. Among the latter are some who left before they could deviate, so this comparison can
only flatter a deviation: harm is read from it, benefit never.

References
----------
Suissa, S. (2008). Immortal time bias in pharmacoepidemiology. American Journal of Epidemiology 167, 492-499.
Hernan, M. A. and Robins, J. M. (2016). Using big data to emulate a target trial when a randomized trial is
not available. American Journal of Epidemiology 183, 758-764.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from trodden.methods.journeys.align import align_units
from trodden.methods.journeys.deviations import deviations_of
from trodden.methods.journeys.examples import Candidate, Cases, best, costliest
from trodden.methods.journeys.flow import steps_beside
from trodden.methods.journeys.select import Selection
from trodden.methods.journeys.units import OPEN, frozen
from trodden.methods.journeys.verdicts_ends import COLUMNS, Ending, outcomes_of
from trodden.methods.journeys.verdicts_like import Likeness, cells_of
from trodden.methods.journeys.walked import Codes, Wanted, designed_moves, routes_of, units_on_route
from trodden.model.errors import TooLargeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.journeys.align import Alignments
    from trodden.methods.journeys.automaton import Automaton
    from trodden.methods.journeys.deviations import Deviations
    from trodden.methods.journeys.kernels_verdicts import Aligned, Passed, Ways
    from trodden.methods.journeys.units import Units
    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Bucket

ANY: Final = -1
MOST_BYTES: Final = 64_000_000


class Way(msgspec.Struct, frozen=True, order=True):
    """One way to deviate, by codes of `Codes`: ``source`` may be the start; -1 is any, or none."""

    source: int
    kind: int
    step: int
    touchpoint: int
    target: int


@dataclass(frozen=True, slots=True)
class Table:
    """Sums by key. ``keys``: (k,) ascending, each once; ``sums``: (k, columns)."""

    keys: NDArray[np.int64]
    sums: NDArray[np.int64]

    def __add__(self, other: Table) -> Table:
        """Add the sums of other journeys."""
        return table_of(np.concatenate((self.keys, other.keys)), np.concatenate((self.sums, other.sums)))

    def within(self, first: int, last: int) -> Table:
        """Return the part with ``first <= key < last``, keys counted from ``first``."""
        low, high = np.searchsorted(self.keys, (first, last))
        return Table(self.keys[low:high] - first, self.sums[low:high])


def table_of(keys: NDArray[np.int64], values: NDArray[np.int64]) -> Table:
    """Add the values, (rows, columns), that share a key.

    Raises
    ------
    TooLargeError
        The sums would take more than `MOST_BYTES`.
    """
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    found = ordered[first]
    sums = np.add.reduceat(values[order], first) if len(found) else np.zeros_like(values)
    if sums.nbytes > MOST_BYTES:
        raise TooLargeError(
            f"The journeys fall into {len(found):,} groups of their like, too many to keep.",
            hint="Match on fewer properties or longer periods, or try fewer routes (`limit`).",
        )
    return Table(found, sums)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was counted. ``journeys``: (ways,) closed journeys with the deviation, at any passage.

    ``table``: the columns of `verdicts_ends`, by ``(way * 2 + arm) * cells + cell``.
    """

    journeys: NDArray[np.int64]
    table: Table
    examples: tuple[Candidate, ...] = ()

    def __add__(self, other: Judged) -> Judged:
        """Add the counts of two buckets."""
        both = (*self.examples, *other.examples)
        return Judged(self.journeys + other.journeys, self.table + other.table, best(both))


def nobody(ways: int) -> Judged:
    """Return the counts of no journey."""
    none = np.zeros(0, dtype=np.int64)
    return Judged(np.zeros(ways, dtype=np.int64), Table(none, np.zeros((0, COLUMNS), dtype=np.int64)))


@dataclass(frozen=True, slots=True)
class Judging:
    """What is judged: the map, the ways (ascending), whom they are matched with, and how it ends."""

    automaton: Automaton
    codes: Codes
    ways: tuple[Way, ...]
    like: Likeness
    ending: Ending
    inside: tuple[tuple[int, ...], ...] = ()
    """For each way the steps of the parallel part in which it is open whether its step is skipped."""


def judge_bucket(judging: Judging, selection: Selection, bucket: Bucket, units: Units) -> Judged:
    """Align the journeys of a bucket and count how they ended, by way, side and cell."""
    aligned = align_units(judging.automaton, bucket, units)
    deviations = deviations_of(judging.automaton, units, aligned)
    passed = _passed(judging, units, aligned, deviations)
    cell = cells_of(judging.like, bucket, units, passed)
    key = (passed.way * 2 + passed.arm) * judging.like.cells + cell
    is_matched = np.zeros(len(bucket.occurred_at), dtype=np.bool_)
    is_matched[units.rows[aligned.event_step >= 0]] = True
    values = outcomes_of(judging.ending, selection.as_of, bucket, units, (passed, is_matched))
    return Judged(
        _journeys(judging, units, aligned, deviations),
        table_of(key, values),
        _examples(bucket, units, passed),
    )


def _passed(judging: Judging, units: Units, aligned: Alignments, deviations: Deviations) -> Passed:
    from trodden.methods.journeys.kernels_verdicts import Passed, pass_forks

    ways = _ways(judging)
    most = np.diff(ways.offsets)
    matched = aligned.event_step[aligned.event_step >= 0]
    room = int(most[matched].sum() + most[-1] * len(units))
    rows = Passed(*(np.empty(room, dtype=np.int64) for _ in Passed._fields))
    used = pass_forks(_aligned(units, aligned, deviations), ways, rows)
    return Passed(*(column[:used] for column in rows))


def _aligned(units: Units, aligned: Alignments, deviations: Deviations) -> Aligned:
    from trodden.methods.journeys.kernels_verdicts import Aligned

    return Aligned(
        offsets=units.offsets,
        state=units.state,
        touchpoint=units.touchpoint,
        run_offsets=frozen(aligned.run_offsets[:]),
        run_step=frozen(aligned.run_step[:]),
        run_event=frozen(aligned.run_event[:]),
        run_kind=frozen(deviations.run_kind[:]),
        event_kind=frozen(deviations.event_kind[:]),
        event_about=frozen(deviations.event_about[:]),
        event_flags=frozen(deviations.event_flags[:]),
    )


def _ways(judging: Judging) -> Ways:
    """Lay the ways out by the step they leave; the start of a journey stands behind the last step."""
    from trodden.methods.journeys.kernels_verdicts import Ways

    codes, ways = judging.codes, judging.ways
    source = np.array([min(way.source, codes.steps) for way in ways], dtype=np.int64)
    columns = np.array([(way.kind, way.step, way.touchpoint, way.target) for way in ways], dtype=np.int64)
    kind, step, touchpoint, target = (frozen(one.copy()) for one in columns.reshape(-1, 4).T)
    places = designed_moves(judging.automaton).reshape(codes.places, codes.places)
    designed = places[[*range(codes.steps), codes.start], : codes.steps]
    offsets = np.searchsorted(source, np.arange(codes.steps + 2)).astype(np.int64)
    inside = np.zeros((len(ways), codes.steps), dtype=np.bool_)
    for number, open_in in enumerate(judging.inside):
        inside[number, list(open_in)] = True
    return Ways(
        frozen(offsets),
        kind,
        step,
        touchpoint,
        target,
        frozen(np.ascontiguousarray(designed)),
        frozen(inside),
    )


def _journeys(
    judging: Judging, units: Units, aligned: Alignments, deviations: Deviations
) -> NDArray[np.int64]:
    """Count the closed journeys with each deviation, as lists of customers do."""
    pairs = routes_of(judging.codes, units, aligned, deviations)
    is_closed = units.state != OPEN
    found = (units_on_route(judging.codes, pairs, wanted_of(way)) for way in judging.ways)
    return np.array([np.count_nonzero(is_closed[one]) for one in found], dtype=np.int64)


def open_parts(
    journey_map: JourneyMap, steps: tuple[str, ...], ways: tuple[Way, ...]
) -> tuple[tuple[int, ...], ...]:
    """Return, for each way, the steps among which it is open whether its step is skipped, by their codes."""
    number = {name: code for code, name in enumerate(steps)}
    return tuple(
        tuple(number[name] for name in steps_beside(journey_map.flow, steps[way.step], steps[way.target]))
        if way.target != ANY
        else ()
        for way in ways
    )


def wanted_of(way: Way) -> Wanted:
    """Return a way as lists of customers are narrowed by it."""
    step, touchpoint, target = (None if one == ANY else one for one in (way.step, way.touchpoint, way.target))
    return Wanted(way.kind, step, touchpoint, way.source, target)


def _examples(bucket: Bucket, units: Units, passed: Passed) -> tuple[Candidate, ...]:
    """Return the journeys of each way that took longest, then began earliest."""
    did = passed.arm == 1
    unit = passed.unit[did]
    first, last = units.offsets[unit], units.offsets[unit + 1] - 1
    took = (units.occurred_at[last] - units.occurred_at[first]) // 1_000
    return costliest(bucket, Cases(passed.way[did], took, units.rows[first], units.customer[unit]))
