"""Funnels: how deep units come into a chain of steps.

For each start, an event of step 1, step k is reached by events of steps 1 to k in order, each strictly
later in the order of the walk (one event is one step), the last no later than ``within`` after the start,
inclusive. Other events may lie between. The **depth** of a start is the last step it reaches. Step 1 may be
a pattern: each of its matches (see `trodden.methods.journeys.patterns`) is a start with its last event, read
backward with its first. A step may also be an end of the unit, which is no event: *START* stands before its
first event, *END* behind the last of a unit that is over, *OPEN* behind the last of one that is not; each
bears the time of the event beside it and excludes nothing.

**entry.** *best*: every start is tried; the unit counts by its deepest. *first*: only the first start.
*every*: attempts are counted instead of units. They do not overlap: an attempt holds all further events of
step 1 until it converts or can come to nothing more (its window has ended, or every choice of its events
waits longer than the next step's limit or is followed by an excluded event); the next start is sought from
there on, behind the converting event, at the excluding one. *each*: every start is an attempt by itself, also
one that lies within another.

**order.** *open*: as above. *strict*: no other event of the unit lies between two steps, so any other event
excludes. *any*: depth k is reached by k - 1 different other steps behind the start, in any order.

**exclude.** A start reaches k if some choice of events has no excluded event strictly between neighbours. A
start that comes to nothing more because of it counts at the depth it has, and is told as excluded there.

**limits.** Longest time from the step before, inclusive, by step; some choice of events must keep all of
them.

**anchor.** Starts that are tried: *every*, or only the unit's *first* or *last* event of step 1 in time.

**direction.** *backward* reads the unit from its end: step 2 lies before step 1, and *first* entry is the
latest.

**optional.** A step beside the chain. It counts for a unit whose deciding start, by the end of its attempt,
also reaches the chain with the step put in its place, as deep as without it.

The **deciding** start is the earliest (in reading order) of greatest depth; times are from it to the
earliest moment each step is reached. A unit that has not converted is **pending** where the unit can still
grow and for some start the window has not passed at ``as_of``, inclusive, and some choice of events can
still go on; else it has **left**. Customers can always grow, journeys and sessions while they are open.
Nothing is pending backward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from trodden.methods.journeys.patterns_dfa import Finder
from trodden.methods.journeys.patterns_match import find_matches
from trodden.methods.journeys.units import OPEN, Units, frozen
from trodden.methods.stats.logbins import BINS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_funnel_structs import Chains, Counts, Rules, Steps

Entry = Literal["best", "first", "every", "each"]
Order = Literal["open", "strict", "any"]
Anchor = Literal["every", "first", "last"]
Direction = Literal["forward", "backward"]

NO_LIMIT: Final = 2**61
MOST_STEPS: Final = 20
MOST_IN_ANY_ORDER: Final = 9
"""Steps of a funnel in any order: what has been taken is followed as sets of steps."""

_ENTRIES: Final = {"best": 0, "first": 1, "every": 2, "each": 3}
_ANCHORS: Final = {"every": 0, "first": 1, "last": 2}


class FunnelStepPlan(msgspec.Struct, frozen=True):
    """One step: ``fits`` holds 1 for each touchpoint code that fits, else 0; ``limit`` in microseconds.

    ``end``: 0, 1 or 2 where the step is START, END or OPEN.
    """

    fits: bytes
    limit: int = NO_LIMIT
    optional: bool = False
    end: int | None = None


class FunnelPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a funnel asks, in codes and microseconds.

    ``excluded``: a byte per touchpoint code. ``start``: what stands for step 1 where that is a pattern.
    """

    steps: tuple[FunnelStepPlan, ...]
    within: int
    as_of: int
    excluded: bytes
    entry: Entry = "best"
    order: Order = "open"
    anchor: Anchor = "every"
    direction: Direction = "forward"
    start: Finder | None = None

    @property
    def is_simple(self) -> bool:
        """Say whether nothing is asked but ordered steps forward in time."""
        plain = self.order == "open" and self.direction == "forward" and self.start is None
        limited = any(step.limit != NO_LIMIT or step.optional or step.end is not None for step in self.steps)
        one_each = self.entry in ("best", "first") and self.anchor != "last"
        return plain and one_each and not limited and not any(self.excluded)

    @property
    def required(self) -> tuple[FunnelStepPlan, ...]:
        """Return the steps of the chain."""
        return tuple(step for step in self.steps if not step.optional)


