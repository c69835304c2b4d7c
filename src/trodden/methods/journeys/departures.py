"""Departures: where units end without their goal, and what became of the customer.

A departure is the last step of a unit that closed without reaching its goal. The silence limit is that of
the unit: the map's, 30 days for customers without a map, 30 minutes for sessions. By the customer's first
event of any kind after that step in walk order, no later than the limit after it (inclusive):

- *gone*: there is none, and the limit has passed at ``as_of``;
- *elsewhere*: it lies outside this map (or, for a session, in another channel);
- *again*: it lies within the scope of the same map: only after an event that ended a journey as abandoned;
- *pending*: there is none yet and the limit has not passed. Open units are pending too: they stand at
  their last step and may still leave from there. Pending units are no departures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.select import Selection
from trodden.methods.journeys.select_bounds import IN_SCOPE, class_of_events
from trodden.methods.journeys.units import ABANDONED, Units, frozen
from trodden.methods.stats.logbins import BINS, bin_of
from trodden.methods.stats.tally import Tally, tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.model.walks import Bucket

KINDS: Final = ("gone", "elsewhere", "again", "pending")
"""What became of a unit that did not reach its goal, by the codes of `kernels_departures`."""

GONE, ELSEWHERE, AGAIN, PENDING, STAYED = range(5)
CODES: Final = 1 << 16

DETAILS: Final = (
    "position",
    "position_in",
    "position_out",
    "wait_s",
    "queue",
    "reason",
    "end_reason",
    "page",
    "last_page",
)
"""Promoted properties that say how a departing event was: place in the queue, time waited, last page."""


@dataclass(frozen=True, slots=True)
class Departed:
    """What became of the units of a bucket, (units,) each.

    ``kind``: GONE, ELSEWHERE, AGAIN, PENDING, or STAYED where the goal was reached. ``step``: touchpoint
    code of the last step. ``row``: its row in the bucket. ``to``: row of the first event after, -1 for none.
    """

    kind: NDArray[np.uint8]
    step: NDArray[np.int64]
    row: NDArray[np.int64]
    to: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DepartureCounts:
    """Integer counts; they add up over any split of the customers.

    ``kinds``: (touchpoints, 5) units by last step and what became of them. ``came_by``: (touchpoints,)
    decided units with a step there. ``abandoned``: (touchpoints,) departures by an event that ends a journey
    as abandoned. ``times``: keys ``step * BINS + bin``, time from first to last step of departures. ``to``:
    keys ``step * touchpoints + first touchpoint elsewhere``. ``details``: keys ``(step * properties +
    property) * CODES + code`` of departures.
    """

    kinds: NDArray[np.int64]
    came_by: NDArray[np.int64]
    abandoned: NDArray[np.int64]
    times: Tally
    to: Tally
    details: Tally

    def __add__(self, other: DepartureCounts) -> DepartureCounts:
        """Return the counts of both, which share no customer."""
        return DepartureCounts(
            self.kinds + other.kinds,
            self.came_by + other.came_by,
            self.abandoned + other.abandoned,
            self.times + other.times,
            self.to + other.to,
            self.details + other.details,
        )


def find_departures(bucket: Bucket, units: Units, selection: Selection) -> Departed:
    """Say what became of every unit after its last step."""
    import numpy as np

    from trodden.methods.journeys.kernels_departures import Ends, Limits, what_became
    from trodden.methods.journeys.kernels_units import Walks, cut_ends

    walks = Walks(*(frozen(column[:]) for column in (bucket.starts, bucket.ends, bucket.occurred_at)))
    last = units.offsets[1:] - 1
    row = frozen(units.rows[last])
    ends = Ends(row, units.customer, units.state, frozen(cut_ends(walks, selection.as_of)))
    in_scope = frozen((class_of_events(bucket, selection.events) & IN_SCOPE) != 0)
    limits = Limits(selection.as_of, selection.silence, int(selection.unit == "journey"))
    kind, to = what_became(ends, walks.occurred_at, in_scope, limits)
    return Departed(kind, units.touchpoint[last].astype(np.int64), row, to)


def count_departures(
    bucket: Bucket, units: Units, departed: Departed, touchpoints: int, details: tuple[str, ...]
) -> DepartureCounts:
    """Count departures by their step; ``details`` are the promoted properties looked at."""
    import numpy as np

    from trodden.methods.journeys.kernels_departures import came_by

    left = np.flatnonzero(departed.kind < PENDING)
    step = departed.step[left]
    started = units.occurred_at[units.offsets[left]]
    time = (bucket.occurred_at[departed.row[left]] - started) // 1_000
    away = left[departed.kind[left] == ELSEWHERE]
    abandoned = departed.step[left[units.state[left] == ABANDONED]]
    return DepartureCounts(
        kinds=np.bincount(departed.step * 5 + departed.kind, minlength=touchpoints * 5).reshape(-1, 5),
        came_by=came_by(units.offsets, units.touchpoint, frozen(departed.kind), touchpoints),
        abandoned=np.bincount(abandoned, minlength=touchpoints),
        times=tally(step * BINS + bin_of(time)),
        to=tally(departed.step[away] * touchpoints + bucket.touchpoint[departed.to[away]]),
        details=_count_details(bucket, step, departed.row[left], details),
    )


def _count_details(
    bucket: Bucket, step: NDArray[np.int64], row: NDArray[np.int64], details: tuple[str, ...]
) -> Tally:
    import numpy as np

    keys = [np.zeros(0, dtype=np.int64)]
    for number, name in enumerate(details):
        if name in bucket.properties:
            code = bucket.properties[name][row].astype(np.int64)
            keys.append(((step * len(details) + number) * CODES + code)[code > 0])
    return tally(np.concatenate(keys))
