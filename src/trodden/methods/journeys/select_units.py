"""Units cut out of a bucket: the definitions stand in `trodden.methods.journeys.select`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from trodden.methods.journeys.patterns_match import contains
from trodden.methods.journeys.segments_codes import holds, properties_of
from trodden.methods.journeys.select_bounds import class_of_events
from trodden.methods.journeys.units import OPEN, SILENT, Units, frozen, take_units
from trodden.model.walks import Bucket

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_units import Walks
    from trodden.methods.journeys.select import Selection


class _Cut(NamedTuple):
    """Units as rows: those of unit ``u`` are ``at[offsets[u]:offsets[u + 1]]``, or that part of a slice."""

    offsets: NDArray[np.int64]
    at: slice | NDArray[np.int64]
    customer: NDArray[np.int64]


def select(bucket: Bucket, selection: Selection) -> Units:
    """Cut the units a question is about out of a bucket: see `trodden.methods.journeys.select`.

    Units are in the order of their customers, and of their first steps within a customer. Customers as
    units without a map are not copied where no row of the bucket is left out.
    """
    from trodden.methods.journeys.kernels_units import Walks, cut_ends

    whole = Walks(*(frozen(column[:]) for column in (bucket.starts, bucket.ends, bucket.occurred_at)))
    walks = whole._replace(ends=frozen(cut_ends(whole, selection.as_of)))
    units = _CUT[selection.unit](bucket, walks, selection)
    for keep in (_in_period, in_segment, _with_pattern):
        wanted = keep(bucket, selection, units)
        units = units if wanted is None or wanted.all() else take_units(units, wanted)
    return units


@lru_cache(maxsize=2)
def _row_numbers(mebirows: int) -> NDArray[np.int64]:
    import numpy as np

    return frozen(np.arange(mebirows << 20))


def _rows_of(at: slice) -> NDArray[np.int64]:
    """Return the row numbers of a slice as a view of numbers made once."""
    return _row_numbers((at.stop >> 20) + 1)[at]


def _customers(bucket: Bucket, walks: Walks, selection: Selection) -> Units:
    import numpy as np

    from trodden.methods.journeys.kernels_units import grouped_rows, span_rows, whole_walks

    if selection.events is not None:
        numbers = whole_walks(walks, class_of_events(bucket, selection.events))
        offsets, at = grouped_rows(numbers, len(walks.starts))
    else:
        offsets = np.append(0, np.cumsum(walks.ends - walks.starts))
        at = _one_run(walks) or span_rows(walks.starts, walks.ends)
    customer = np.flatnonzero(np.diff(offsets))
    return _until_silent(bucket, selection, _Cut(offsets[np.append(customer, -1)], at, customer))


def _one_run(walks: Walks) -> slice | None:
    """Return the rows of all customers where they follow each other without a gap, else None."""
    import numpy as np

    if len(walks.starts) == 0 or not np.array_equal(walks.starts[1:], walks.ends[:-1]):
        return None
    return slice(int(walks.starts[0]), int(walks.ends[-1]))


def _sessions(bucket: Bucket, walks: Walks, selection: Selection) -> Units:
    from trodden.methods.journeys.kernels_units import grouped_rows, session_numbers

    classes = class_of_events(bucket, selection.events)
    numbers, customer = session_numbers(walks, classes, bucket.channel_outcome, selection.silence)
    return _until_silent(bucket, selection, _Cut(*grouped_rows(numbers, len(customer)), customer))


def _journeys(bucket: Bucket, walks: Walks, selection: Selection) -> Units:
    from trodden.methods.journeys.kernels_units import journeys

    classes = class_of_events(bucket, selection.events)
    made = journeys(walks, classes, selection.silence, selection.as_of)
    units, steps = made.used
    cut = _Cut(made.first[: units + 1], made.rows[:steps], made.customer[:units])
    return _gathered(bucket, cut, made.state[:units], made.closed_at[:units])


def _until_silent(bucket: Bucket, selection: Selection, cut: _Cut) -> Units:
    """Close every unit that has been silent for longer than the limit at ``as_of``."""
    import numpy as np

    last = cut.offsets[1:] - 1
    latest = bucket.occurred_at[cut.at.start + last if isinstance(cut.at, slice) else cut.at[last]]
    silent = selection.as_of - latest > selection.silence
    state = np.where(silent, np.uint8(SILENT), np.uint8(OPEN))
    return _gathered(bucket, cut, state, latest + selection.silence)


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


def _in_period(_: Bucket, selection: Selection, units: Units) -> NDArray[np.bool_] | None:
    import numpy as np

    if selection.start is None and selection.end is None:
        return None
    started = units.occurred_at[units.offsets[:-1]]
    wanted = np.ones(len(units), dtype=np.bool_)
    if selection.start is not None:
        wanted &= started >= selection.start
    if selection.end is not None:
        wanted &= started < selection.end
    return wanted


def in_segment(bucket: Bucket, selection: Selection, units: Units) -> NDArray[np.bool_] | None:
    """Say for each unit whether the selection's segment holds for it; None where there is no segment."""
    from trodden.methods.journeys.kernels_units import Walks, codes_at, cut_ends

    if selection.segment is None:
        return None
    starts = frozen(bucket.starts[units.customer])
    if selection.segment_at_start:
        rows = frozen(units.rows[units.offsets[:-1]])
    else:
        walks = Walks(bucket.starts, bucket.ends, bucket.occurred_at)
        rows = frozen(cut_ends(walks, selection.as_of)[units.customer] - 1)
    names = set(properties_of(selection.segment)) & set(bucket.properties)
    codes = {name: codes_at(starts, rows, bucket.properties[name]) for name in names}
    return holds(selection.segment, codes, len(units))


def _with_pattern(_: Bucket, selection: Selection, units: Units) -> NDArray[np.bool_] | None:
    return None if selection.where is None else contains(units, selection.where)


_CUT: Final[dict[str, Callable[[Bucket, Walks, Selection], Units]]] = {
    "customer": _customers,
    "session": _sessions,
    "journey": _journeys,
}
