"""From counts to the answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from trodden.analyses.predictions.advice import NO_MAP
from trodden.analyses.predictions.answer import (
    AuthorPlanning,
    MapPlanning,
    Planning,
    Predicted,
    Predictions,
    Scored,
)
from trodden.analyses.predictions.planned import Plan, branch_of
from trodden.analyses.predictions.scoring import (
    Tables,
    cells_of,
    planning_of,
    tables_of,
    together,
    verdict_of,
)
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.periods import moment
from trodden.methods.journeys.predictions import Prediction, PredictionCounts
from trodden.methods.journeys.select import tell_about
from trodden.methods.journeys.units import Counted
from trodden.methods.stats.logbins import BINS, quantile
from trodden.methods.stats.medians import Counted as Values
from trodden.methods.stats.medians import median_interval
from trodden.methods.stats.rates import wilson
from trodden.methods.stats.tally import Tally, none_counted
from trodden.model.journey_map import JourneyMap, Step


def finish_all(plan: Plan, counted: Counted) -> Predictions:
    """Tell the planning accuracy of all maps that were asked about."""
    maps = [one for other in plan.others for one in other.maps]
    return Predictions(
        about=tell_about("predictions", plan.snapshot, plan.selection, counted),
        status="scored" if any(one.status == "scored" for one in maps) else "no map",
        advice=() if maps else (NO_MAP,),
        predictions=(),
        periods=(),
        maps=tuple(sorted(maps, key=lambda one: (*_rank(one.planning), one.map))),
        authors=_authors(maps),
    )


def finish_map(
    plan: Plan, journey_map: JourneyMap, counted: Counted, counts: PredictionCounts
) -> Predictions:
    """Score every prediction of one map."""
    tables = tables_of(counts, plan.predictions, plan.periods, plan.selection.as_of)
    steps = steps_in_order(journey_map)
    predictions = tuple(
        _predicted(plan, steps, tables, counts.lengths, number) for number in range(len(plan.predictions))
    )
    whole = MapPlanning(
        map=journey_map.key,
        author=journey_map.author,
        evidence=journey_map.evidence,
        published_at=journey_map.published_at,
        status=plan.status,
        predictions=len(predictions),
        planning=planning_of(cell for one in predictions for cell in one.cells),
    )
    return Predictions(
        about=tell_about("predictions", plan.snapshot, plan.selection, counted, plan.notes),
        status=plan.status,
        advice=plan.advice,
        predictions=predictions,
        periods=_periods(tables, predictions),
        maps=(whole,),
        authors=_authors((whole,)),
    )


def _rank(planning: Planning) -> tuple[float, float]:
    """Order by the share inside, most first, then by the smaller score; what has none comes last."""
    inside, score = planning.said.inside.value, planning.said.score.value
    return (1.0 if inside is None else -inside, 0.0 if score is None else score)


def _authors(maps: Iterable[MapPlanning]) -> tuple[AuthorPlanning, ...]:
    by_author: defaultdict[str, list[Planning]] = defaultdict(list)
    for one in maps:
        by_author[one.author].append(one.planning)
    found = [
        AuthorPlanning(author=author, maps=len(plannings), planning=together(plannings))
        for author, plannings in by_author.items()
    ]
    return tuple(sorted(found, key=lambda one: (*_rank(one.planning), one.author)))


def _predicted(plan: Plan, steps: tuple[Step, ...], tables: Tables, lengths: Tally, number: int) -> Predicted:
    said = plan.predictions[number]
    step = steps[said.step] if said.step >= 0 else None
    actual = wilson(*tables.pooled(number))
    cells = cells_of(tables, said, number, plan.at_least)
    waits = _waits(tables, lengths, said, len(steps))
    return Predicted(
        kind=said.kind,
        step=step.id if step else "",
        label=(step.label or step.id) if step else "",
        evidence=step.evidence if step else "assumed",
        said=said.said,
        low=said.low,
        high=said.high,
        is_ranged=said.is_ranged,
        wait_s=said.wait_us / 1_000_000 if said.wait_us >= 0 else None,
        actual=actual,
        journeys=tables.journeys_behind(number),
        median=median_interval(Values(waits.counts, waits.keys)),
        p90_s=quantile(waits.counts, 0.9, waits.keys),
        verdict=verdict_of(said, actual, plan.at_least),
        planning=planning_of(cells),
        cells=cells if plan.status == "scored" else (),
        branch=branch_of(said, plan.steps),
    )


def _waits(tables: Tables, lengths: Tally, said: Prediction, steps: int) -> Tally:
    """Return the waits before the step, by bin, over the complete scored periods."""
    total = none_counted()
    for period, one in enumerate(tables.periods):
        if said.wait_us >= 0 and one.is_scored and tables.is_complete[period]:
            first = (period * steps + said.step) * BINS
            part = lengths.within(first, first + BINS)
            total += Tally(part.keys - first, part.counts)
    return total


def _periods(tables: Tables, predictions: tuple[Predicted, ...]) -> tuple[Scored, ...]:
    """Tell the scored periods; those before the first journey are left out."""
    numbers = [number for number, one in enumerate(tables.periods) if one.is_scored]
    begun = [place for place, number in enumerate(numbers) if tables.journeys[number]]
    return tuple(
        _period(tables, numbers[place], planning_of(one.cells[place] for one in predictions))
        for place in range(begun[0] if begun else len(numbers), len(numbers))
    )


def _period(tables: Tables, number: int, planning: Planning) -> Scored:
    period = tables.periods[number]
    return Scored(
        start=moment(period.start),
        end=moment(period.end),
        journeys=tables.journeys[number],
        open=tables.open[number],
        is_complete=tables.is_complete[number],
        is_hindsight=period.is_hindsight,
        planning=planning,
    )
