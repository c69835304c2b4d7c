"""Who comes back, in which period after a start, and how long customers stay active."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.retention.answer import Retention, RetentionQuestion
from trodden.analyses.retention.chart import retention_chart
from trodden.analyses.retention.finish import Named, are_complete, finish, number_in
from trodden.methods.journeys.calendar import cut_of, number_named
from trodden.methods.journeys.periods import microseconds
from trodden.methods.journeys.retention import (
    DAY,
    RetentionCounts,
    RetentionPlan,
    count_returns,
    marks_of,
    no_returns,
    units_returning,
)
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.units import Counted, Units, count_units
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError, TooLargeError
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

MOST_CELLS = 2_000_000
"""Cells that fit a state of 64 MB."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted, and what the answer needs to be named."""

    selection: Selection
    snapshot: str
    returns: RetentionPlan
    named: Named


@dataclass(frozen=True, slots=True)
class State:
    """Returns by cohort and period, and units counted."""

    returns: RetentionCounts
    counted: Counted


@analysis(
    "retention",
    asks=Asks("Who comes back, and when?", "time"),
    example=RetentionQuestion(),
    answer=Retention,
    chart=retention_chart,
)
class RetentionAnalysis(Mergeable[RetentionQuestion, Plan, State, Retention]):
    """Tell who comes back in which period after a start, by cohort, and how long they stay active.

    Cell (cohort, k) is the units that returned in period k of those that started in the cohort, with a 95 %
    Wilson interval; period 0 holds returns behind the start itself. Cells whose period is not over at
    ``as_of`` are told apart and are in no pooled share. *Still active* is a Kaplan-Meier curve with the
    log-log band. The definitions, boundaries and clock changes included, stand in
    `trodden.methods.journeys.retention`.
    """

    def plan(self, question: RetentionQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve names, periods and the silence."""
        selection = resolve_selection(question, catalog)
        touchpoints = Touchpoints(catalog)
        returns = RetentionPlan(
            start=marks_of(question.start, "start", touchpoints),
            returns=marks_of(question.returns, "returns", touchpoints),
            by=cut_of(question.by, catalog.week_begins),
            zone=catalog.time_zone,
            rolling=(question.rolling or 0) * DAY,
            most=question.periods,
            silence=_silence(question, selection),
            as_of=selection.as_of,
        )
        named = Named(question.show, question.counting, question.limit)
        return Plan(selection, catalog.snapshot, returns, named)

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        return State(count_returns(units, plan.returns), count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts.

        Raises
        ------
        TooLargeError
            There are more cohorts and periods than a state may hold.
        """
        returns = a.returns + b.returns
        if len(returns.cells.keys) > MOST_CELLS:
            raise TooLargeError(
                f"There are more than {MOST_CELLS:,} cells of a cohort and a period.",
                hint="Ask by week or month, for fewer periods, or for a period of starts.",
            )
        return State(returns, a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> Retention:
        """Form shares and the curve."""
        state = state or State(no_returns(), Counted())
        about = tell_about("retention", plan.snapshot, plan.selection, state.counted)
        return finish(about, plan.returns, plan.named, state.returns)

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:  # noqa: ARG002 - as the registry has it
        """Find the units of one cell: of a cohort, or of all for whom the period is over."""
        label, _, period = mark.rpartition(" ")
        at = number_in(period, plan.returns.most)
        on_or_after = plan.named.counting == "on or after"
        cohort, has_started, returned = units_returning(units, plan.returns, at, on_or_after=on_or_after)
        if label:
            return returned & has_started & (cohort == number_named(label, plan.returns.by))
        return returned & has_started & are_complete(plan.returns, cohort, at)


def _silence(question: RetentionQuestion, selection: Selection) -> int:
    if question.silence is None:
        return selection.silence
    found = microseconds(question.silence)
    if found <= 0:
        raise QuestionError("silence: a silence is longer than nothing.", hint="Such as 30d.")
    return found
