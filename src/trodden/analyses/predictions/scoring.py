"""Scoring: each prediction in each period against its range, beside the last whole period's value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from trodden.analyses.predictions.answer import Accuracy, Cell, Planning, Verdict
from trodden.methods.journeys.periods import moment
from trodden.methods.journeys.predictions import BEGUN, GOAL, STILL_OPEN, Prediction, PredictionCounts
from trodden.methods.journeys.predictions_periods import Followed
from trodden.methods.stats.means import Sums, mean_interval
from trodden.methods.stats.rates import wilson
from trodden.methods.stats.scores import interval_score
from trodden.model.question import Mean, Rate

MOST_OPEN: Final = 20
"""One journey in so many may be open in a complete period: what they will do moves a share by 5 points."""

MILLIONTHS: Final = 1_000_000
"""Scores are added up in these, as whole numbers."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Counts by period and prediction: ``[period][prediction]`` (count, of), and who of each is complete."""

    shares: tuple[tuple[tuple[int, int], ...], ...]
    periods: tuple[Followed, ...]
    journeys: tuple[int, ...]
    open: tuple[int, ...]
    is_complete: tuple[bool, ...]
    waiting: tuple[tuple[int | None, ...], ...]
    """``[period][prediction]`` closed journeys with such a wait, None for what is no wait."""

    @property
    def pooled_periods(self) -> tuple[int, ...]:
        """Return the numbers of the complete scored periods."""
        both = zip(self.periods, self.is_complete, strict=True)
        return tuple(place for place, (one, complete) in enumerate(both) if complete and one.is_scored)

    def pooled(self, prediction: int) -> tuple[int, int]:
        """Return a prediction's count and base over the complete scored periods."""
        kept = [self.shares[place][prediction] for place in self.pooled_periods]
        return sum(count for count, _ in kept), sum(of for _, of in kept)

    def journeys_behind(self, prediction: int) -> int:
        """Return how many journeys of the complete scored periods a prediction's count is of."""
        waiting = [self.waiting[place][prediction] for place in self.pooled_periods]
        known = [count for count in waiting if count is not None]
        return sum(known) if known else self.pooled(prediction)[0]


def tables_of(
    counts: PredictionCounts, predictions: Sequence[Prediction], periods: tuple[Followed, ...], as_of: int
) -> Tables:
    """Line the counts up with the predictions."""
    journeys = counts.journeys.tolist()
    is_complete = tuple(
        period.end <= as_of and row[STILL_OPEN] * MOST_OPEN <= row[BEGUN]
        for period, row in zip(periods, journeys, strict=True)
    )
    return Tables(
        tuple(_row(counts, predictions, number) for number in range(len(periods))),
        periods,
        tuple(row[BEGUN] for row in journeys),
        tuple(row[STILL_OPEN] for row in journeys),
        is_complete,
        tuple(_waiting(counts, predictions, number) for number in range(len(periods))),
    )


def _waiting(
    counts: PredictionCounts, predictions: Sequence[Prediction], period: int
) -> tuple[int | None, ...]:
    waits = iter(counts.waiting[period].tolist())
    return tuple(next(waits) if one.wait_us >= 0 else None for one in predictions)


def _row(
    counts: PredictionCounts, predictions: Sequence[Prediction], period: int
) -> tuple[tuple[int, int], ...]:
    begun, still_open, goal = (int(counts.journeys[period, at]) for at in (BEGUN, STILL_OPEN, GOAL))
    branches, waits = iter(counts.branch[period].tolist()), iter(counts.wait[period].tolist())
    found: list[tuple[int, int]] = []
    for one in predictions:
        if one.kind == "reached":
            found.append((goal, begun - still_open))
        else:
            count, of = next(branches if one.kind == "branch" else waits)
            found.append((count, of))
    return tuple(found)


def cells_of(tables: Tables, prediction: Prediction, number: int, at_least: int) -> tuple[Cell, ...]:
    """Score one prediction in every period that is scored, from the last whole period before it."""
    found: list[Cell] = []
    last: Rate | None = None
    for place, period in enumerate(tables.periods):
        actual = wilson(*tables.shares[place][number])
        complete = tables.is_complete[place]
        if period.is_scored:
            naive = last if last is not None and last.of >= at_least else None
            can_say = complete and actual.of >= at_least
            found.append(_cell(period, actual, prediction, naive, can_say=can_say))
        if period.is_whole:
            last = actual if complete else None
    return tuple(found)


def _cell(period: Followed, actual: Rate, said: Prediction, naive: Rate | None, *, can_say: bool) -> Cell:
    start = moment(period.start)
    if not can_say or actual.value is None:
        return Cell(start=start, actual=actual)
    inside, score = _scored(said.low, said.high, actual.value)
    if naive is None or naive.low is None or naive.high is None:
        return Cell(start=start, actual=actual, inside=inside, score=score)
    naive_inside, naive_score = _scored(naive.low, naive.high, actual.value)
    return Cell(
        start=start,
        actual=actual,
        inside=inside,
        score=score,
        naive_low=naive.low,
        naive_high=naive.high,
        naive_inside=naive_inside,
        naive_score=naive_score,
    )


def _scored(low: float, high: float, value: float) -> tuple[bool, float]:
    return low <= value <= high, interval_score(low, high, value)


def planning_of(cells: Iterable[Cell]) -> Planning:
    """Say how accurate some cells were, and the naive forecast where it could be made."""
    scored = [one for one in cells if one.score is not None]
    both = [one for one in scored if one.naive_score is not None]
    return Planning(
        said=_accuracy([(one.inside, one.score) for one in scored]),
        same=_accuracy([(one.inside, one.score) for one in both]),
        naive=_accuracy([(one.naive_inside, one.naive_score) for one in both]),
    )


def _accuracy(scores: Sequence[tuple[bool | None, float | None]]) -> Accuracy:
    whole = [round((score or 0.0) * MILLIONTHS) for _, score in scores]
    sums = Sums(len(whole), sum(whole), sum(score * score for score in whole))
    return Accuracy(
        inside=wilson(sum(bool(inside) for inside, _ in scores), len(scores)),
        score=mean_interval(sums, "share", MILLIONTHS),
    )


def together(plannings: Sequence[Planning]) -> Planning:
    """Return the accuracy over all cells of several; a mean of several has no interval."""
    return Planning(
        said=_add([one.said for one in plannings]),
        same=_add([one.same for one in plannings]),
        naive=_add([one.naive for one in plannings]),
    )


def _add(parts: Sequence[Accuracy]) -> Accuracy:
    if len(parts) == 1:
        return parts[0]
    n = sum(one.inside.of for one in parts)
    total = sum((one.score.value or 0.0) * one.score.n for one in parts)
    return Accuracy(
        inside=wilson(sum(one.inside.count for one in parts), n),
        score=Mean(value=total / n if n else None, n=n, unit="share"),
    )


def verdict_of(prediction: Prediction, actual: Rate, at_least: int) -> Verdict:
    """Judge one prediction over all complete periods."""
    if actual.of < at_least or actual.value is None or actual.low is None or actual.high is None:
        return "too few to say"
    if prediction.low <= actual.value <= prediction.high:
        return "held"
    if actual.low > prediction.high:
        return "above"
    return "below" if actual.high < prediction.low else "unclear"
