"""How scored predictions show themselves: what was walked, beside what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.analyses.predictions.marks import write_mark
from trodden.charts import Bar, Bars, Chart, Tone
from trodden.charts.formats import format_count, format_estimate, format_interval, format_number, format_value
from trodden.charts.links import behind

if TYPE_CHECKING:
    from trodden.analyses.predictions.answer import MapPlanning, Planning, Predicted, Predictions, Scored

BARS = 24

SCORE: Final = (
    "The mean interval score is what a forecaster pays for each prediction and period: the width of the range"
    " that was said, and 40 times the distance of what was walked from it where that lies outside. Smaller is"
    " better."
)
"""What the number beside the headline means, as `methods/stats/scores` computes it."""


def predictions_chart(answer: Predictions) -> Chart:
    """Draw the actual share of every prediction, or the accuracy of every map where none is asked about."""
    about = answer.about
    one = len(answer.maps) == 1 and bool(answer.predictions)
    bars = (
        [_bar(found, answer.periods) for found in answer.predictions]
        if one
        else [_map_bar(found) for found in answer.maps]
    )
    return Bars(
        title=_title(answer),
        unit=f"{about.unit}s",
        n=sum(period.journeys for period in answer.periods if period.is_complete) if one else about.units,
        as_of=about.as_of,
        definition="predictions",
        notes=(*_accuracy(answer), *about.notes, *answer.advice),
        axis="Actual share" if one else "Predictions inside their range",
        of="prediction" if one else "map",
        kind="share",
        bars=tuple(bar for bar in bars if bar is not None)[:BARS],
    )


def name_of(found: Predicted) -> str:
    """Return what a prediction is called.

    Such as ``Goal reached``, ``Branch of Configurator``, ``Installation within 5 d``.
    """
    if found.kind == "reached":
        return "Goal reached"
    if found.kind == "branch":
        return f"Branch of {found.label}"
    return f"{found.label} within {format_value(found.wait_s, 'duration')}"


def _bar(found: Predicted, periods: tuple[Scored, ...]) -> Bar | None:
    if found.actual.value is None:
        return None
    return Bar(
        label=name_of(found),
        value=found.actual.value,
        low=found.actual.low,
        high=found.actual.high,
        detail=_detail(found),
        tone=_tone(found),
        link=behind("predictions", write_mark(found, periods), units=found.journeys),
    )


def _tone(found: Predicted) -> Tone:
    if found.verdict in ("above", "below"):
        return "warn"
    return "plain" if found.verdict == "held" else "muted"


def _detail(found: Predicted) -> str:
    expected = format_interval(found.low, found.high, "share").strip("[]")
    counted = f"{format_count(found.actual.count)} of {format_count(found.actual.of)}"
    what = f"{counted} waits" if found.wait_s is not None else counted
    parts = [f"said {expected}: {found.verdict}", what]
    inside = found.planning.said.inside
    if inside.of:
        parts.append(f"inside in {inside.count} of {inside.of} periods")
    if found.kind == "typical wait" and found.median.value is not None:
        median = found.median
        parts.append(f"median {format_estimate(found.median.value, median.low, median.high, 'duration')}")
    if found.kind == "longest wait" and found.p90_s is not None:
        parts.append(f"nine of ten within {format_value(found.p90_s, 'duration')}")
    return "; ".join(parts)


def _map_bar(found: MapPlanning) -> Bar | None:
    inside = found.planning.said.inside
    if inside.value is None:
        return None
    author = found.author or "nobody named"
    return Bar(
        label=found.map,
        value=inside.value,
        low=inside.low,
        high=inside.high,
        detail=f"assumed by {author}; {_checked(found.planning)}; {_scores(found.planning)}",
    )


def _title(answer: Predictions) -> str:
    if answer.status != "scored":
        return _nothing(answer)
    if len(answer.maps) != 1:
        return f"Planning accuracy of {len(answer.maps)} maps"
    key = answer.maps[0].map
    told = [one for one in answer.predictions if one.verdict != "too few to say"]
    if not told:
        return f"Too few journeys to score what {key} predicts"
    held = sum(one.verdict == "held" for one in told)
    shares = "share" if len(told) == 1 else "shares"
    return f"{held} of {len(told)} {shares} that {key} predicts held"


def _accuracy(answer: Predictions) -> tuple[str, ...]:
    """Say how accurate period by period, what the score beside it means, and what could not be judged."""
    planning = answer.authors[0].planning if len(answer.maps) == 1 and answer.authors else None
    if answer.status != "scored" or planning is None or not planning.said.inside.of:
        return (SCORE,) if len(answer.maps) > 1 else ()
    few = sum(one.verdict == "too few to say" for one in answer.predictions)
    left = (f"{few} more rest on too few journeys to say.",) if few else ()
    return (f"Period by period, {_checked(planning)}; {_scores(planning)}.", SCORE, *left)


def _checked(planning: Planning) -> str:
    inside = planning.said.inside
    share = format_estimate(inside.value or 0.0, inside.low, inside.high, "share")
    return f"{inside.count} of {inside.of} checks were inside what was said ({share})"


def _scores(planning: Planning) -> str:
    """Say the mean score beside the naive forecast's in the same cells."""
    score = f"mean interval score {format_number(planning.said.score.value or 0.0)}"
    if planning.naive.score.value is None or planning.same.score.value is None:
        return score
    naive = format_number(planning.naive.score.value)
    if planning.same.score.n == planning.said.score.n:
        return f"{score}; forecasting the last period's value again scores {naive}"
    same = format_number(planning.same.score.value)
    return f"{score} ({same} where forecasting the last period's value again scores {naive})"


def _nothing(answer: Predictions) -> str:
    key = answer.maps[0].map if answer.maps else ""
    return {
        "a draft": f"{key} is a draft: its predictions are not locked yet",
        "predicts nothing": f"{key} predicts nothing",
        "too early": f"Nothing was walked yet since {key} was published",
    }.get(answer.status, "No map is published, so nothing is predicted")
