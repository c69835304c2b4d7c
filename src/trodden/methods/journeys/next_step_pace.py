"""Whether a step came slowly, and late: what the prediction of the next step knows of time.

A step is *slow* where the time since the step before is longer than half of the waits of the same move were;
of a move made too rarely to tell, than half of the waits of all such moves. It is *late* where the time since
the first step of its unit is longer than half of such times, over all steps that have one before. Times fall
in the bins of `trodden.methods.stats.logbins`; in the bin of the median, a step is neither slow nor late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from trodden.methods.journeys.units import Units
from trodden.methods.stats.logbins import LONGEST_SECONDS, bin_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEVER: Final = LONGEST_SECONDS
"""A limit nothing is longer than, in seconds."""


class Limits(msgspec.Struct, frozen=True):
    """Medians in seconds: ``moves`` as (source, target, median), of ``other`` moves, and since the start."""

    moves: tuple[tuple[int, int, float], ...] = ()
    other: float = NEVER
    since: float = NEVER


def since_last(units: Units) -> NDArray[np.int64]:
    """Return (steps,) the bin of the time since the step before, whosesoever it was."""
    import numpy as np

    return bin_of(np.diff(units.occurred_at, prepend=0) // 1_000)


def since_start(units: Units) -> NDArray[np.int64]:
    """Return (steps,) the bin of the time since the first step of the unit."""
    import numpy as np

    first = np.repeat(units.occurred_at[units.offsets[:-1]], np.diff(units.offsets))
    return bin_of((units.occurred_at - first) // 1_000)


def is_first(units: Units) -> NDArray[np.bool_]:
    """Return (steps,) whether a step is the first of its unit."""
    import numpy as np

    found = np.zeros(len(units.touchpoint), dtype=np.bool_)
    found[units.offsets[:-1]] = True
    return found


def paces(
    units: Units, waits: NDArray[np.int64], limits: Limits | None, touchpoints: int
) -> NDArray[np.uint8]:
    """Return (steps,) 1 + 2 * slow + late; 0 for first steps, and for all without limits.

    ``waits``: as `since_last` returns them.
    """
    import numpy as np

    if limits is None:
        return np.zeros(len(units.touchpoint), dtype=np.uint8)
    slow = waits > _limits(units, limits, touchpoints)
    late = since_start(units) > _bins([limits.since])
    return np.where(is_first(units), 0, 1 + 2 * slow + late).astype(np.uint8)


def _limits(units: Units, limits: Limits, touchpoints: int) -> NDArray[np.int64]:
    """Return (steps,) the bin of the median wait of the move that led there."""
    import numpy as np

    known = sorted((source * touchpoints + target, median) for source, target, median in limits.moves)
    moves = np.array([-1, *(move for move, _ in known)])
    medians = _bins([limits.other, *(median for _, median in known)])
    walked = np.roll(units.touchpoint, 1).astype(np.int64) * touchpoints + units.touchpoint
    place = np.searchsorted(moves, walked, side="right") - 1
    return np.where(moves[place] == walked, medians[place], medians[0])


def _bins(seconds: list[float]) -> NDArray[np.int64]:
    import numpy as np

    return bin_of(np.round(np.array(seconds) * 1_000).astype(np.int64))
