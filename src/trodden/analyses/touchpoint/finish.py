"""From counts at one touchpoint to shares, intervals and verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.touchpoint.answer import (
    Differing,
    Gaps,
    OutcomeShare,
    Scores,
    ScoreShare,
    Touchpoint,
    TouchpointPeriod,
    Verdict,
)
from trodden.methods.journeys.calendar import label_of, number_of, start_of
from trodden.methods.journeys.periods import moment
from trodden.methods.stats.differences import p_of_rates
from trodden.methods.stats.medians import Counted as DurationCounts
from trodden.methods.stats.medians import median_interval, quantile_interval
from trodden.methods.stats.multiple import benjamini_hochberg
from trodden.methods.stats.rates import newcombe, wilson
from trodden.methods.stats.tally import Tally
from trodden.model.event import FAILING, OUTCOMES

if TYPE_CHECKING:
    from trodden.analyses.touchpoint import Plan
    from trodden.model.question import About, Rate

FEWEST: Final = 10
"""Events a side needs at least."""

LEVEL: Final = 0.05
MOST_SCORES: Final = 11
FEWEST_SCORES: Final = 3
FEWEST_SCORED: Final = 30
LEAST_PEAK: Final = 0.15


@dataclass(frozen=True, slots=True)
class Values:
    """A property and its values, by code less one."""

    name: str
    type: str
    values: tuple[str | float | bool | int, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Integer counts of events at the touchpoint.

    ``first``, ``last``: without a step before, after; ``open``: of the last, in units that still run.
    ``before``, ``after``: waits by bin. ``periods``: events by period, ``met``: units. ``groups``: as
    :func:`trodden.analyses.touchpoint._group` gives them, one a property.
    """

    events: int
    units: int
    outcomes: NDArray[np.int64]
    first: int
    last: int
    open: int
    before: Tally
    after: Tally
    periods: Tally
    met: Tally
    groups: tuple[NDArray[np.int64], ...]

    def __add__(self, other: Counts) -> Counts:
        """Add the counts of two buckets."""
        return Counts(
            self.events + other.events,
            self.units + other.units,
            self.outcomes + other.outcomes,
            self.first + other.first,
            self.last + other.last,
            self.open + other.open,
            self.before + other.before,
            self.after + other.after,
            self.periods + other.periods,
            self.met + other.met,
            tuple(mine + theirs for mine, theirs in zip(self.groups, other.groups, strict=True)),
        )


def told(about: About, counts: Counts, plan: Plan) -> Touchpoint:
    """Return the answer."""
    numbers = _numbers(counts, plan)
    shown = numbers[-plan.limit :]
    differs = _differing(counts, plan.properties)
    return Touchpoint(
        about=about,
        touchpoint=plan.touchpoint,
        events=counts.events,
        units=wilson(counts.units, about.units),
        periods=tuple(_period(plan, counts, number) for number in shown),
        hidden=len(numbers) - len(shown),
        outcomes=tuple(_outcomes(counts)),
        failed=_failed(counts.outcomes),
        before=_gaps(counts.before, counts.first, 0),
        after=_gaps(counts.after, counts.last, counts.open),
        differs=tuple(differs),
        tried=len(differs),
        scores=tuple(_scores(counts, plan.properties)),
    )


def _numbers(counts: Counts, plan: Plan) -> range:
    """Return every period from the first with an event there to that of ``as_of``."""
    if not len(counts.periods.keys):
        return range(0)
    last = number_of(plan.selection.as_of, plan.by, plan.zone)
    return range(int(counts.periods.keys[0]), last + 1)


def _period(plan: Plan, counts: Counts, number: int) -> TouchpointPeriod:
    return TouchpointPeriod(
        label=label_of(number, plan.by),
        starts_at=moment(start_of(number, plan.by, plan.zone)),
        events=_at(counts.periods, number),
        units=_at(counts.met, number),
        complete=start_of(number + 1, plan.by, plan.zone) <= plan.selection.as_of,
    )


def _at(tally: Tally, key: int) -> int:
    return tally.within(key, key + 1).total


def _outcomes(counts: Counts) -> Iterator[OutcomeShare]:
    order = sorted(range(len(OUTCOMES)), key=lambda code: (-int(counts.outcomes[code]), code))
    for code in order:
        if counts.outcomes[code]:
            yield OutcomeShare(OUTCOMES[code], wilson(int(counts.outcomes[code]), counts.events))


