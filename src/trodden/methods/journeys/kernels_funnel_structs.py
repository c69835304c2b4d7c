"""What the kernels of funnels hand each other."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Steps(NamedTuple):
    """Units as a funnel reads them.

    ``starts``: (steps,), 1 for events an attempt may start with. ``grows``: (units,), 1 where events after
    ``as_of`` may still join the unit. ``state``: (units,), 0 for one that is still open.
    """

    offsets: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    occurred_at: NDArray[np.int64]
    starts: NDArray[np.uint8]
    grows: NDArray[np.uint8]
    state: NDArray[np.uint8]


class Chains(NamedTuple):
    """The chain of required steps, and behind it each chain with one optional step put in.

    ``fits``: (chains, touchpoints + 3) uint32, bit ``k`` is set where a step there fits step ``k`` of the
    chain; behind the touchpoints stand START, END and OPEN. ``limits``: (chains, steps + 1), microseconds
    since the step before. ``lengths``: (chains,). ``behind``: (chains,) how many required steps stand
    before the optional one. ``excluded``, ``read``: (touchpoints + 3,), what may not lie between neighbours,
    and what matters at all.
    """

    fits: NDArray[np.uint32]
    limits: NDArray[np.int64]
    lengths: NDArray[np.int64]
    behind: NDArray[np.int64]
    excluded: NDArray[np.bool_]
    read: NDArray[np.bool_]


class Rules(NamedTuple):
    """Options as integers."""

    within: int
    as_of: int
    entry: int
    anchor: int
    any_order: int
    backward: int


class Counts(NamedTuple):
    """Attempts by their greatest depth; ``times``: (steps, BINS), the time each step took, by bin.

    ``reached``, ``pending``, ``excluded``: (steps + 1,). ``optional``: (chains,). ``entered``: (1,), units.
    """

    reached: NDArray[np.int64]
    pending: NDArray[np.int64]
    excluded: NDArray[np.int64]
    optional: NDArray[np.int64]
    times: NDArray[np.int64]
    entered: NDArray[np.int64]


class Reading(NamedTuple):
    """Room for one unit: the events that matter in the order they are read, and the states of an attempt.

    ``at`` grows in that order, also where the walk is read backward. ``latest[k]``, ``placed[k]``: time and
    place of the latest event step ``k`` can have been taken with; ``done[k]`` when it was first reached, of
    the attempt under way; ``kept`` the same of the attempt that counts. ``taken``: by set of steps, the
    place of the latest last event.
    """

    code: NDArray[np.int32]
    at: NDArray[np.int64]
    starts: NDArray[np.uint8]
    latest: NDArray[np.int64]
    placed: NDArray[np.int64]
    done: NDArray[np.int64]
    kept: NDArray[np.int64]
    taken: NDArray[np.int64]


class Attempt(NamedTuple):
    """How an attempt went: its start and depth, and the place it ended at.

    ``waits`` is 1 where an event after ``as_of`` could take it (or, of a best attempt, any other) further,
    ``excluded`` where it ended at an excluded event.
    """

    start: int
    depth: int
    end: int
    waits: int
    excluded: int
