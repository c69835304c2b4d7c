"""Retention: who comes back in which period after a start, and how long they stay active.

**Start and return.** A unit's start is the first step that matches ``start``; where that is a pattern, the
last step of its first match (see `trodden.methods.journeys.patterns`). A return is any later step of the
unit, in the order of the walk, that matches ``returns``; where that is a pattern, the last step of each of
its matches, which do not overlap. A step at the same time as the start but behind it in the walk is a return.

**Periods.** *By the calendar*, period 0 is the day, week or month the start lies in, by the clocks of the
workspace's zone, and period k the k-th after it. *Rolling*, period k is ``[start + k * length, start +
(k + 1) * length)`` with a length of so many times 24 hours. Units whose start lies in the same day, week or
month are a **cohort**; units without a start are in none.

**Cells.** Cell (cohort, k) is how many of the cohort returned in period k; counted *on or after*, in period k
or any later one up to ``as_of``. A cell is **complete** where period k is over at ``as_of`` for whoever could
have started in the cohort: by the calendar once period k has ended, rolling once it has ended for a start
at the cohort's last moment. Cells of periods that nobody of the cohort can have reached are left out.

**Pooled.** Period k of all cohorts whose cell k is complete, together: returned of all their units.

**Still active.** A unit is active until its first silence longer than the limit: until the last return (or
the start) before it. Whether a unit was active at a moment is only known once the limit has passed, so units
are followed from their start until ``as_of`` less the limit; those still active then are cut off (censored)
there, and those that started later are not followed at all. (Cutting each off at its own last return
instead would keep at risk only those known to return, and tell too long a life.)

**Comings and goings.** In the first period a unit is active in, it is *new*; in any other *returning* where
it was active in the period before, else *resurrected*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.methods.journeys.calendar import Cut, numbers_of
from trodden.methods.journeys.patterns import parse_pattern
from trodden.methods.journeys.patterns_dfa import Finder, compile_finder, step_codes
from trodden.methods.journeys.patterns_match import find_matches
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.units import Units, frozen, has_any
from trodden.methods.stats.logbins import bin_of
from trodden.methods.stats.tally import Tally, none_counted, tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_retention import Walked

DAY: Final = 86_400_000_000
"""Microseconds of 24 hours."""


class Marks(msgspec.Struct, frozen=True):
    """Which steps are meant: ``fits`` holds 1 for each touchpoint code, or ``finder`` finds them."""

    fits: bytes = b""
    finder: Finder | None = None


def marks_of(text: str, field: str, touchpoints: Touchpoints) -> Marks:
    """Read what a person wrote for steps: a touchpoint, ``[a|b]``, ``[^a]``, ``any``, or a pattern.

    Raises
    ------
    QuestionError, UnknownNameError
        The text is none of them, or names a touchpoint nobody knows; ``field`` names where it was given.
    """
    if touchpoints.is_known(text.strip()) or text.strip() == "any":
        return Marks(step_codes(text, field, touchpoints).tobytes())
    return Marks(finder=compile_finder(parse_pattern(text, field), touchpoints))


def marked_steps(units: Units, marks: Marks) -> NDArray[np.bool_]:
    """Say for each step whether it is meant, of a pattern the last step of each match; (steps,)."""
    import numpy as np

    from trodden.methods.journeys.kernels_retention import codes_that_fit

    if marks.finder is None:
        return frozen(codes_that_fit(units.touchpoint, np.frombuffer(marks.fits, dtype=np.bool_)))
    found = np.zeros(len(units.touchpoint), dtype=np.bool_)
    found[find_matches(units, marks.finder).last] = True
    return frozen(found)


class RetentionPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is followed, in codes and microseconds.

    ``rolling``: the length of a period, 0 for periods by the calendar. ``most``: the last period told.
    """

    start: Marks
    returns: Marks
    by: Cut
    zone: str
    rolling: int
    most: int
    silence: int
    as_of: int


@dataclass(frozen=True, slots=True)
class RetentionCounts:
    """What adds up over buckets.

    ``cells``: keys of `kernels_retention.returns`. ``lapsed``, ``active``: units by the bin of the time they
    stayed active, those that fell silent and those cut off.
    """

    cells: Tally
    lapsed: Tally
    active: Tally

    def __add__(self, other: RetentionCounts) -> RetentionCounts:
        """Return the counts of both, which share no unit."""
        return RetentionCounts(
            self.cells + other.cells, self.lapsed + other.lapsed, self.active + other.active
        )


