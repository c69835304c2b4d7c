"""Findings in verdicts: ways off the map that end better or worse for who takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.analyses.verdicts.judging import DECIDING, DISCOVERY_RATE
from trodden.charts.formats import format_count, format_share, format_value
from trodden.insights.findings.candidates import (
    Candidate,
    few_said,
    later_said,
    mind_of,
    nearest,
    often_said,
    sense_of,
)
from trodden.insights.findings.model import Evidence, Finding, Rank, key_of
from trodden.insights.judged import is_chosen, shown_effect
from trodden.model.question import Estimate
from trodden.model.words import keep

if TYPE_CHECKING:
    from trodden.analyses.verdicts.answer import Effect, JudgedRoute, Verdicts
    from trodden.insights.findings.candidates import Places
    from trodden.insights.findings.model import Kind

WHO: Final = {
    "missing": keep("Customers who skip {what}"),
    "repeated": keep("Customers who come to {what} again"),
    "ad hoc": keep("Customers who go by way of {what}"),
    "wrong branch": keep("Customers who take {what} as well as the other way"),
    "out of order": keep("Customers who come to {what} out of turn"),
    "failing": keep("Customers for whom {what} fails"),
    "forced switch": keep("Customers who have to switch channel for {what}"),
    "paused": keep("Customers who wait too long for {what}"),
}
"""Who takes a way; ``what`` is the step or touchpoint it is about."""

GOAL: Final = keep("got what they came for")
MATTERS: Final = {"missing": "skip", "paused": "wait", "failing": "fail", "forced switch": "fail"}
"""What kinds of way are about; all others are about coming to a place otherwise than designed."""

MANY_WITHOUT_LIKES: Final = 0.8
"""Under this share of comparable journeys, the rest is told as what speaks against it."""

GOOD: Final = {"met": 1, "met from the fork": 1, "score": 1, "time": -1, "contacts": -1, "effort": -1}
"""Whether more of an outcome is better for the customer; of a price that is not known."""

OTHERWISE: Final = {
    "met": keep("{n} points more of them got what they came for"),
    "met from the fork": keep("{n} points more of them got what they came for"),
    "time": keep("they got there in {n} of the time"),
    "contacts": keep("they needed {n} contacts less"),
    "effort": keep("they took {n} steps less"),
    "score": keep("they gave {n} more in the survey"),
}
"""An outcome in a customer's favour, and one against; each by its size."""
AGAINST: Final = {
    "met": keep("{n} points fewer of them got what they came for"),
    "met from the fork": keep("{n} points fewer of them got what they came for"),
    "time": keep("they took {n} of the time"),
    "contacts": keep("they needed {n} contacts more"),
    "effort": keep("they took {n} steps more"),
    "score": keep("they gave {n} less in the survey"),
}


TIME_WEIGHT: Final = 0.25
"""Half the time saved, or half of it in vain, weighs as much as 12.5 points of needs."""


def way_candidates(answer: Verdicts, places: Places) -> list[Candidate]:
    """Return every judged way that was compared; those judged better or worse are large enough to tell."""
    return [_candidate(answer, route, places) for route in answer.routes if route.effects]


def _candidate(answer: Verdicts, route: JudgedRoute, places: Places) -> Candidate:
    deciding = [one for one in route.effects if one.outcome in DECIDING]
    decided = next((one for one in deciding if one.outcome == route.decided_by), None)
    told = decided or deciding[0]
    return Candidate(
        finding=_finding(answer, route, places, told),
        family="ways",
        p=told.p,
        is_large=route.verdict in {"a better way", "worse"} and not _is_by_definition(route),
        others=tuple(one.p for one in deciding if one is not told),
    )


def _is_by_definition(route: JudgedRoute) -> bool:
    """Say whether a verdict says only what the way is: who waited longer at a step got there later."""
    return route.kind == "paused" and route.decided_by == "time"


def _finding(answer: Verdicts, route: JudgedRoute, places: Places, told: Effect) -> Finding:
    place = route.label
    effect = _effect(route, told)
    sense = sense_of(_welfare(told))
    matter = MATTERS.get(route.kind, "way")
    return Finding(
        key=key_of("way", places.name, place, matter, sense),
        kind=_kind(route, sense),
        sense=sense,
        map=places.key,
        place=place,
        sentence=_sentence(route, told),
        journeys=route.journeys,
        of=answer.about.units - answer.about.open,
        effect=effect,
        effect_of=GOAL,
        time=_seconds(route),
        grade="adjusted",
        evidence=(Evidence("verdicts", _evidence(answer, route, places), {"map": places.key}),),
        contrary=_contrary(route, told),
        mind=mind_of(Estimate(None) if told.outcome == "time" else effect),
        behind=_behind(places.key, route),
        channels=places.channels(place),
        rank=Rank(a_month=_touched(route, sense), effect=_least(told), certainty=1.0, value=1.0, novelty=1.0),
    )


def _effect(route: JudgedRoute, told: Effect) -> Estimate:
    """Return the difference in needs met; nothing where time alone was compared."""
    if told.outcome != "time":
        return told.effect
    met = shown_effect(route)
    return Estimate(None) if met is None else met.effect


