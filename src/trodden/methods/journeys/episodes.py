"""One walk as a whole: its episodes, its channels, what went wrong in it.

An **episode** is a run of events without a silence *longer than* a given gap between two successive ones;
a silence as long as the gap stays inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.model.event import CHANNELS, FAILING, OUTCOMES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FAILING: Final = tuple(OUTCOMES.index(name) for name in FAILING)


@dataclass(frozen=True, slots=True)
class WalkTotals:
    """What all events of one walk come to.

    ``first``, ``last``: microseconds since the epoch, meaningless without an event. ``channels``: events by
    channel code. ``failures``: events with a failing outcome. ``longest``: microseconds, the longest silence
    between two episodes, 0 where there are not two.
    """

    events: int = 0
    first: int = 0
    last: int = 0
    channels: tuple[int, ...] = ()
    failures: int = 0
    episodes: int = 0
    longest: int = 0


def silences_before(occurred_at: NDArray[np.int64], gap: int) -> NDArray[np.int64]:
    """Return the silence before each event that begins an episode after another, and 0 before all others.

    ``occurred_at``: (events,) microseconds, ascending; ``gap``: microseconds. Returns (events,) microseconds.
    """
    import numpy as np

    between = np.diff(occurred_at, prepend=occurred_at[:1])
    return np.where(between > gap, between, 0)


def sum_walk(
    occurred_at: NDArray[np.int64], channel_outcome: NDArray[np.uint8], silences: NDArray[np.int64]
) -> WalkTotals:
    """Count the events of one walk, in its order; ``silences`` are those of `silences_before`."""
    import numpy as np

    if not len(occurred_at):
        return WalkTotals()
    counts = np.bincount(channel_outcome & 15, minlength=len(CHANNELS))
    return WalkTotals(
        events=len(occurred_at),
        first=int(occurred_at[0]),
        last=int(occurred_at[-1]),
        channels=tuple(counts.tolist()),
        failures=int(np.isin(channel_outcome >> 4, _FAILING).sum()),
        episodes=1 + int(np.count_nonzero(silences)),
        longest=int(silences.max()),
    )