def no_returns() -> RetentionCounts:
    """Return the counts of nobody."""
    return RetentionCounts(none_counted(), none_counted(), none_counted())


def count_returns(units: Units, plan: RetentionPlan) -> RetentionCounts:
    """Count the units of one bucket by cohort and period, and by how long they stay active."""
    from trodden.methods.journeys import kernels_retention as kernels

    walked = _followed(units, plan)
    spans, kinds = kernels.active_spans(walked, plan.silence, plan.as_of)
    bins = bin_of(spans // 1_000)
    return RetentionCounts(
        tally(kernels.returns(walked, plan.rolling, plan.most)),
        tally(bins[kinds == kernels.LAPSED]),
        tally(bins[kinds == kernels.ACTIVE]),
    )


def _followed(units: Units, plan: RetentionPlan) -> Walked:
    from trodden.methods.journeys.kernels_retention import Walked, first_marked

    started = marked_steps(units, plan.start)
    returned = started if plan.returns == plan.start else marked_steps(units, plan.returns)
    return Walked(
        units.offsets,
        units.occurred_at,
        frozen(numbers_of(units.occurred_at, plan.by, plan.zone)),
        returned,
        frozen(first_marked(units.offsets, started)),
    )


@dataclass(frozen=True, slots=True)
class CohortCounts:
    """One cohort: its period, its units, and ``returned[k]`` of them in period k."""

    number: int
    units: int
    returned: tuple[int, ...]


def cohorts_of(cells: Tally, most: int, *, on_or_after: bool) -> list[CohortCounts]:
    """Return the cohorts, oldest first, with what was counted for periods 0 to ``most``."""
    width = 2 * most + 3
    return [_cohort(number, slots, most, on_or_after=on_or_after) for number, slots in cells.by(width)]


def _cohort(number: int, slots: Tally, most: int, *, on_or_after: bool) -> CohortCounts:
    import numpy as np

    counts = np.zeros(2 * most + 3, dtype=np.int64)
    counts[slots.keys] = slots.counts
    latest = counts[most + 1 : -1]
    returned = latest[::-1].cumsum()[::-1] if on_or_after else counts[: most + 1]
    return CohortCounts(number, int(counts[-1]), tuple(returned.tolist()))


def count_comings(units: Units, active: Marks, by: Cut, zone: str) -> Tally:
    """Count units by ``period * 3 + kind``: 0 new, 1 returning, 2 resurrected."""
    from trodden.methods.journeys.kernels_retention import Walked, comings

    number = frozen(numbers_of(units.occurred_at, by, zone))
    walked = Walked(units.offsets, units.occurred_at, number, marked_steps(units, active), units.offsets[:-1])
    return tally(comings(walked))


def units_coming(
    units: Units, active: Marks, number: NDArray[np.int64], period: int
) -> dict[str, NDArray[np.bool_]]:
    """Say of every unit how it comes or goes in a period, by kind; (units,) each.

    ``number``: (steps,) the period each step lies in.
    """
    counted = marked_steps(units, active)
    here, before, earlier = (
        has_any(units, counted & steps) for steps in (number == period, number == period - 1, number < period)
    )
    return {
        "new": here & ~earlier,
        "returning": here & before,
        "resurrected": here & earlier & ~before,
        "dormant": before & ~here,
    }


def units_returning(
    units: Units, plan: RetentionPlan, period: int, *, on_or_after: bool
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the cohort of every unit, whether it started at all, and whether it returned; (units,) each."""
    import numpy as np

    walked = _followed(units, plan)
    has_started = walked.start >= 0
    start = np.repeat(np.where(has_started, walked.start, len(walked.counts)), np.diff(walked.offsets))
    steps = np.arange(len(walked.counts))
    at, since = (walked.occurred_at, plan.rolling) if plan.rolling else (walked.number, 1)
    after = (at - at[np.minimum(start, steps)]) // since
    is_in = after >= period if on_or_after else after == period
    cohort = np.zeros(len(units), dtype=np.int64)
    cohort[has_started] = walked.number[walked.start[has_started]]
    return cohort, has_started, has_any(units, walked.counts & (steps > start) & is_in)