@dataclass(frozen=True, slots=True)
class FunnelCounts:
    """Units, or attempts, by depth: a state that adds up over buckets.

    ``reached``, ``pending``, ``excluded``: (required + 1,) by greatest depth, those that never start left
    out. ``optional``: (steps,), 0 for required ones. ``times``: (required, BINS), from the start to each
    step. ``entered``: (1,), units with a start.
    """

    reached: NDArray[np.int64]
    pending: NDArray[np.int64]
    excluded: NDArray[np.int64]
    optional: NDArray[np.int64]
    times: NDArray[np.int64]
    entered: NDArray[np.int64]

    def __add__(self, other: FunnelCounts) -> FunnelCounts:
        """Return the counts of both together."""
        return FunnelCounts(
            self.reached + other.reached,
            self.pending + other.pending,
            self.excluded + other.excluded,
            self.optional + other.optional,
            self.times + other.times,
            self.entered + other.entered,
        )


def no_counts(plan: FunnelPlan) -> FunnelCounts:
    """Return the counts of no units at all."""
    import numpy as np

    depths, steps = len(plan.required) + 1, len(plan.steps)
    reached, pending, excluded = np.zeros((3, depths), dtype=np.int64)
    optional = np.zeros(steps, dtype=np.int64)
    times = np.zeros((depths - 1, BINS), dtype=np.int64)
    return FunnelCounts(reached, pending, excluded, optional, times, np.zeros(1, dtype=np.int64))


def count_funnel(units: Units, plan: FunnelPlan, *, can_always_grow: bool) -> FunnelCounts:
    """Count the units of one bucket; ``can_always_grow`` is for units that never end, such as customers."""
    import numpy as np

    found = no_counts(plan)
    grows = np.ones(len(units), dtype=np.uint8) if can_always_grow else (units.state == OPEN).astype(np.uint8)
    count = _count_simple if plan.is_simple else _count_any
    count(units, plan, grows, found)
    return found


def _count_simple(units: Units, plan: FunnelPlan, grows: NDArray[np.uint8], found: FunnelCounts) -> None:
    from trodden.methods.journeys.kernels_funnel_simple import SimpleCounts, SimpleRules, count_simple

    first_only = plan.entry == "first" or plan.anchor == "first"
    rules = SimpleRules(plan.within, plan.as_of, int(first_only))
    counts = SimpleCounts(found.reached, found.pending, found.times)
    events = (units.touchpoint, units.occurred_at, frozen(grows))
    found.entered[0] = count_simple(units.offsets, events, frozen(_fits(plan.steps)), rules, counts)


def _count_any(units: Units, plan: FunnelPlan, grows: NDArray[np.uint8], found: FunnelCounts) -> None:
    import numpy as np

    from trodden.methods.journeys.kernels_funnel import count_units
    from trodden.methods.journeys.kernels_funnel_structs import Counts

    by_chain = np.zeros(1 + len(plan.steps) - len(plan.required), dtype=np.int64)
    walks = _walks(units, plan, grows)
    counts = Counts(found.reached, found.pending, found.excluded, by_chain, found.times, found.entered)
    count_units(walks, _chains(plan, len(by_chain)), _rules(plan), counts)
    found.optional[[i for i, step in enumerate(plan.steps) if step.optional]] = by_chain[1:]


def _walks(units: Units, plan: FunnelPlan, grows: NDArray[np.uint8]) -> Steps:
    from trodden.methods.journeys.kernels_funnel_structs import Steps

    starts = frozen(_starts(units, plan))
    return Steps(units.offsets, units.touchpoint, units.occurred_at, starts, frozen(grows), units.state)


def _scratch(plan: FunnelPlan, chains: int) -> Counts:
    """Make room for the counts of one unit."""
    import numpy as np

    from trodden.methods.journeys.kernels_funnel_structs import Counts

    none = no_counts(plan)
    by_chain = np.zeros(chains, dtype=np.int64)
    return Counts(none.reached, none.pending, none.excluded, by_chain, none.times, none.entered)


