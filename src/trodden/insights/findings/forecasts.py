"""Findings in predictions: where a published map said one thing, and another was walked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.analyses.predictions.marks import write_mark
from trodden.charts.formats import format_count, format_estimate, format_interval, format_share
from trodden.charts.links import behind
from trodden.insights.findings.candidates import FEWEST, MARGIN, Candidate, mind_of, nearest, sense_of
from trodden.insights.findings.model import Evidence, Finding, Rank, key_of
from trodden.methods.stats.differences import p_of_estimate
from trodden.model.durations import format_duration
from trodden.model.question import Estimate
from trodden.model.words import keep

if TYPE_CHECKING:
    from trodden.analyses.predictions.answer import Predicted, Predictions
    from trodden.insights.findings.candidates import Places
    from trodden.insights.findings.model import Sense

GOAL_VALUE, WAIT_VALUE, BRANCH_VALUE = 1.0, 0.25, 0.25
"""What a forecast that failed is worth: who waits longer, or goes another way, may still arrive."""


def forecast_candidates(answer: Predictions, places: Places) -> list[Candidate]:
    """Return every prediction that was scored; that somebody waits less than planned is no matter."""
    return [_candidate(answer, one, places) for one in answer.predictions if one.actual.value is not None]


def _candidate(answer: Predictions, one: Predicted, places: Places) -> Candidate:
    effect = _beyond(one)
    is_missed = one.verdict == "below" or (one.verdict == "above" and one.wait_s is None)
    is_large = is_missed and abs(effect.value or 0.0) >= MARGIN and one.actual.of >= FEWEST
    return Candidate(_finding(answer, one, places, effect), "forecasts", p_of_estimate(effect), is_large)


def _beyond(one: Predicted) -> Estimate:
    """Return how far the share lies beyond the nearer end of what was said; 0 where it lies inside."""
    value, low, high = (end or 0.0 for end in (one.actual.value, one.actual.low, one.actual.high))
    said = min(max(value, one.low), one.high)
    return Estimate(value - said, low - said, high - said, one.actual.of, "share")


def _finding(answer: Predictions, one: Predicted, places: Places, effect: Estimate) -> Finding:
    place = one.label
    sense: Sense = "differs" if one.kind == "branch" else sense_of(effect.value or 0.0)
    return Finding(
        key=_key(one, places, sense),
        kind="forecast",
        sense=sense,
        map=places.key,
        place=place,
        sentence=_sentence(one, places, effect),
        journeys=one.journeys,
        of=sum(period.journeys for period in answer.periods if period.is_complete),
        effect=effect,
        effect_of=keep("beyond what the plan said"),
        grade="descriptive",
        evidence=(Evidence("predictions", _evidence(one), {"map": places.key}),),
        contrary=(_contrary(one),),
        mind=mind_of(effect),
        behind=behind("predictions", write_mark(one, answer.periods)).fields | {"map": places.key},
        channels=places.channels(place),
        rank=Rank(
            a_month=float(one.actual.of),
            effect=nearest(effect),
            certainty=0.5,
            value=_value(one),
            novelty=1.0,
        ),
    )


def _key(one: Predicted, places: Places, sense: Sense) -> str:
    """Return the name of the matter: all waits of a map are one, and so are the branches of a choice."""
    if one.kind == "branch":
        return key_of("forecast", places.name, "branch", *one.branch[1:])
    return key_of("forecast", places.name, "goal" if one.kind == "reached" else "wait", sense)


def _value(one: Predicted) -> float:
    if one.kind == "branch":
        return BRANCH_VALUE
    return GOAL_VALUE if one.kind == "reached" else WAIT_VALUE


def _sentence(one: Predicted, places: Places, effect: Estimate) -> str:
    more = (effect.value or 0.0) > 0
    actual = format_estimate(one.actual.value or 0.0, one.actual.low, one.actual.high, "share")
    said = keep("{estimate} instead of {all}", estimate=actual, all=_said(one))
    if one.kind == "reached":
        if more:
            return keep("More reach the goal of {name} than planned: {said}", name=places.name, said=said)
        return keep("Fewer reach the goal of {name} than planned: {said}", name=places.name, said=said)
    if one.kind == "branch":
        if more:
            return keep("More take {place} than planned: {said}", place=one.label, said=said)
        return keep("Fewer take {place} than planned: {said}", place=one.label, said=said)
    within = format_duration(one.wait_s or 0.0)
    words = (
        keep("The wait for {place} is shorter than planned: within {time}, {said}")
        if more
        else keep("The wait for {place} is longer than planned: within {time}, {said}")
    )
    return words.format(place=one.label, time=within, said=said)


def _said(one: Predicted) -> str:
    if one.said is not None:
        return format_share(one.said)
    return format_interval(one.low, one.high, "share").strip("[]")


def _evidence(one: Predicted) -> str:
    inside = one.planning.said.inside
    counted = keep("{count} of {all}", count=format_count(one.actual.count), all=format_count(one.actual.of))
    told = keep("{counted}; assumed on the evidence: {evidence}", counted=counted, evidence=one.evidence)
    if not inside.of:
        return told
    return keep(
        "{said}; inside what was said in {n} of {all} periods", said=told, n=inside.count, all=inside.of
    )


def _contrary(one: Predicted) -> str:
    if one.kind == "branch":
        return keep("Another branch than planned is a preference; it says nothing of how it ends.")
    inside = one.planning.said.inside
    if inside.count:
        return keep("In {count} of {all} periods it was as planned.", count=inside.count, all=inside.of)
    return keep("The plan may have been wrong, and what was walked as good as it can be.")
