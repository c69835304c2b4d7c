"""Counting aligned journeys: steps, moves between matched steps, deviations by where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np

from trodden.methods.journeys.align import align_units
from trodden.methods.journeys.deviations import FLAGS, KINDS, deviations_of
from trodden.methods.journeys.examples import Candidate, Cases, best, costliest
from trodden.methods.journeys.outcomes import Outcomes, Pairs, ended, once, outcomes_of
from trodden.methods.journeys.units import OPEN, REACHED, frozen
from trodden.methods.stats.logbins import BINS, bin_of
from trodden.methods.stats.tally import Tally, tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.journeys.align import Alignments
    from trodden.methods.journeys.automaton import Automaton
    from trodden.methods.journeys.deviations import Deviations
    from trodden.methods.journeys.units import Units
    from trodden.model.walks import Bucket

NOWHERE = -1
MISSING = KINDS.index("missing") + 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deviations: a kind, a step or a touchpoint, the steps matched before and after, all by code.

    None is any; ``after`` and ``before`` are codes of `Codes`.
    """

    kind: int
    step: int | None = None
    touchpoint: int | None = None
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Codes:
    """How places become one number; ``steps`` and ``touchpoints`` are how many there are.

    Steps have their numbers. As a neighbour ``steps`` stands for the journey's end that was reached,
    ``steps + 1`` for its start, ``steps + 2`` for an end without the goal.
    """

    steps: int
    touchpoints: int

    @property
    def places(self) -> int:
        """Count what a neighbour can be."""
        return self.steps + 3

    @property
    def reached(self) -> int:
        """Return the code of a reached end."""
        return self.steps

    @property
    def start(self) -> int:
        """Return the code of the start."""
        return self.steps + 1

    @property
    def gone(self) -> int:
        """Return the code of an end without the goal."""
        return self.steps + 2

    @property
    def moves(self) -> int:
        """Count what a move can be."""
        return self.places**2

    def move(self, source: NDArray[np.int64], target: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the code of each move."""
        return source * self.places + target

    def route(
        self, kind: NDArray[np.int64], about: NDArray[np.int64], at: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return what a deviation is, without where it lies: kind, step (or none), touchpoint (or none)."""
        return (kind * (self.steps + 1) + about + 1) * (self.touchpoints + 1) + at

    def groups(self, routes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each route the journeys it is compared with: a move, or having come to a step.

        Who skipped a step is compared with those who came to the same next step without skipping; any other
        deviation with those who made the same move without it. So both sides have come equally far.
        """
        move = routes % self.moves
        kind = routes // self.moves // (self.touchpoints + 1) // (self.steps + 1)
        return np.where(kind == MISSING, self.moves + move % self.places, move)

    def group(self, route: int) -> int:
        """Return the group of one route."""
        return int(self.groups(np.array([route]))[0])

    def split_route(self, code: int) -> tuple[int, int, int, int, int]:
        """Return kind, step, touchpoint, source and target of a route; -1 stands for none."""
        what, move = divmod(code, self.moves)
        rest, at = divmod(what, self.touchpoints + 1)
        kind, about = divmod(rest, self.steps + 1)
        return kind, about - 1, at if at < self.touchpoints else NOWHERE, *divmod(move, self.places)


@dataclass(frozen=True, slots=True)
class Found:
    """Counts of one bucket. ``steps``: (steps,) closed journeys; ``standing``: (steps,) open ones.

    ``waits``: moves by ``move * BINS + bin``. ``late``: (steps,) waits above the longest. ``moves``: outcomes
    of journeys by move, and under ``moves + step`` of those that matched a step.
    ``routes``: by ``route * moves + move``; ``compared``: by the same, of those in `Codes.groups` too.
    """

    closed: int
    reached: int
    steps: NDArray[np.int64]
    standing: NDArray[np.int64]
    late: NDArray[np.int64]
    waits: Tally
    moves: Outcomes
    routes: Outcomes
    compared: Outcomes
    examples: tuple[Candidate, ...] = ()
    """The longest journeys of each route."""

    def __add__(self, other: Found) -> Found:
        """Add the counts of two buckets."""
        return Found(
            self.closed + other.closed,
            self.reached + other.reached,
            self.steps + other.steps,
            self.standing + other.standing,
            self.late + other.late,
            self.waits + other.waits,
            self.moves + other.moves,
            self.routes + other.routes,
            self.compared + other.compared,
            best((*self.examples, *other.examples)),
        )


@dataclass(frozen=True, slots=True)
class _Matched:
    """Matched events in order. ``event``: their index, ``unit``: their journey, ``step``: what they match."""

    event: NDArray[np.int64]
    unit: NDArray[np.int64]
    step: NDArray[np.int64]
    is_first: NDArray[np.bool_]
    is_last: NDArray[np.bool_]


def count_bucket(automaton: Automaton, bucket: Bucket, units: Units, touchpoints: int) -> Found:
    """Align the journeys of a bucket and count them."""
    codes = Codes(len(automaton.steps), touchpoints)
    aligned = align_units(automaton, bucket, units)
    deviations = deviations_of(automaton, units, aligned)
    matched = _matched(units, aligned)
    is_closed = units.state != OPEN
    keys, gaps = _moves(codes, units, matched, is_closed)
    closed = is_closed[matched.unit]
    how = ended(units, is_closed, units.state == REACHED)
    moved = once(_with_steps(codes, keys, matched), is_closed)
    routed = once(routes_of(codes, units, aligned, deviations), is_closed)
    return Found(
        closed=int(np.count_nonzero(is_closed)),
        reached=int(np.count_nonzero(units.state == REACHED)),
        steps=_per_step(codes, matched.unit[closed], matched.step[closed]),
        standing=np.bincount(matched.step[matched.is_last & ~closed], minlength=codes.steps).astype(np.int64),
        late=_late(automaton, codes, units, matched, is_closed),
        waits=gaps,
        moves=outcomes_of(moved, how),
        routes=outcomes_of(routed, how),
        compared=outcomes_of(_in_group(codes, routed, moved), how),
        examples=_examples(bucket, units, routed),
    )


def _examples(bucket: Bucket, units: Units, routed: Pairs) -> tuple[Candidate, ...]:
    """Return the journeys of each route that took longest, then began earliest."""
    unit, key = routed
    first, last = units.offsets[unit], units.offsets[unit + 1] - 1
    took = (units.occurred_at[last] - units.occurred_at[first]) // 1_000
    return costliest(bucket, Cases(key, took, units.rows[first], units.customer[unit]))


def _with_steps(codes: Codes, keys: Pairs, matched: _Matched) -> Pairs:
    """Return units with their moves and, under ``moves + step``, with the steps they matched."""
    unit, move = keys
    return np.concatenate((unit, matched.unit)), np.concatenate((move, codes.moves + matched.step))


def _in_group(codes: Codes, routed: Pairs, moved: Pairs) -> Pairs:
    """Return the pairs of unit and route whose unit is in the group the route is compared with."""
    from trodden.methods.journeys.kernels_walked import among

    (unit, key), width = routed, codes.moves + codes.places
    groups = frozen(codes.groups(key))
    is_in = among(frozen(moved[0]), frozen(moved[1]), frozen(unit), groups, width)
    return unit[is_in], key[is_in]


def _matched(units: Units, aligned: Alignments) -> _Matched:
    event = np.flatnonzero(aligned.event_step >= 0)
    unit = np.repeat(np.arange(len(units)), np.diff(units.offsets))[event]
    changes = np.diff(unit, prepend=-1) != 0
    is_last = np.append(changes[1:], True) if len(unit) else changes
    return _Matched(event, unit, aligned.event_step[event].astype(np.int64), changes, is_last)


def _per_step(codes: Codes, unit: NDArray[np.int64], step: NDArray[np.int64]) -> NDArray[np.int64]:
    each = tally(unit * codes.steps + step).keys % codes.steps
    return np.bincount(each, minlength=codes.steps).astype(np.int64)


def _moves(
    codes: Codes, units: Units, matched: _Matched, is_closed: NDArray[np.bool_]
) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], Tally]:
    """Return the moves of closed journeys, with their journey, and the tally of how long they took."""
    counted = is_closed[matched.unit]
    inner = ~matched.is_first & counted
    later = np.flatnonzero(inner)
    between = codes.move(matched.step[later - 1], matched.step[later])
    took = units.occurred_at[matched.event[later]] - units.occurred_at[matched.event[later - 1]]
    first, last = matched.is_first & counted, matched.is_last & counted
    starts = codes.move(np.full(np.count_nonzero(first), codes.start), matched.step[first])
    outcome = np.where(units.state[matched.unit[last]] == REACHED, codes.reached, codes.gone)
    ends = codes.move(matched.step[last], outcome.astype(np.int64))
    unit = np.concatenate((matched.unit[later], matched.unit[first], matched.unit[last]))
    waits = tally(between * BINS + bin_of(took // 1_000))
    return (unit, np.concatenate((between, starts, ends))), waits


def _late(
    automaton: Automaton, codes: Codes, units: Units, matched: _Matched, is_closed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    later = np.flatnonzero(~matched.is_first & is_closed[matched.unit])
    longest = automaton.places.longest_wait[matched.step[later]]
    took = units.occurred_at[matched.event[later]] - units.occurred_at[matched.event[later - 1]]
    late = matched.step[later][(longest >= 0) & (took > longest)]
    return np.bincount(late, minlength=codes.steps).astype(np.int64)


def routes_of(
    codes: Codes, units: Units, aligned: Alignments, deviations: Deviations
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every deviation, flags included, as its unit and its route (`Codes.split_route`)."""
    matched = _matched(units, aligned)
    parts = (
        _off_the_map(codes, units, aligned, deviations),
        _missing(codes, units, aligned, deviations),
        *(_flagged(codes, units, deviations, matched, flag) for flag in range(len(FLAGS))),
    )
    unit = np.concatenate([one for one, _ in parts])
    return unit, np.concatenate([one for _, one in parts])


def units_on_move(
    codes: Codes, units: Units, aligned: Alignments, source: int, target: int
) -> NDArray[np.int64]:
    """Return the closed units that took a move: two steps matched in a row, or an end of `Codes`."""
    matched = _matched(units, aligned)
    (unit, key), _ = _moves(codes, units, matched, units.state != OPEN)
    return np.unique(unit[key == source * codes.places + target])


def units_on_route(
    codes: Codes, pairs: tuple[NDArray[np.int64], NDArray[np.int64]], wanted: Wanted
) -> NDArray[np.int64]:
    """Return the units with such a deviation."""
    unit, key = pairs
    what, move = key // codes.moves, key % codes.moves
    about = what // (codes.touchpoints + 1)
    fits = about // (codes.steps + 1) == wanted.kind
    if wanted.step is not None:
        fits &= about % (codes.steps + 1) == wanted.step + 1
    if wanted.touchpoint is not None:
        fits &= what % (codes.touchpoints + 1) == wanted.touchpoint
    if wanted.after is not None:
        fits &= move // codes.places == wanted.after
    if wanted.before is not None:
        fits &= move % codes.places == wanted.before
    return np.unique(unit[fits])


def designed_moves(automaton: Automaton) -> NDArray[np.bool_]:
    """Say of every move whether the second step may directly follow the first in some run; (moves,)."""
    codes, tables = Codes(len(automaton.steps), 0), automaton.tables
    states = len(tables.to_end)
    begins: list[int] = tables.move_from.tolist()
    leads: list[int] = tables.move_step.tolist()
    reaches: list[int] = tables.move_to.tolist()
    incoming: list[set[int]] = [set[int]() for _ in range(states)]
    incoming[0].add(codes.start)
    for step, to in zip(leads, reaches, strict=True):
        incoming[to].add(step)
    found = np.zeros(codes.moves, dtype=np.bool_)
    for state, (first, last) in enumerate(pairwise(begins)):
        onward = [*leads[first:last], *([codes.reached] if tables.to_end[state] == 0 else [])]
        for source, target in product(incoming[state], onward):
            found[source * codes.places + target] = True
    return found


def _off_the_map(
    codes: Codes, units: Units, aligned: Alignments, deviations: Deviations
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return journey and route of every event that matches nothing."""
    unit = np.repeat(np.arange(len(units)), np.diff(units.offsets))
    before, after = _neighbours(codes, unit, aligned.event_step.astype(np.int64))
    event = np.flatnonzero(deviations.event_kind > 0)
    what = codes.route(
        deviations.event_kind[event].astype(np.int64),
        deviations.event_about[event].astype(np.int64),
        units.touchpoint[event].astype(np.int64),
    )
    return unit[event], what * codes.moves + codes.move(before[event], after[event])


def _missing(
    codes: Codes, units: Units, aligned: Alignments, deviations: Deviations
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return journey and route of every designed step nothing matches, and of every departure."""
    unit = np.repeat(np.arange(len(units)), np.diff(aligned.run_offsets))
    step = np.where(aligned.run_event >= 0, aligned.run_step, NOWHERE).astype(np.int64)
    before, after = _neighbours(codes, unit, step)
    place = np.flatnonzero(deviations.run_kind > 0)
    what = codes.route(
        deviations.run_kind[place].astype(np.int64),
        aligned.run_step[place].astype(np.int64),
        np.full(len(place), codes.touchpoints),
    )
    return unit[place], what * codes.moves + codes.move(before[place], after[place])


def _flagged(
    codes: Codes, units: Units, deviations: Deviations, matched: _Matched, flag: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return journey and route of every matched event with a flag; its target is the step itself."""
    place = np.flatnonzero(deviations.event_flags[matched.event] & (1 << flag))
    step = matched.step[place]
    before = np.where(matched.is_first[place], codes.start, matched.step[place - 1])
    kind = np.full(len(place), len(KINDS) - len(FLAGS) + flag + 1)
    what = codes.route(kind, step, units.touchpoint[matched.event[place]].astype(np.int64))
    return matched.unit[place], what * codes.moves + codes.move(before, step)


def _neighbours(
    codes: Codes, unit: NDArray[np.int64], step: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the matched steps before and after every place; ``step`` is -1 where none is matched."""
    from trodden.methods.journeys.kernels_walked import neighbours

    return neighbours(frozen(unit), frozen(step), codes.start, codes.gone)