def units_that_reach(units: Units, plan: FunnelPlan, step: int) -> NDArray[np.bool_]:
    """Say of every unit whether it counts at a step (``step``: its place in the plan); (units,).

    Where attempts are counted, whether one of its attempts does.
    """
    import numpy as np

    from trodden.methods.journeys.kernels_funnel import depths_of_units

    grows = np.zeros(len(units), dtype=np.uint8)
    optional = [place for place, one in enumerate(plan.steps) if one.optional]
    walks = _walks(units, plan, grows)
    chains = _chains(plan, len(optional) + 1)
    counts = _scratch(plan, len(optional) + 1)
    found = depths_of_units(walks, chains, _rules(plan), counts)
    if step in optional:
        return found[:, optional.index(step) + 1] > 0
    return found[:, 0] > sum(place < step for place in range(len(plan.steps)) if place not in optional)


def _starts(units: Units, plan: FunnelPlan) -> NDArray[np.uint8]:
    """Return 1 for each step of the units an attempt may start with."""
    import numpy as np

    if plan.start is None:
        return np.frombuffer(plan.steps[0].fits, dtype=np.uint8)[units.touchpoint]
    matches = find_matches(units, plan.start)
    starts = np.zeros(len(units.touchpoint), dtype=np.uint8)
    starts[matches.first if plan.direction == "backward" else matches.last] = 1
    return starts


def _rules(plan: FunnelPlan) -> Rules:
    from trodden.methods.journeys.kernels_funnel_structs import Rules

    return Rules(
        within=plan.within,
        as_of=plan.as_of,
        entry=_ENTRIES[plan.entry],
        anchor=_ANCHORS[plan.anchor],
        any_order=int(plan.order == "any"),
        backward=int(plan.direction == "backward"),
    )


def _chains(plan: FunnelPlan, count: int) -> Chains:
    """Lay out the chain of required steps, and one more with each optional step put in its place."""
    import numpy as np

    from trodden.methods.journeys.kernels_funnel_structs import Chains

    every = [plan.required, *(_with_step(plan, i) for i, step in enumerate(plan.steps) if step.optional)]
    longest, touchpoints = max(len(chain) for chain in every), len(plan.steps[0].fits)
    limits = np.full((count, longest + 1), NO_LIMIT, dtype=np.int64)
    for row, chain in enumerate(every):
        limits[row, : len(chain)] = [step.limit for step in chain]
    fits = np.array([_fits(chain) for chain in every])
    excluded = np.full(touchpoints, fill_value=True) if plan.order == "strict" else _mask(plan.excluded)
    excluded = np.append(excluded, np.zeros(3, dtype=np.bool_))
    return Chains(
        fits=fits,
        limits=limits,
        lengths=np.array([len(chain) for chain in every]),
        behind=np.array([0, *_behind(plan)]),
        excluded=excluded,
        read=excluded | fits.any(axis=0),
    )


def _fits(chain: tuple[FunnelStepPlan, ...]) -> NDArray[np.uint32]:
    """Return for each touchpoint code and each end behind them the steps it fits: bit ``k`` for step k."""
    import numpy as np

    ends = ([step.end == end for end in range(3)] for step in chain)
    steps = (
        np.append(np.frombuffer(step.fits, dtype=np.uint8), end).astype(np.uint32)
        for step, end in zip(chain, ends, strict=True)
    )
    return np.bitwise_or.reduce([fits << np.uint32(place) for place, fits in enumerate(steps)], axis=0)


def _mask(codes: bytes) -> NDArray[np.bool_]:
    import numpy as np

    return np.frombuffer(codes, dtype=np.bool_)


def _with_step(plan: FunnelPlan, place: int) -> tuple[FunnelStepPlan, ...]:
    """Return the chain with the optional step at ``place`` put in."""
    return tuple(step for i, step in enumerate(plan.steps) if i == place or not step.optional)


def _behind(plan: FunnelPlan) -> list[int]:
    """Return how many required steps stand before each optional one; in any order the start alone."""
    places = (i for i, step in enumerate(plan.steps) if step.optional)
    before = (sum(not step.optional for step in plan.steps[:place]) for place in places)
    return [1 if plan.order == "any" else count for count in before]
