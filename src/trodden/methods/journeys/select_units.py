"""The units a question selects: the definitions stand in `trodden.methods.journeys.select`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.methods.journeys.patterns_match import contains
from trodden.methods.journeys.segments_seen import Told, segment_holds
from trodden.methods.journeys.select_cut import cut_units
from trodden.methods.journeys.units import Units, frozen, take_units
from trodden.model.walks import Bucket

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.select import Selection


def select(bucket: Bucket, selection: Selection) -> Units:
    """Cut the units a question is about out of a bucket: see `trodden.methods.journeys.select`.

    Units are in the order of their customers, and of their first steps within a customer. Customers as
    units without a map are not copied where no row of the bucket is left out.
    """
    units = cut_units(bucket, selection)
    for keep in (_in_period, in_segment, _with_pattern):
        wanted = keep(bucket, selection, units)
        units = units if wanted is None or wanted.all() else take_units(units, wanted)
    return units


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
    import numpy as np

    if selection.segment is None:
        return None
    if selection.segment_at_start:
        return segment_holds(selection.segment, bucket, _at_start(bucket, units))
    # Customers stand in their order, so that each begins where another one ended.
    is_first = np.diff(units.customer, prepend=-1) != 0
    told = _as_of(bucket, units.customer[is_first], selection.as_of)
    return segment_holds(selection.segment, bucket, told)[np.cumsum(is_first) - 1]


def _at_start(bucket: Bucket, units: Units) -> Told:
    """Return each unit's customer as they were at its first step."""
    steps = units.offsets[:-1]
    moments = frozen(units.occurred_at[steps])
    return Told(units.customer, frozen(bucket.starts[units.customer]), frozen(units.rows[steps]), moments)


def _as_of(bucket: Bucket, customer: NDArray[np.int64], as_of: int) -> Told:
    """Return customers as they were at a moment."""
    import numpy as np

    from trodden.methods.journeys.kernels_units import Walks, cut_ends

    ends = cut_ends(Walks(bucket.starts, bucket.ends, bucket.occurred_at), as_of)
    moments = frozen(np.full(len(customer), as_of))
    return Told(frozen(customer), frozen(bucket.starts[customer]), frozen(ends[customer] - 1), moments)


def _with_pattern(_: Bucket, selection: Selection, units: Units) -> NDArray[np.bool_] | None:
    return None if selection.where is None else contains(units, selection.where)
