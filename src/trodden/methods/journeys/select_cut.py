"""Units cut out of the walks of a bucket: the definitions stand in `trodden.methods.journeys.select`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from trodden.methods.journeys.select_bounds import EventClasses, class_of_events
from trodden.methods.journeys.units import OPEN, SILENT, Units, frozen
from trodden.model.question import Unit
from trodden.model.walks import Bucket

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_units import Walks


class Cutting(msgspec.Struct, frozen=True):
    """Into what walks are cut, in codes and microseconds.

    ``as_of``: microseconds since the epoch, UTC. ``silence``: microseconds after the last step for which a
    unit stays open. ``events``: what events mean to the map, None without one.
    """

    unit: Unit
    as_of: int
    silence: int
    events: EventClasses | None = None


class _Cut(NamedTuple):
    """Units as rows: those of unit ``u`` are ``at[offsets[u]:offsets[u + 1]]``, or that part of a slice."""

    offsets: NDArray[np.int64]
    at: slice | NDArray[np.int64]
    customer: NDArray[np.int64]


def cut_units(bucket: Bucket, cutting: Cutting) -> Units:
    """Cut every customer's walk into units, in the order of customers and of their first steps.

    Customers as units without a map are not copied where no row of the bucket is left out.
    """
    from trodden.methods.journeys.kernels_units import Walks, cut_ends

    whole = Walks(*(frozen(column[:]) for column in (bucket.starts, bucket.ends, bucket.occurred_at)))
    walks = whole._replace(ends=frozen(cut_ends(whole, cutting.as_of)))
    return _CUT[cutting.unit](bucket, walks, cutting)


@lru_cache(maxsize=2)
def _row_numbers(mebirows: int) -> NDArray[np.int64]:
    import numpy as np

    return frozen(np.arange(mebirows << 20))


def _rows_of(at: slice) -> NDArray[np.int64]:
    """Return the row numbers of a slice as a view of numbers made once."""
    return _row_numbers((at.stop >> 20) + 1)[at]


def _customers(bucket: Bucket, walks: Walks, cutting: Cutting) -> Units:
    import numpy as np

    from trodden.methods.journeys.kernels_units import grouped_rows, span_rows, whole_walks

    if cutting.events is not None:
        numbers = whole_walks(walks, class_of_events(bucket, cutting.events))
        offsets, at = grouped_rows(numbers, len(walks.starts))
    else:
        offsets = np.append(0, np.cumsum(walks.ends - walks.starts))
        at = _one_run(walks) or span_rows(walks.starts, walks.ends)
    customer = np.flatnonzero(np.diff(offsets))
    return _until_silent(bucket, cutting, _Cut(offsets[np.append(customer, -1)], at, customer))


def _one_run(walks: Walks) -> slice | None:
    """Return the rows of all customers where they follow each other without a gap, else None."""
    import numpy as np

    if len(walks.starts) == 0 or not np.array_equal(walks.starts[1:], walks.ends[:-1]):
        return None
    return slice(int(walks.starts[0]), int(walks.ends[-1]))


def _sessions(bucket: Bucket, walks: Walks, cutting: Cutting) -> Units:
    from trodden.methods.journeys.kernels_units import grouped_rows, session_numbers

    classes = class_of_events(bucket, cutting.events)
    numbers, customer = session_numbers(walks, classes, bucket.channel_outcome, cutting.silence)
    return _until_silent(bucket, cutting, _Cut(*grouped_rows(numbers, len(customer)), customer))


def _journeys(bucket: Bucket, walks: Walks, cutting: Cutting) -> Units:
    from trodden.methods.journeys.kernels_units import journeys

    classes = class_of_events(bucket, cutting.events)
    made = journeys(walks, classes, cutting.silence, cutting.as_of)
    units, steps = made.used
    cut = _Cut(made.first[: units + 1], made.rows[:steps], made.customer[:units])
    return _gathered(bucket, cut, made.state[:units], made.closed_at[:units])


def _until_silent(bucket: Bucket, cutting: Cutting, cut: _Cut) -> Units:
    """Close every unit that has been silent for longer than the limit at ``as_of``."""
    import numpy as np

    last = cut.offsets[1:] - 1
    latest = bucket.occurred_at[cut.at.start + last if isinstance(cut.at, slice) else cut.at[last]]
    silent = cutting.as_of - latest > cutting.silence
    state = np.where(silent, np.uint8(SILENT), np.uint8(OPEN))
    return _gathered(bucket, cut, state, latest + cutting.silence)


def _gathered(bucket: Bucket, cut: _Cut, state: NDArray[np.uint8], closed_at: NDArray[np.int64]) -> Units:
    """Read the rows of units: in a row as they stand, others into columns of their own."""
    from trodden.methods.journeys.kernels_units import Columns, gather

    span = cut.at if isinstance(cut.at, slice) else slice(None)
    steps = Columns(
        frozen(bucket.occurred_at[span]),
        frozen(bucket.touchpoint[span]),
        frozen(bucket.channel_outcome[span]),
        frozen(bucket.flags[span]),
    )
    if isinstance(cut.at, slice):
        rows = _rows_of(cut.at)
    else:
        rows = frozen(cut.at)
        steps = gather(steps, frozen(cut.offsets), rows)
    return Units(
        offsets=frozen(cut.offsets),
        rows=rows,
        occurred_at=frozen(steps.occurred_at),
        touchpoint=frozen(steps.touchpoint),
        channel_outcome=frozen(steps.channel_outcome),
        flags=frozen(steps.flags),
        customer=frozen(cut.customer),
        state=frozen(state),
        closed_at=frozen(closed_at),
    )


_CUT: Final[dict[str, Callable[[Bucket, Walks, Cutting], Units]]] = {
    "customer": _customers,
    "session": _sessions,
    "journey": _journeys,
}
