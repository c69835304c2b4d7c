"""The published map as a forecast, scored against what was walked after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from trodden.analyses.predictions.advice import advice_for, notes_for, status_of
from trodden.analyses.predictions.answer import Predictions, PredictionsQuestion
from trodden.analyses.predictions.chart import predictions_chart
from trodden.analyses.predictions.finish import finish_all, finish_map
from trodden.analyses.predictions.marks import read_mark
from trodden.analyses.predictions.planned import Plan
from trodden.methods.journeys.align import align_units
from trodden.methods.journeys.automaton import compile_map
from trodden.methods.journeys.periods import find_zone
from trodden.methods.journeys.predictions import (
    PredictionCounts,
    count_predictions,
    no_counts,
    predictions_of,
    units_behind,
    units_that_began,
)
from trodden.methods.journeys.predictions_periods import periods_followed, reign_of
from trodden.methods.journeys.select import Selection, resolve_selection, select
from trodden.methods.journeys.units import Counted, Units, count_units
from trodden.model.catalog import Catalog
from trodden.model.question import Answer, Question
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis


@dataclass(frozen=True, slots=True)
class State:
    """What was selected, and what was counted of it; None where no map is asked about."""

    counted: Counted
    counts: PredictionCounts | None


@analysis(
    "predictions",
    asks=Asks("Did it turn out as planned?", "design"),
    example=PredictionsQuestion(map="Getting connected", hindsight=True),
    answer=Predictions,
    chart=predictions_chart,
)
class PredictionsAnalysis(Mergeable[PredictionsQuestion, Plan, State, Predictions]):
    """Score what a published map predicts against what was walked after: planning accuracy.

    A map predicts the share of journeys that reach the goal, the share of each branch, and the wait before
    each step: half of the waits are no longer than the typical one, nine of ten no longer than the longest.
    Publishing locks all of it. Journeys that began after are counted by the period they began in, closed ones
    only, by their alignment with the map (see ``conformance``). A period is complete when it is over and no
    more than one in twenty of its journeys is still open; in each complete period each prediction with
    enough journeys is inside its range or not, and gets an interval score: the width of the range, plus 40
    times the distance of the actual share from it. A share said without a range is given a tolerance to
    either side. Planning accuracy is the share inside, and the mean score. The naive forecast says of each
    period what the last whole period showed, with its 95 % interval, and is scored alike.

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation.
    Journal of the American Statistical Association 102, 359-378, section 6.2.
    """

    def needs(self, question: PredictionsQuestion, catalog: Catalog) -> Mapping[str, Question]:
        """Without a map, ask about every one that can be scored."""
        if question.map is not None:
            return {}
        keys = sorted(key for key, found in catalog.maps.items() if found.published_at or question.hindsight)
        return {key: replace(question, map=key, unit="journey") for key in keys}

    def plan(self, question: PredictionsQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Read the predictions of the map and cut the time they are scored over."""
        selection = resolve_selection(question, catalog)
        plan = Plan(
            selection=selection,
            snapshot=catalog.snapshot,
            at_least=question.at_least,
            hindsight=question.hindsight,
            others=tuple(one for _, one in sorted(needs.items()) if isinstance(one, Predictions)),
        )
        return _with_map(plan, question, catalog) if selection.map else plan

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Align and count one bucket."""
        units = select(bucket, plan.selection)
        if plan.automaton is None:
            return State(count_units(units), None)
        edges = tuple((one.start, one.end) for one in plan.periods)
        found = count_predictions(plan.automaton, plan.predictions, edges, bucket, units)
        return State(count_units(units), found)

    def merge(self, a: State, b: State) -> State:
        """Add counts."""
        counts = None if a.counts is None or b.counts is None else a.counts + b.counts
        return State(a.counted + b.counted, counts)

    def finish(self, plan: Plan, state: State | None) -> Predictions:
        """Score, and say what to do where nothing can be."""
        state = state or State(Counted(), None)
        if plan.journey_map is None:
            return finish_all(plan, state.counted)
        counts = state.counts or no_counts(plan.predictions, len(plan.periods))
        return finish_map(plan, plan.journey_map, state.counted, counts)

    def behind(self, plan: Plan, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:
        """Find the journeys that count for a prediction and began in the periods the mark names."""
        number, edges = read_mark(plan, mark)
        began = units_that_began(units, edges)
        if plan.automaton is None:
            return began
        aligned = align_units(plan.automaton, bucket, units)
        return began & units_behind(plan.predictions[number], units, aligned.event_step)


def _with_map(plan: Plan, question: PredictionsQuestion, catalog: Catalog) -> Plan:
    found = catalog.maps[plan.selection.map]
    zone = find_zone(catalog.time_zone)
    predictions = predictions_of(found, question.tolerance)
    reign = reign_of(found, catalog.maps.values(), zone)
    as_of = plan.selection.as_of
    periods = periods_followed(reign, as_of, question.every, zone, hindsight=question.hindsight)
    status = status_of(found, predictions, periods, hindsight=question.hindsight)
    return replace(
        plan,
        journey_map=found,
        automaton=compile_map(found, catalog),
        predictions=predictions,
        periods=periods if status == "scored" else (),
        status=status,
        advice=advice_for(status, found),
        notes=notes_for(found, _is_part(plan.selection), hindsight=question.hindsight),
    )


def _is_part(selection: Selection) -> bool:
    """Tell whether only some of the journeys are asked about."""
    return selection.segment is not None or selection.where is not None
