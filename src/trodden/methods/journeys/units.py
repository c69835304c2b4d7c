"""What is counted: customers, journeys or sessions, as rows of a bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from trodden.model.walks import TIE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scalar = TypeVar("Scalar", bound=np.generic)

OPEN: Final = 0
REACHED: Final = 1
ABANDONED: Final = 2
SILENT: Final = 3
"""How a unit stands at ``as_of``: still running, goal reached, ended as abandoned, or gone silent."""


@dataclass(frozen=True, slots=True)
class Units:
    """Units of one bucket: consecutive steps in walk order, without what lies outside their scope.

    ``offsets``: (units + 1,) int64; the steps of unit ``u`` are ``offsets[u]:offsets[u + 1]``, never none.
    ``rows``: (steps,) int64, the bucket row of each step, ascending within a unit.
    ``occurred_at``: (steps,) int64 microseconds, UTC. ``touchpoint``: (steps,) uint16 codes.
    ``channel_outcome``, ``flags``: (steps,) uint8, as in the bucket; a tie flag is kept only where the
    tied neighbour is the step before. ``customer``: (units,) int64, index into the bucket's customers,
    ascending. ``state``: (units,) uint8, one of OPEN, REACHED, ABANDONED, SILENT. ``closed_at``: (units,)
    int64 microseconds, meaningless while open. Customers as units are OPEN where their last event is within
    the silence limit of ``as_of``, else SILENT; sessions likewise with 30 minutes.
    All arrays are read-only and contiguous.
    """

    offsets: NDArray[np.int64]
    rows: NDArray[np.int64]
    occurred_at: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    channel_outcome: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    customer: NDArray[np.int64]
    state: NDArray[np.uint8]
    closed_at: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the units."""
        return len(self.offsets) - 1


def take_units(units: Units, wanted: NDArray[np.bool_]) -> Units:
    """Return the units that are wanted; ``wanted``: (units,)."""
    import numpy as np

    lengths = np.diff(units.offsets)
    steps = np.repeat(wanted, lengths)
    return Units(
        offsets=frozen(np.append(0, np.cumsum(lengths[wanted]))),
        rows=frozen(units.rows[steps]),
        occurred_at=frozen(units.occurred_at[steps]),
        touchpoint=frozen(units.touchpoint[steps]),
        channel_outcome=frozen(units.channel_outcome[steps]),
        flags=frozen(units.flags[steps]),
        customer=frozen(units.customer[wanted]),
        state=frozen(units.state[wanted]),
        closed_at=frozen(units.closed_at[wanted]),
    )


def has_any(units: Units, steps: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say of every unit whether any of its steps is one of these; ``steps``: (steps,), (units,)."""
    import numpy as np

    counts = np.append(0, np.cumsum(steps))
    return counts[units.offsets[1:]] > counts[units.offsets[:-1]]


def are_among(units: Units, found: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say of every unit whether its number is among these; (units,)."""
    import numpy as np

    kept = np.zeros(len(units), dtype=np.bool_)
    kept[found] = True
    return kept


def frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return the array, made read-only, so that kernels are compiled for one kind of array."""
    array.flags.writeable = False
    return array


class Counted(msgspec.Struct, frozen=True):
    """How many of what were selected; adds up over buckets (``About`` tells them).

    ``open``: units still running. ``ties``: steps whose step before has an equal time.
    """

    units: int = 0
    customers: int = 0
    events: int = 0
    open: int = 0
    ties: int = 0

    def __add__(self, other: Counted) -> Counted:
        """Return the counts of both, which share no customer."""
        pairs = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)
        return Counted(*(mine + theirs for mine, theirs in pairs))


def count_units(units: Units) -> Counted:
    """Count the units of one bucket, their customers and steps, those open, and the ties."""
    import numpy as np

    return Counted(
        units=len(units),
        customers=int(np.count_nonzero(np.diff(units.customer, prepend=-1))),
        events=len(units.touchpoint),
        open=int(np.count_nonzero(units.state == OPEN)),
        ties=int(np.count_nonzero(units.flags & TIE)),
    )
