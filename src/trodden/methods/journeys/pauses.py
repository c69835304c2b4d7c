"""Pauses: where customers wait longer than the limit, and what comes after.

A gap lies between two successive steps of a unit; it begins at the place of the first
(`pauses_places`) and is a pause where it is longer than its limit (`pauses_limits`). The gap after the last
step of a unit that did not reach its goal has not ended: it is as long as ``min(as_of - step, silence)``,
whether the unit is open or closed. After a goal there is no gap.

What comes next, the first that applies. *Designed*: the event matches a step the flow allows right after the
last matched step. *Earlier*: its stage lies before the furthest stage the unit had reached. *Branch*: its
touchpoint stands on the map and the journey had not been there: another branch, or further on. *Channel*:
another channel than that of the step the gap began at. *Unplanned*: anything else. Without a map: *channel*
or *designed*, which then means the same channel. *Nothing*: the unit closed. *Not yet*: it is open, beyond
the limit. *Within*: it is open and the limit has not passed.

With a clock, a gap is as long as its calendar was open meanwhile, and limits are opening time, too. What a
map promises stays elapsed time: the limit of such a gap is the opening time until the promise had run out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.hours import opening_time
from trodden.methods.journeys.pauses_limits import Limits
from trodden.methods.journeys.pauses_places import NO_WAIT, Design, Placed, kernel_plan
from trodden.methods.journeys.units import Units, frozen
from trodden.methods.stats.logbins import BINS, bin_of
from trodden.methods.stats.tally import Tally, tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.hours import Clock
    from trodden.methods.journeys.kernels_pauses_limits import Measured, Waits, Walked

_LONGEST_GAP: Final = 300 * 366 * 86_400 * 1_000_000
"""Microseconds; no gap is longer, as events are of the years 1900 to 2199."""
NEXT: Final = (
    "designed next step",
    "another designed branch",
    "unplanned step",
    "earlier stage",
    "another channel",
    "nothing",
    "not yet",
    "within",
)
"""What came next, by the codes of `kernels_pauses`."""

KINDS: Final = len(NEXT)
NOTHING, NOT_YET, WITHIN, NO_GAP = 5, 6, 7, 8
ENDED, ENDED_PAUSE, NOT_ENDED = range(3)
"""Kinds of gap whose lengths are counted apart."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gap after every step of some units, (steps,) each; that after a reached goal is ``NO_GAP``.

    ``target``: place it led to, -1 where it has not ended. ``length``, ``limit``: microseconds.
    ``next_kind``: index into ``NEXT``, or NO_GAP.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    after: NDArray[np.int32]
    length: NDArray[np.int64]
    limit: NDArray[np.int64]
    paused: NDArray[np.bool_]
    next_kind: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PauseCounts:
    """Integer counts of gaps; they add up over any split of the customers.

    ``next_kinds``: (places, 2, kinds) gaps by place, whether it was a pause, and what came next.
    ``moves``: keys ``(source * places + target) * 2 + paused``, gaps that ended. ``waiting``: keys
    ``(source * states + state) * 2 + paused``, gaps that have not. ``lengths``: keys ``(kind * places +
    source) * BINS + bin``, for the places kept. ``beyond``: (places, 2) milliseconds beyond the limit, of
    pauses that ended and of those that are open. ``ends``: (places, 2, 2), as `kernels_pauses` counts.
    ``units``: keys ``source * places + target``, units with a pause of that move, each once. ``at``:
    (places,) units with any pause there, ended or not, each once.
    """

    next_kinds: NDArray[np.int64]
    moves: Tally
    waiting: Tally
    lengths: Tally
    beyond: NDArray[np.int64]
    ends: NDArray[np.int64]
    units: Tally
    at: NDArray[np.int64]

    def __add__(self, other: PauseCounts) -> PauseCounts:
        """Return the counts of both, which share no unit."""
        return PauseCounts(
            self.next_kinds + other.next_kinds,
            self.moves + other.moves,
            self.waiting + other.waiting,
            self.lengths + other.lengths,
            self.beyond + other.beyond,
            self.ends + other.ends,
            self.units + other.units,
            self.at + other.at,
        )


@dataclass(frozen=True, slots=True)
class Moment:
    """Up to when units were followed, and how long a silence closes them: microseconds."""

    as_of: int
    silence: int


