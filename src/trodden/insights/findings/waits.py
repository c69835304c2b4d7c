"""Findings in pauses: waits after which fewer, or more, reach their goal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.charts.formats import format_count, format_share
from trodden.insights.findings.candidates import (
    FEWEST,
    MARGIN,
    Candidate,
    few_said,
    mind_of,
    nearest,
    often_said,
    sense_of,
)
from trodden.insights.findings.model import Evidence, Finding, Rank, key_of
from trodden.insights.findings.ways import GOAL
from trodden.insights.spine import behind_pause
from trodden.methods.stats.differences import p_of_rates
from trodden.model.durations import format_duration
from trodden.model.words import keep

if TYPE_CHECKING:
    from trodden.analyses.pauses.answer import PauseLimit, PausePlace, Pauses, Reached
    from trodden.insights.findings.candidates import Places


def wait_candidates(answer: Pauses, places: Places) -> list[Candidate]:
    """Return every place of the map where both some who paused and some who did not have ended."""
    return [
        _candidate(answer, place, way, place.reached, places)
        for place in answer.places
        if place.on_map and place.reached is not None and _is_known(place.reached)
        if (way := _way(place)) is not None
    ]


def _is_known(reached: Reached) -> bool:
    return bool(reached.after_pause.of and reached.without.of)


def _way(place: PausePlace) -> PauseLimit | None:
    """Return the way on which most paused; None where nobody did."""
    ways = [way for way in place.limits if way.paused and way.to]
    return max(ways, key=lambda way: way.units, default=None)


def _candidate(
    answer: Pauses, place: PausePlace, way: PauseLimit, reached: Reached, places: Places
) -> Candidate:
    effect = reached.difference
    fewest = min(reached.after_pause.of, reached.without.of)
    return Candidate(
        finding=_finding(answer, place, way, reached, places),
        family="waits",
        p=p_of_rates(reached.after_pause, reached.without),
        is_large=abs(effect.value or 0.0) >= MARGIN and fewest >= FEWEST,
    )


def _finding(answer: Pauses, place: PausePlace, way: PauseLimit, reached: Reached, places: Places) -> Finding:
    effect = reached.difference
    sense = sense_of(effect.value or 0.0)
    target = places.label(way.to) if way.to_kind == "step" else places.of_touchpoint(way.to)
    return Finding(
        key=key_of("way", places.name, target, "wait", sense),
        kind="wait",
        sense=sense,
        map=places.key,
        place=target,
        sentence=keep(
            "Customers who pause after {place} get what they came for {often_said}",
            place=place.label,
            often_said=often_said(effect),
        ),
        journeys=place.units,
        of=answer.about.units,
        effect=effect,
        effect_of=GOAL,
        grade="descriptive",
        evidence=(Evidence("pauses", _evidence(place, way, reached), {"map": places.key}),),
        contrary=(
            *few_said((reached.after_pause.of, reached.without.of)),
            keep("Who pauses may have been in doubt before: nothing was adjusted for."),
        ),
        mind=mind_of(effect),
        behind=behind_pause(places.key, place, way).fields,
        channels=places.channels(target),
        rank=Rank(a_month=float(place.units), effect=nearest(effect), certainty=0.5, value=1.0, novelty=1.0),
    )


def _evidence(place: PausePlace, way: PauseLimit, reached: Reached) -> str:
    after, without = (
        keep("{share} of {all}", share=format_share(side.value or 0.0), all=format_count(side.of))
        for side in (reached.after_pause, reached.without)
    )
    half = (
        keep("; half take over {time}", time=format_duration(place.median.value))
        if place.median.value
        else ""
    )
    return keep(
        "{after_pause} reach the goal after a pause, {without} without one; a pause is over {time}{half}",
        after_pause=after,
        without=without,
        time=format_duration(way.limit_s),
        half=half,
    )
