"""The plan as a forecast: what a map predicts, as shares, and what was walked of it.

Every prediction is read as the share of something, so that all can be scored in one unit:

- *reached*: the share of closed journeys that reach the goal, in ``[low, high]`` of the forecast; an end
  that is not given is 0 or 1 where the other one is;
- *branch*: of the closed journeys with an event matched on the choice, the share with one on the branch;
- *typical* wait before a step: half of the waits take no longer;
- *longest* wait before a step: at least 0.9 of the waits take no longer (`pauses_limits.SHARE`).

A share said without a range is held where the actual one lies no further from it than a tolerance; its
range is ``[share - tolerance, share + tolerance]``, cut at 0 and 1, both ends included. A wait runs from
the matched event before to the one that matches the step, whatever lay between, so the first has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from trodden.methods.journeys.align import align_units
from trodden.methods.journeys.automaton_gates import branches_of
from trodden.methods.journeys.flow import is_skippable, parts_of, steps_in_order
from trodden.methods.journeys.pauses_limits import SHARE as LONGEST_SHARE
from trodden.methods.journeys.units import OPEN, REACHED, are_among, frozen, has_any
from trodden.methods.stats.logbins import BINS, bin_of
from trodden.methods.stats.tally import Tally, none_counted, tally
from trodden.model.journey_map import Choice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.automaton import Automaton
    from trodden.methods.journeys.automaton_gates import BranchSpan
    from trodden.methods.journeys.flow import Flow
    from trodden.methods.journeys.kernels_predictions import Said
    from trodden.methods.journeys.units import Units
    from trodden.model.journey_map import Forecast, JourneyMap
    from trodden.model.walks import Bucket

Kind = Literal["reached", "branch", "typical wait", "longest wait"]
BEGUN, STILL_OPEN, GOAL = range(3)
"""Columns of journeys by period: all that began in it, those still open, those that reached the goal."""

TYPICAL_SHARE: Final = 0.5


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """One share a map says beforehand: ``low <= high``, in [0, 1].

    ``step``: number of the step it is about, of the first step of the branch, -1 for all journeys. ``span``:
    first and last step (not included) of the branch, and of its choice. ``wait_us``: the wait that was said.
    ``is_ranged``: the range was said too; else it is the tolerance. ``said``: the share itself, None where
    only a range was said.
    """

    kind: Kind
    said: float | None
    low: float
    high: float
    is_ranged: bool
    step: int = -1
    span: tuple[int, int, int, int] = (0, 0, 0, 0)
    wait_us: int = -1


def predictions_of(journey_map: JourneyMap, tolerance: float) -> tuple[Prediction, ...]:
    """Return what a map predicts: the goal, then branches and waits, each in document order.

    Shares said for a choice of which a branch can be passed without a step are left out: whoever took that
    one leaves no trace of it (see :func:`unseen_branches`).
    """
    return (
        *_reached(journey_map.forecast, tolerance),
        *_branches(journey_map, tolerance),
        *_waits(journey_map, tolerance),
    )


def unseen_branches(journey_map: JourneyMap) -> tuple[str, ...]:
    """Return the steps that begin the branches with a share whose choice can be passed without a step."""
    steps = steps_in_order(journey_map)
    return tuple(steps[span.first].id for span in _spans(journey_map, seen=False))


def _spans(journey_map: JourneyMap, *, seen: bool) -> Iterator[BranchSpan]:
    traceless = {
        (span.choice_first, span.choice_last)
        for span, skippable in zip(branches_of(journey_map.flow), _skippable(journey_map.flow), strict=True)
        if skippable
    }
    for span in branches_of(journey_map.flow):
        if span.share is not None and ((span.choice_first, span.choice_last) not in traceless) == seen:
            yield span


def _skippable(flow: Flow) -> Iterator[bool]:
    """Tell of every branch, in the order of `branches_of`, whether it can be passed without a step."""
    for item in flow:
        for part in parts_of(item):
            if isinstance(item, Choice):
                yield is_skippable(part)
            yield from _skippable(part)


def _around(share: float, tolerance: float) -> tuple[float, float]:
    return max(0.0, share - tolerance), min(1.0, share + tolerance)


def _reached(forecast: Forecast, tolerance: float) -> Iterator[Prediction]:
    low, high, said = forecast.low, forecast.high, forecast.reached
    if low is not None or high is not None:
        ends = (0.0 if low is None else low, 1.0 if high is None else high)
        yield Prediction(kind="reached", said=said, low=ends[0], high=ends[1], is_ranged=True)
    elif said is not None:
        ends = _around(said, tolerance)
        yield Prediction(kind="reached", said=said, low=ends[0], high=ends[1], is_ranged=False)


def _branches(journey_map: JourneyMap, tolerance: float) -> Iterator[Prediction]:
    for one in _spans(journey_map, seen=True):
        share = 0.0 if one.share is None else one.share
        low, high = _around(share, tolerance)
        yield Prediction(
            kind="branch",
            said=share,
            low=low,
            high=high,
            is_ranged=False,
            step=one.first,
            span=(one.first, one.last, one.choice_first, one.choice_last),
        )


def _waits(journey_map: JourneyMap, tolerance: float) -> Iterator[Prediction]:
    low, high = _around(TYPICAL_SHARE, tolerance)
    for number, step in enumerate(steps_in_order(journey_map)):
        if step.wait.typical is not None:
            yield Prediction(
                kind="typical wait",
                said=TYPICAL_SHARE,
                low=low,
                high=high,
                is_ranged=False,
                step=number,
                wait_us=_us(step.wait.typical),
            )
        if step.wait.longest is not None:
            yield Prediction(
                kind="longest wait",
                said=None,
                low=LONGEST_SHARE,
                high=1.0,
                is_ranged=True,
                step=number,
                wait_us=_us(step.wait.longest),
            )


def _us(wait: timedelta) -> int:
    return round(wait.total_seconds() * 1_000_000)


@dataclass(frozen=True, slots=True)
class PredictionCounts:
    """Integer counts by period; they add up over any split of the customers.

    ``journeys``: (periods, 3) begun, still open, goal reached. ``branch``: (periods, branches, 2) closed
    units on the branch and on its choice. ``wait``: (periods, waits, 2) waits no longer than said and all.
    ``lengths``: keys ``(period * steps + step) * BINS + bin``, the waits themselves.
    ``waiting``: (periods, waits) closed units with at least one wait no longer than said.
    """

    journeys: NDArray[np.int64]
    branch: NDArray[np.int64]
    wait: NDArray[np.int64]
    lengths: Tally
    waiting: NDArray[np.int64]

    def __add__(self, other: PredictionCounts) -> PredictionCounts:
        """Return the counts of both, which share no unit."""
        return PredictionCounts(
            self.journeys + other.journeys,
            self.branch + other.branch,
            self.wait + other.wait,
            self.lengths + other.lengths,
            self.waiting + other.waiting,
        )


def no_counts(predictions: tuple[Prediction, ...], periods: int) -> PredictionCounts:
    """Return the counts of no journey."""
    import numpy as np

    branches = sum(one.kind == "branch" for one in predictions)
    waits = sum(one.wait_us >= 0 for one in predictions)
    return PredictionCounts(
        np.zeros((periods, 3), dtype=np.int64),
        np.zeros((periods, branches, 2), dtype=np.int64),
        np.zeros((periods, waits, 2), dtype=np.int64),
        none_counted(),
        np.zeros((periods, waits), dtype=np.int64),
    )


def count_predictions(
    automaton: Automaton,
    predictions: tuple[Prediction, ...],
    edges: tuple[tuple[int, int], ...],
    bucket: Bucket,
    units: Units,
) -> PredictionCounts:
    """Align the units of a bucket and count what is predicted, by the period each began in.

    ``edges``: half-open ``[start, end)`` of each period in microseconds, ascending, none overlapping.
    """
    import numpy as np

    from trodden.methods.journeys.kernels_predictions import Walked, count_said

    counts = no_counts(predictions, len(edges))
    if len(units) == 0 or not edges:
        return counts
    period = _periods(units, edges)
    aligned = align_units(automaton, bucket, units)
    walked = Walked(units.offsets, units.state, frozen(period), units.occurred_at, frozen(aligned.event_step))
    said = _said(predictions, len(automaton.steps))
    count_said(walked, said, counts.journeys, counts.branch, counts.wait)
    waited = _waited(units, aligned.event_step)
    lengths = _lengths(units, period, waited, len(automaton.steps))
    for number, one in enumerate(one for one in predictions if one.wait_us >= 0):
        held = period[_in_time(one, units, waited)]
        counts.waiting[:, number] = np.bincount(held[held >= 0], minlength=len(edges))
    return PredictionCounts(counts.journeys, counts.branch, counts.wait, lengths, counts.waiting)


def units_behind(prediction: Prediction, units: Units, event_step: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Say of every closed unit whether it counts for what was predicted; (units,).

    It reached the goal; has an event on the branch; or waited no longer than said at least once.
    ``event_step``: (steps,) the step an event matches, -1 for none.
    """
    if prediction.kind == "reached":
        return units.state == REACHED
    if prediction.kind == "branch":
        first, last = prediction.span[:2]
        return has_any(units, (event_step >= first) & (event_step < last)) & (units.state != OPEN)
    return _in_time(prediction, units, _waited(units, event_step))