def _failed(outcomes: NDArray[np.int64]) -> Rate:
    failed = sum(int(outcomes[OUTCOMES.index(name)]) for name in FAILING)
    return wilson(failed, int(outcomes[1:].sum()))


def _gaps(waits: Tally, none: int, running: int) -> Gaps:
    counted = DurationCounts(waits.counts, waits.keys)
    median, p90 = median_interval(counted), quantile_interval(counted, 0.9)
    return Gaps(gaps=counted.n, none=none, open=running, median=median, p90=p90)


def _differing(counts: Counts, properties: Sequence[Values]) -> list[Differing]:
    found: list[tuple[str, str, Rate, Rate]] = []
    for values, group in zip(properties, counts.groups, strict=True):
        known = group[1:, 1:]
        failed, of = int(known[:, 1].sum()), int(known.sum())
        for code, (fine, bad) in enumerate(known.tolist()):
            if fine + bad:
                others = wilson(failed - bad, of - fine - bad)
                found.append((values.name, _text(values, code), wilson(bad, fine + bad), others))
    tested = [place for place, (_n, _v, mine, others) in enumerate(found) if _are_enough(mine, others)]
    adjusted = dict(
        zip(tested, benjamini_hochberg([p_of_rates(*found[place][2:]) for place in tested]), strict=True)
    )
    rows = [_differs(one, adjusted.get(place)) for place, one in enumerate(found)]
    return sorted(rows, key=_by_difference)


def _are_enough(mine: Rate, others: Rate) -> bool:
    return min(mine.of, others.of) >= FEWEST


def _differs(one: tuple[str, str, Rate, Rate], adjusted: float | None) -> Differing:
    name, value, mine, others = one
    return Differing(
        property=name,
        value=value,
        failed=mine,
        others=others,
        difference=newcombe(mine, others),
        adjusted_p=adjusted,
        verdict=_verdict(mine, others, adjusted),
    )


def _verdict(mine: Rate, others: Rate, adjusted: float | None) -> Verdict:
    if adjusted is None:
        return "too few to say"
    if adjusted > LEVEL:
        return "no clear difference"
    return "more often" if (mine.value or 0.0) > (others.value or 0.0) else "less often"


def _by_difference(one: Differing) -> tuple[bool, float, str, str]:
    return one.adjusted_p is None, -abs(one.difference.value or 0.0), one.property, one.value


def _text(values: Values, code: int) -> str:
    value = values.values[code]
    if isinstance(value, bool):
        return "true" if value else "false"
    if values.type == "time":
        return moment(int(value)).isoformat()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _scores(counts: Counts, properties: Sequence[Values]) -> Iterator[Scores]:
    for values, group in zip(properties, counts.groups, strict=True):
        of = int(group[1:].sum())
        if values.type != "number" or not of or not FEWEST_SCORES <= len(values.values) <= MOST_SCORES:
            continue
        told = sorted(
            (float(value), int(events))
            for value, events in zip(values.values, group[1:].sum(axis=1), strict=True)
        )
        shares = tuple(ScoreShare(value, wilson(events, of)) for value, events in told)
        peaks = _peaks([events for _value, events in told])
        yield Scores(
            property=values.name,
            values=shares,
            peaks=tuple(told[place][0] for place in peaks),
            is_split=of >= FEWEST_SCORED and _is_split([events / of for _value, events in told], peaks),
        )


def _peaks(counts: Sequence[int]) -> list[int]:
    """Return the places of counts that are larger than both neighbours; of equal neighbours the first."""
    padded = [-1, *counts, -1]
    return [
        place
        for place in range(len(counts))
        if padded[place] < padded[place + 1] >= padded[place + 2] and counts[place]
    ]


def _is_split(shares: Sequence[float], peaks: Sequence[int]) -> bool:
    """Say whether two peaks are large, with a valley between them."""
    large = [place for place in peaks if shares[place] >= LEAST_PEAK]
    return any(
        min(shares[a : b + 1]) <= min(shares[a], shares[b]) / 2
        for place, a in enumerate(large)
        for b in large[place + 1 :]
    )
