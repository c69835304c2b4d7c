"""What is counted: customers, journeys or sessions, as rows of a bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
    tied neighbour is the step before. ``customer``: (units,) int64, index into the bucket's customers.
    ``state``: (units,) uint8, one of OPEN, REACHED, ABANDONED, SILENT. ``closed_at``: (units,) int64
    microseconds, meaningless while open. Customers as units are OPEN where their last event is within
    the silence limit of ``as_of``, else SILENT; sessions likewise with 30 minutes.
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