class _Waits(NamedTuple):
    """Waits before matched events that have one before them: (waits,) the unit, the step, microseconds."""

    unit: NDArray[np.intp]
    step: NDArray[np.int16]
    took: NDArray[np.int64]


def _waited(units: Units, event_step: NDArray[np.int16]) -> _Waits:
    import numpy as np

    event = np.flatnonzero(event_step >= 0)
    unit = np.repeat(np.arange(len(units)), np.diff(units.offsets))[event]
    later = np.flatnonzero(np.diff(unit, prepend=-1) == 0)
    took = units.occurred_at[event[later]] - units.occurred_at[event[later - 1]]
    return _Waits(unit[later], event_step[event[later]], took)


def _in_time(prediction: Prediction, units: Units, waits: _Waits) -> NDArray[np.bool_]:
    held = (waits.step == prediction.step) & (waits.took <= prediction.wait_us)
    return are_among(units, waits.unit[held]) & (units.state != OPEN)


def units_that_began(units: Units, edges: tuple[tuple[int, int], ...]) -> NDArray[np.bool_]:
    """Say of every unit whether it began in one of some periods, as in `count_predictions`; (units,)."""
    import numpy as np

    return _periods(units, edges) >= 0 if edges else np.zeros(len(units), dtype=np.bool_)


