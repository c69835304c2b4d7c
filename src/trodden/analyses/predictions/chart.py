"""How scored predictions show themselves: what was walked, beside what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts import Bar, Bars, Chart, Tone
from trodden.charts.formats import format_interval, format_number, format_share, format_value

if TYPE_CHECKING:
    from trodden.analyses.predictions.answer import Accuracy, MapPlanning, Planning, Predicted, Predictions

BARS = 24


def predictions_chart(answer: Predictions) -> Chart:
    """Draw the actual share of every prediction, or the accuracy of every map where none is asked about."""
    about = answer.about
    one = len(answer.maps) == 1 and bool(answer.predictions)
    bars = (
        [_bar(found) for found in answer.predictions] if one else [_map_bar(found) for found in answer.maps]
    )
    return Bars(
        title=_title(answer),
        unit=f"{about.unit}s",
        n=sum(period.journeys for period in answer.periods if period.is_complete) if one else about.units,
        as_of=about.as_of,
        definition="predictions",
        notes=(*about.notes, *answer.advice),
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


def _bar(found: Predicted) -> Bar | None:
    if found.actual.value is None:
        return None
    return Bar(
        label=name_of(found),
        value=found.actual.value,
        low=found.actual.low,
        high=found.actual.high,
        detail=_detail(found),
        tone=_tone(found),
    )


def _tone(found: Predicted) -> Tone:
    if found.verdict in ("above", "below"):
        return "warn"
    return "plain" if found.verdict == "held" else "muted"


def _detail(found: Predicted) -> str:
    expected = format_interval(found.low, found.high, "share").strip("[]")
    parts = [f"said {expected}: {found.verdict}"]
    inside = found.planning.said.inside
    if inside.of:
        parts.append(f"inside in {inside.count} of {inside.of} periods")
    if found.kind == "typical wait" and found.median.value is not None:
        parts.append(f"median {format_value(found.median.value, 'duration')}")
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
        detail=f"assumed by {author}; {_scores(found.planning)}",
    )


def _title(answer: Predictions) -> str:
    if answer.status != "scored":
        return _nothing(answer)
    planning = answer.authors[0].planning if len(answer.maps) == 1 else None
    if planning is None:
        return f"Planning accuracy of {len(answer.maps)} maps"
    if not planning.said.inside.of:
        return f"Too few journeys to score what {answer.maps[0].map} predicts"
    return f"{_inside(planning.said)} of what {answer.maps[0].map} predicts came true; {_scores(planning)}"


def _inside(accuracy: Accuracy) -> str:
    inside = accuracy.inside
    return f"{format_share(inside.value or 0.0)} {format_interval(inside.low, inside.high, 'share')}"


def _scores(planning: Planning) -> str:
    """Say the mean score beside the naive forecast's in the same cells."""
    score = f"mean interval score {format_number(planning.said.score.value or 0.0)}"
    if planning.naive.score.value is None or planning.same.score.value is None:
        return score
    naive = format_number(planning.naive.score.value)
    if planning.same.score.n == planning.said.score.n:
        return f"{score}, the last period's value {naive}"
    same = format_number(planning.same.score.value)
    return f"{score} ({same} where the last period's value scores {naive})"


def _nothing(answer: Predictions) -> str:
    key = answer.maps[0].map if answer.maps else ""
    return {
        "a draft": f"{key} is a draft: its predictions are not locked yet",
        "predicts nothing": f"{key} predicts nothing",
        "too early": f"Nothing was walked yet since {key} was published",
    }.get(answer.status, "No map is published, so nothing is predicted")
