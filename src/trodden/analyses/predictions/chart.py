"""How scored predictions show themselves: what was walked, beside what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.analyses.predictions.marks import write_mark
from trodden.charts import Bar, Bars, Chart, Tone
from trodden.charts.formats import (
    format_count,
    format_estimate,
    format_interval,
    format_number,
    format_value,
    rate_said,
)
from trodden.charts.heads import units_said
from trodden.charts.links import behind
from trodden.model.words import ntr, phrase, tr

if TYPE_CHECKING:
    from trodden.analyses.predictions.answer import MapPlanning, Planning, Predicted, Predictions, Scored

BARS = 24

SCORE: Final = phrase(
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
        unit=units_said(about.unit)["units"],
        n=sum(period.journeys for period in answer.periods if period.is_complete) if one else about.units,
        as_of=about.as_of,
        definition="predictions",
        notes=(*_accuracy(answer), *about.notes, *answer.advice),
        axis=tr("Actual share") if one else tr("Predictions inside their range"),
        of=tr("prediction") if one else "map",
        kind="share",
        bars=tuple(bar for bar in bars if bar is not None)[:BARS],
    )


def name_of(found: Predicted) -> str:
    """Return what a prediction is called.

    Such as ``Goal reached``, ``Branch of Configurator``, ``Installation within 5 d``.
    """
    if found.kind == "reached":
        return tr("Goal reached")
    if found.kind == "branch":
        return tr("Branch of {place}", place=found.label)
    return tr("{place} within {time}", place=found.label, time=format_value(found.wait_s, "duration"))


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
    counted = tr(
        "{count} of {all}", count=format_count(found.actual.count), all=format_count(found.actual.of)
    )
    what = tr("{counted} waits", counted=counted) if found.wait_s is not None else counted
    parts = [tr("said {expected}: {verdict}", expected=expected, verdict=tr(found.verdict)), what]
    inside = found.planning.said.inside
    if inside.of:
        parts.append(tr("inside in {count} of {all} periods", count=inside.count, all=inside.of))
    if found.kind == "typical wait" and found.median.value is not None:
        median = found.median
        parts.append(
            tr(
                "median {estimate}",
                estimate=format_estimate(found.median.value, median.low, median.high, "duration"),
            )
        )
    if found.kind == "longest wait" and found.p90_s is not None:
        parts.append(tr("nine of ten within {time}", time=format_value(found.p90_s, "duration")))
    return "; ".join(parts)


def _map_bar(found: MapPlanning) -> Bar | None:
    inside = found.planning.said.inside
    if inside.value is None:
        return None
    author = found.author or tr("nobody named")
    return Bar(
        label=found.map,
        value=inside.value,
        low=inside.low,
        high=inside.high,
        detail=tr(
            "assumed by {author}; {checked}; {scores}",
            author=author,
            checked=_checked(found.planning),
            scores=_scores(found.planning),
        ),
    )


def _title(answer: Predictions) -> str:
    if answer.status != "scored":
        return _nothing(answer)
    if len(answer.maps) != 1:
        return tr("Planning accuracy of {maps} maps", maps=len(answer.maps))
    key = answer.maps[0].map
    told = [one for one in answer.predictions if one.verdict != "too few to say"]
    if not told:
        return tr("Too few journeys to score what {key} predicts", key=key)
    held = sum(one.verdict == "held" for one in told)
    return ntr(
        "{held} of {told} share that {key} predicts held",
        "{held} of {told} shares that {key} predicts held",
        len(told),
        held=held,
        told=len(told),
        key=key,
    )


def _accuracy(answer: Predictions) -> tuple[str, ...]:
    """Say how accurate period by period, what the score beside it means, and what could not be judged."""
    planning = answer.authors[0].planning if len(answer.maps) == 1 and answer.authors else None
    if answer.status != "scored" or planning is None or not planning.said.inside.of:
        return (tr(SCORE),) if len(answer.maps) > 1 else ()
    few = sum(one.verdict == "too few to say" for one in answer.predictions)
    left = (tr("{few} more rest on too few journeys to say.", few=few),) if few else ()
    return (
        tr("Period by period, {checked}; {scores}.", checked=_checked(planning), scores=_scores(planning)),
        tr(SCORE),
        *left,
    )


def _checked(planning: Planning) -> str:
    inside = planning.said.inside
    return tr(
        "{count} of {all} checks were inside what was said ({share})",
        count=inside.count,
        all=inside.of,
        share=rate_said(inside),
    )


def _scores(planning: Planning) -> str:
    """Say the mean score beside the naive forecast's in the same cells."""
    score = tr("mean interval score {number}", number=format_number(planning.said.score.value or 0.0))
    if planning.naive.score.value is None or planning.same.score.value is None:
        return score
    naive = format_number(planning.naive.score.value)
    if planning.same.score.n == planning.said.score.n:
        return tr(
            "{score}; forecasting the last period's value again scores {naive}", score=score, naive=naive
        )
    same = format_number(planning.same.score.value)
    return tr(
        "{score} ({same} where forecasting the last period's value again scores {naive})",
        score=score,
        same=same,
        naive=naive,
    )


def _nothing(answer: Predictions) -> str:
    key = answer.maps[0].map if answer.maps else ""
    return {
        "a draft": tr("{key} is a draft: its predictions are not locked yet", key=key),
        "predicts nothing": tr("{key} predicts nothing", key=key),
        "too early": tr("Nothing was walked yet since {key} was published", key=key),
    }.get(answer.status, tr("No map is published, so nothing is predicted"))