def _periods(units: Units, edges: tuple[tuple[int, int], ...]) -> NDArray[np.int64]:
    """Return the period each unit began in, -1 for none."""
    import numpy as np

    starts, ends = np.array(edges, dtype=np.int64).T
    began = units.occurred_at[units.offsets[:-1]]
    place = np.searchsorted(starts, began, side="right") - 1
    return np.where((place >= 0) & (began < ends[place]), place, -1)


def _said(predictions: tuple[Prediction, ...], steps: int) -> Said:
    """Lay the predictions out for the kernel; waits are in the order of their steps."""
    import numpy as np

    from trodden.methods.journeys.kernels_predictions import Said

    waits = [one for one in predictions if one.wait_us >= 0]
    many = np.bincount([one.step for one in waits], minlength=steps) if waits else np.zeros(steps)
    return Said(
        frozen(
            np.array([one.span for one in predictions if one.kind == "branch"], dtype=np.int32).reshape(-1, 4)
        ),
        frozen(np.append(0, np.cumsum(many)).astype(np.int32)),
        frozen(np.array([one.wait_us for one in waits], dtype=np.int64)),
    )


def _lengths(units: Units, period: NDArray[np.int64], waits: _Waits, steps: int) -> Tally:
    """Count the waits before matched events of closed units that began in some period, by length."""
    counted = ((period >= 0) & (units.state != OPEN))[waits.unit]
    place = period[waits.unit[counted]] * steps + waits.step[counted]
    return tally(place * BINS + bin_of(waits.took[counted] // 1_000))
