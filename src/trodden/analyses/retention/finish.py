"""The answer of ``retention`` from its counts: cells, what is complete, pooled shares, the curve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.retention.answer import Cell, Cohort, Counting, Pooled, Retention, Show
from trodden.methods.journeys.calendar import label_of, span_of, start_of
from trodden.methods.journeys.periods import moment
from trodden.methods.journeys.retention import (
    DAY,
    CohortCounts,
    RetentionCounts,
    RetentionPlan,
    cohorts_of,
)
from trodden.methods.stats.rates import wilson
from trodden.methods.stats.survival import Survival, kaplan_meier, thinned
from trodden.methods.stats.tally import Tally
from trodden.model.errors import UnknownNameError
from trodden.model.question import About

CURVE_POINTS = 128


@dataclass(frozen=True, slots=True)
class Named:
    """How the answer is told: what is drawn, what a return counts for, how many cohorts are listed."""

    show: Show
    counting: Counting
    limit: int


def finish(about: About, plan: RetentionPlan, named: Named, counts: RetentionCounts) -> Retention:
    """Form the answer."""
    counted = cohorts_of(counts.cells, plan.most, on_or_after=named.counting == "on or after")
    cohorts = [Cohort(*_head(plan, one), tuple(_cells(plan, one))) for one in counted]
    return Retention(
        about=about,
        show=named.show,
        counting=named.counting,
        counted=_name(plan),
        started=wilson(sum(one.units for one in cohorts), about.units),
        cohorts=tuple(cohorts[-named.limit :]),
        hidden=max(len(cohorts) - named.limit, 0),
        pooled=tuple(_pooled(plan, cohorts)),
        silence_s=plan.silence / 1_000_000,
        still_active=_curve(counts.lapsed, counts.active),
    )


def _name(plan: RetentionPlan) -> str:
    return f"{span_of(plan.by)}s" if plan.rolling == 0 else f"periods of {24 * plan.rolling // DAY} hours"


def _label(plan: RetentionPlan, period: int) -> str:
    return f"{'period' if plan.rolling else span_of(plan.by)} {period}"


def _head(plan: RetentionPlan, one: CohortCounts) -> tuple[str, datetime, int]:
    starts_at = moment(_start(plan, one.number))
    return label_of(one.number, plan.by), starts_at, one.units


def _cells(plan: RetentionPlan, one: CohortCounts) -> Iterator[Cell]:
    for period, returned in enumerate(one.returned):
        begins, is_over = _ends_of(plan, one.number, period)
        if begins > plan.as_of:
            return
        yield Cell(_label(plan, period), period, wilson(returned, one.units), is_over <= plan.as_of)


def _ends_of(plan: RetentionPlan, cohort: int, period: int) -> tuple[int, int]:
    """Return when a period begins for the first of a cohort, and when it is over for the last."""
    if plan.rolling == 0:
        return _start(plan, cohort + period), _start(plan, cohort + period + 1)
    first, last = _start(plan, cohort), _start(plan, cohort + 1)
    return first + period * plan.rolling, last + (period + 1) * plan.rolling


def are_complete(plan: RetentionPlan, cohorts: NDArray[np.int64], period: int) -> NDArray[np.bool_]:
    """Say of every unit, given by its cohort, whether a period is over for all of that cohort."""
    known = np.unique(cohorts)
    over = np.array([_ends_of(plan, one, period)[1] <= plan.as_of for one in known.tolist()], dtype=np.bool_)
    return over[np.searchsorted(known, cohorts)]


def number_in(text: str, most: int) -> int:
    """Return which period the mark of a cell names.

    Raises
    ------
    UnknownNameError
        It names none.
    """
    if text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and int(text) <= most:
        return int(text)
    raise UnknownNameError(f"No period is called {text!r}.", hint="Open the cell from the chart anew.")


def _start(plan: RetentionPlan, number: int) -> int:
    return start_of(number, plan.by, plan.zone)


def _pooled(plan: RetentionPlan, cohorts: list[Cohort]) -> Iterator[Pooled]:
    for period in range(plan.most + 1):
        known = [one for one in cohorts if len(one.cells) > period and one.cells[period].complete]
        if known:
            returned = sum(one.cells[period].returned.count for one in known)
            rate = wilson(returned, sum(one.units for one in known))
            yield Pooled(_label(plan, period), period, len(known), rate)


def _curve(lapsed: Tally, active: Tally) -> Survival:
    bins = np.union1d(lapsed.keys, active.keys)
    events, censored = np.zeros((2, len(bins)), dtype=np.int64)
    events[np.searchsorted(bins, lapsed.keys)] = lapsed.counts
    censored[np.searchsorted(bins, active.keys)] = active.counts
    return thinned(kaplan_meier(events, censored, bins), CURVE_POINTS)
