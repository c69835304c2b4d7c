"""For whom a segment holds: its tests laid over the walks of a bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trodden.methods.journeys.align import align_units
from trodden.methods.journeys.deviations import deviations_of
from trodden.methods.journeys.deviations_rows import rows_of
from trodden.methods.journeys.patterns_match import machine_of
from trodden.methods.journeys.segments_codes import COMPARE, CodeTest, by_code, holds
from trodden.methods.journeys.segments_told import FAR, DeviatedTest, DidTest, PausedTest
from trodden.methods.journeys.select_cut import cut_units
from trodden.methods.journeys.units import SILENT, frozen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_segments import Ended, Parts, Steps
    from trodden.methods.journeys.segments_codes import BehaviourTest, LeafTest, SegmentTest
    from trodden.model.walks import Bucket


@dataclass(frozen=True, slots=True)
class Told:
    """Up to where each unit's customer is looked at; all (units,), customers ascending.

    ``first``, ``last``: the first and the last row of the bucket that count. ``moment``: microseconds.
    """

    customer: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    moment: NDArray[np.int64]


def segment_holds(test: SegmentTest, bucket: Bucket, told: Told) -> NDArray[np.bool_]:
    """Say for each unit whether the segment holds for it; (units,)."""

    def leaf(found: LeafTest) -> NDArray[np.bool_]:
        if isinstance(found, CodeTest):
            return _has_value(found, bucket, told)
        return COMPARE[found.times.operator](_count(found, bucket, told), found.times.count)

    return holds(test, leaf)


def _has_value(test: CodeTest, bucket: Bucket, told: Told) -> NDArray[np.bool_]:
    from trodden.methods.journeys.kernels_units import codes_at

    if test.property not in bucket.properties:
        return by_code(test, {}, len(told.first))
    codes = codes_at(told.first, told.last, bucket.properties[test.property])
    return by_code(test, {test.property: codes}, len(told.first))


def _count(test: BehaviourTest, bucket: Bucket, told: Told) -> NDArray[np.int64]:
    """Count how often each unit's customer did it; (units,)."""
    from trodden.methods.journeys import kernels_segments as kernels

    steps = kernels.Steps(frozen(bucket.occurred_at[:]), frozen(bucket.touchpoint[:]))
    parts = _parts(test, told)
    if isinstance(test, DidTest):
        backward, forward = machine_of(test.finder.backward), machine_of(test.finder.forward)
        return kernels.count_matches(backward, forward, steps, parts, test.within)
    if isinstance(test, PausedTest):
        return _pauses(test, steps, parts)
    if isinstance(test, DeviatedTest):
        ended = _deviating(test, bucket)
        return kernels.count_ended(ended, told.customer, told.moment, parts)
    raise TypeError(f"Nothing counts a {type(test).__name__}.")


def _parts(test: BehaviourTest, told: Told) -> Parts:
    import numpy as np

    from trodden.methods.journeys.kernels_segments import Parts

    moments = test.moments
    since = np.full(len(told.first), -FAR if moments.start is None else moments.start)
    if moments.last is not None:
        since = np.maximum(since, told.moment - moments.last + 1)
    until = np.full(len(told.first), FAR if moments.end is None else moments.end)
    return Parts(told.first, frozen(told.last + 1), frozen(since), frozen(until))


def _pauses(test: PausedTest, steps: Steps, parts: Parts) -> NDArray[np.int64]:
    import numpy as np

    from trodden.methods.journeys.kernels_segments import count_pauses

    after, before = (np.frombuffer(codes, dtype=np.bool_) for codes in (test.after, test.before))
    return count_pauses(steps, parts, test.over, after, before)


def _deviating(test: DeviatedTest, bucket: Bucket) -> Ended:
    """Return the journeys that have such a deviation."""
    import numpy as np

    from trodden.methods.journeys.kernels_segments import Ended

    units = cut_units(bucket, test.cutting)
    aligned = align_units(test.automaton, bucket, units)
    rows = rows_of(test.keys, units, aligned, deviations_of(test.automaton, units, aligned))
    wanted = np.frombuffer(test.wanted, dtype=np.bool_)[rows.key]
    found = np.unique(rows.unit[wanted])
    last = np.where(units.state == SILENT, -1, units.rows[units.offsets[1:] - 1])
    first = units.offsets[:-1][found]
    columns = (units.customer[found], units.rows[first], units.occurred_at[first], last[found])
    return Ended(*map(frozen, (*columns, units.closed_at[found])))