def _touched(route: JudgedRoute, sense: str) -> float:
    """Return the journeys at stake: a worse way harms those on it, a better one is missed by the others."""
    return float(route.comparable.others if sense == "better" and is_chosen(route) else route.journeys)


def _kind(route: JudgedRoute, sense: str) -> Kind:
    if route.kind == "paused":
        return "wait"
    return "better way" if sense == "better" else "worse way"


def _welfare(effect: Effect) -> float:
    """Return how much better off who took the way is by an outcome: more than 0 is better."""
    none = 1.0 if effect.effect.unit == "ratio" else 0.0
    return GOOD.get(effect.outcome, 0) * ((effect.effect.value or none) - none)


def _sentence(route: JudgedRoute, told: Effect) -> str:
    who = WHO[route.kind].format(what=route.label)
    if told.outcome != "time":
        return keep("{who} get what they came for {often_said}", who=who, often_said=often_said(told.effect))
    seconds = _seconds(route)
    return (
        keep("{who} get there {later_said}", who=who, later_said=later_said(seconds))
        if seconds
        else keep("{who} get there at another pace", who=who)
    )


def _seconds(route: JudgedRoute) -> Estimate | None:
    """Return how much longer a journey takes, where that is clear: the ratio of times on the others' time."""
    time = next((one for one in route.effects if one.outcome == "time"), None)
    if time is None or time.adjusted_p > DISCOVERY_RATE or time.others.value is None:
        return None
    ratio, others = time.effect, time.others.value
    ends = [None if end is None else (end - 1) * others for end in (ratio.value, ratio.low, ratio.high)]
    return Estimate(ends[0], ends[1], ends[2], ratio.n, "s")


def _least(told: Effect) -> float:
    """Return the effect at the cautious end; of a ratio of times the part of time it adds or saves."""
    if told.outcome != "time":
        return nearest(told.effect)
    low, high = told.effect.low or 1.0, told.effect.high or 1.0
    ratio = 1.0 + nearest(Estimate(told.effect.value, low - 1, high - 1)) if low > 1 else min(high, 1.0)
    return TIME_WEIGHT * (1 - min(ratio, 1 / ratio))


def _evidence(answer: Verdicts, route: JudgedRoute, places: Places) -> str:
    side = route.comparable
    where = keep("after {place}", place=places.label(route.source)) if route.source else keep("at the start")
    met = next((one for one in route.effects if one.outcome in {"met", "met from the fork"}), None)
    rates = ""
    if met is not None and met.having.value is not None and met.others.value is not None:
        rates = keep(
            "{share} against {share2}; ",
            share=format_share(met.having.value),
            share2=format_share(met.others.value),
        )
    return keep(
        "{where}, {rates}{having} journeys beside {others} others alike in {matched_on}",
        where=where,
        rates=rates,
        having=format_count(side.having),
        others=format_count(side.others),
        matched_on=", ".join(answer.matched_on),
    )


def _contrary(route: JudgedRoute, told: Effect) -> tuple[str, ...]:
    """Say what speaks against it: clear outcomes the other way, poor overlap, few, what is not recorded."""
    side = route.comparable
    against = [
        one
        for one in route.effects
        if one is not told and _is_telling(route, one) and _welfare(one) * _welfare(told) < 0
    ]
    clear = [
        keep("But {outcome}.", outcome=_outcome(one)) for one in against if one.adjusted_p <= DISCOVERY_RATE
    ]
    unclear = [
        keep("Unclear, but leaning the other way: {outcome}.", outcome=_outcome(one))
        for one in against
        if one.adjusted_p > DISCOVERY_RATE
    ]
    rest = keep("Both sides may differ in what is not recorded: it is not an experiment.")
    few = few_said((told.having.n, told.others.n))
    return (*clear, *_poor_overlap(side.share), *few, *unclear[:1], rest)


def _is_telling(route: JudgedRoute, one: Effect) -> bool:
    """Say whether an outcome is for or against customers; who skips a step takes one less by definition."""
    return one.outcome in GOOD and not (one.outcome == "effort" and route.kind == "missing")


def _poor_overlap(alike: float | None) -> tuple[str, ...]:
    if alike is None or alike >= MANY_WITHOUT_LIKES:
        return ()
    return (
        keep(
            "Only {share} of them have others like them; nothing is said of the rest.",
            share=format_share(alike),
        ),
    )


def _outcome(one: Effect) -> str:
    words = OTHERWISE if _welfare(one) > 0 else AGAINST
    value = one.effect.value or 0.0
    if one.effect.unit == "ratio":
        size = format_share(value)
    elif one.effect.unit == "share":
        size = format_value(abs(value), "points")
    else:
        size = f"{abs(value):.2g}"
    return words[one.outcome].format(n=size)


def _behind(map_key: str, route: JudgedRoute) -> dict[str, str]:
    ends = {"before": route.target} if route.target else {}
    return {
        "map": map_key,
        "state": "closed",
        "deviation": route.kind,
        "at": route.step or route.touchpoint,
        "after": route.source or "START",
        **ends,
    }