def completed_gaps(
    units: Units, placed: Placed, clock: Clock | None = None
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Return source, target and length of every gap that ended, microseconds; by a clock, if one is given."""
    import numpy as np

    inside = np.ones(len(placed.place), dtype=np.bool_)
    inside[units.offsets[1:] - 1] = False
    first = np.flatnonzero(inside)
    start, end = units.occurred_at[first], units.occurred_at[first + 1]
    length = end - start if clock is None else opening_time(clock, start, end)
    return placed.place[first], placed.place[first + 1], length


def measure_gaps(
    units: Units,
    placed: Placed,
    design: Design | None,
    limits: Limits,
    moment: Moment,
    clock: Clock | None = None,
) -> Gaps:
    """Measure the gap after every step and say what came after it."""
    from trodden.methods.journeys.kernels_pauses import Steps, what_came_next
    from trodden.methods.journeys.kernels_pauses_limits import Walked, measure

    walked = Walked(units.offsets, units.occurred_at, frozen(placed.place), frozen(placed.after))
    waits = _waits(design, limits)
    found = measure(walked, waits, moment.as_of, moment.silence)
    if clock is not None:
        found = _by_clock(walked, waits, found, clock)
    paused = found.length > found.limit
    steps = Steps(
        units.offsets,
        units.state,
        units.touchpoint,
        units.channel_outcome,
        frozen(placed.place),
        frozen(placed.after),
        frozen(paused),
    )
    touchpoints = len(limits.steps) - (0 if design is None else len(design.longest))
    kinds = what_came_next(steps, kernel_plan(design, touchpoints))
    return Gaps(placed.place, found.target, placed.after, found.length, found.limit, paused, kinds)


def _by_clock(walked: Walked, waits: Waits, found: Measured, clock: Clock) -> Measured:
    """Return gaps that were measured in elapsed time, and what maps promise of them, in opening time."""
    import numpy as np

    start = walked.occurred_at
    length = opening_time(clock, start, start + found.length)
    stated = np.where(found.target >= 0, waits.longest[found.target], waits.longest_next[walked.after])
    is_promised = stated >= 0
    begun, longest = start[is_promised], np.minimum(stated[is_promised], _LONGEST_GAP)
    limit = found.limit.copy()
    limit[is_promised] = np.maximum(opening_time(clock, begun, begun + longest), waits.floor)
    return found._replace(length=length, limit=limit)


def _waits(design: Design | None, limits: Limits) -> Waits:
    import numpy as np

    from trodden.methods.journeys.kernels_pauses_limits import Waits

    none = np.full(1, NO_WAIT, dtype=np.int64)
    return Waits(
        limits.floor,
        limits.move_keys,
        limits.moves,
        limits.steps,
        limits.everywhere,
        limits.longest,
        frozen(none if design is None else design.longest_next),
    )


def count_gaps(units: Units, gaps: Gaps, kept: NDArray[np.bool_], states: int) -> PauseCounts:
    """Count gaps; ``kept``: (places,) those whose lengths are kept, ``states`` those of the automaton."""
    import numpy as np

    places, source = len(kept), gaps.source.astype(np.int64)
    ended, is_gap = gaps.target >= 0, gaps.next_kind != NO_GAP
    not_ended = ~ended & is_gap
    cell = (source * 2 + gaps.paused) * KINDS + gaps.next_kind
    late = np.flatnonzero(gaps.paused & (ended | (gaps.next_kind == NOT_YET)))
    beyond = np.zeros((places, 2), dtype=np.int64)
    np.add.at(beyond, (source[late], (~ended[late]).astype(np.int64)), beyond_ms(gaps, late))
    return PauseCounts(
        next_kinds=np.bincount(cell[is_gap], minlength=places * 2 * KINDS).reshape(places, 2, KINDS),
        moves=tally(((source * places + gaps.target) * 2 + gaps.paused)[ended]),
        waiting=tally(((source * states + gaps.after) * 2 + gaps.paused)[not_ended]),
        lengths=_count_lengths(gaps, kept, ended, is_gap),
        beyond=beyond,
        ends=_count_ends(units, gaps, places),
        units=_count_units(units, gaps, places),
        at=_count_at(units, gaps, places),
    )


def paused_gaps(gaps: Gaps) -> NDArray[np.bool_]:
    """Say of every gap whether it is a pause: longer than its limit, and a gap at all; (steps,)."""
    return gaps.paused & (gaps.next_kind != NO_GAP)


def _count_at(units: Units, gaps: Gaps, places: int) -> NDArray[np.int64]:
    import numpy as np

    paused = np.flatnonzero(paused_gaps(gaps))
    unit = np.searchsorted(units.offsets, paused, side="right") - 1
    once = tally(unit * places + gaps.source[paused]).keys
    return np.bincount(once % places, minlength=places)


def beyond_ms(gaps: Gaps, steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many whole milliseconds the gaps after these steps are longer than their limits."""
    return (gaps.length[steps] - gaps.limit[steps]) // 1_000


def _count_lengths(
    gaps: Gaps, kept: NDArray[np.bool_], ended: NDArray[np.bool_], is_gap: NDArray[np.bool_]
) -> Tally:
    import numpy as np

    kind = np.where(ended, np.where(gaps.paused, ENDED_PAUSE, ENDED), NOT_ENDED)
    keys = (kind * len(kept) + gaps.source) * BINS + bin_of(gaps.length // 1_000)
    return tally(keys[is_gap & kept[gaps.source]])


def _count_units(units: Units, gaps: Gaps, places: int) -> Tally:
    import numpy as np

    paused = np.flatnonzero(gaps.paused & (gaps.target >= 0))
    unit = np.searchsorted(units.offsets, paused, side="right") - 1
    moves = gaps.source[paused].astype(np.int64) * places + gaps.target[paused]
    return tally(tally(unit * places**2 + moves).keys % places**2)


def _count_ends(units: Units, gaps: Gaps, places: int) -> NDArray[np.int64]:
    from trodden.methods.journeys.kernels_pauses import Steps, ends_by_pause

    steps = Steps(
        units.offsets,
        units.state,
        units.touchpoint,
        units.channel_outcome,
        gaps.source,
        gaps.after,
        gaps.paused,
    )
    return ends_by_pause(steps, places)
