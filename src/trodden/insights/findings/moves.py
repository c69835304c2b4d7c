"""Findings in comparisons: what moved since the period before, and who fares otherwise than all others.

Both lay one question beside itself: of the journeys of a map that are decided, how many departed without
their goal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from trodden.charts.formats import format_count, format_share
from trodden.insights.findings.candidates import (
    MARGIN,
    Candidate,
    few_said,
    mind_of,
    nearest,
    often_said,
    sense_of,
)
from trodden.insights.findings.model import Evidence, Finding, Rank, key_of
from trodden.methods.stats.differences import p_of_rates
from trodden.methods.stats.rates import newcombe, wilson
from trodden.model.question import FEWEST_CUSTOMERS, Estimate, Rate
from trodden.model.words import keep
from trodden.questions import write_question

if TYPE_CHECKING:
    from trodden.analyses.compare.answer import Compared, Difference
    from trodden.analyses.compare.answer import CompareQuestion as Asked
    from trodden.insights.findings.candidates import Family, Places
    from trodden.insights.findings.model import Kind
    from trodden.insights.findings.periods import Periods

FEWEST_DECIDED: Final = 50
"""Decided journeys on a side under which nothing is compared."""

DEPARTED: Final = "departed"
LEFT: Final = ", left"
GROUP_VALUE: Final = 0.5
"""That a group differs is where to look; it is not yet something that goes wrong."""

ASKED: Final[dict[str, Any]] = {"analysis": "departures", "fields": {"top": 10_000}}
"""What both sides are asked: everywhere they departed."""


@dataclass(frozen=True, slots=True)
class Group:
    """Customers with one value of a property."""

    name: str
    value: str

    @property
    def segment(self) -> str:
        """Return the expression that holds for them."""
        written = (text.replace('"', '""') for text in (self.name, self.value))
        return " = ".join(f'"{text}"' for text in written)

    @property
    def label(self) -> str:
        """Return what to call them."""
        return f"{self.name} {self.value}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two shares of decided journeys that ended with their goal: this side and the other."""

    first: Rate
    second: Rate

    @property
    def effect(self) -> Estimate:
        """Return the difference."""
        return newcombe(self.first, self.second)

    @property
    def p(self) -> float:
        """Return how likely it is where there is none."""
        return p_of_rates(self.first, self.second)

    @property
    def is_told(self) -> bool:
        """Say whether both sides are enough."""
        return min(self.first.of, self.second.of) >= FEWEST_DECIDED


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of a pair, and where."""

    key: str
    kind: Kind
    place: str
    sentence: str
    value: float = 1.0
    channels: tuple[str, ...] = ()


def move_candidates(
    answer: Compared, asked: Asked, places: Places, periods: Periods, group: Group | None
) -> list[Candidate]:
    """Return what moved over the whole journey and, where everybody is asked about, at each place."""
    if _is_of_few(answer):
        return []
    asked_of = [one for one in answer.differences if _is_asked(one, group)]
    found = [_moved(one, asked, places, periods, group) for one in asked_of]
    return [one for one in found if one is not None]


def _is_of_few(answer: Compared) -> bool:
    """Say whether a side is of so few customers that who they are could be told from what is said of it."""
    return min(answer.first.customers, answer.second.customers) < FEWEST_CUSTOMERS


def _is_asked(one: Difference, group: Group | None) -> bool:
    return one.name == DEPARTED or (group is None and one.name.endswith(LEFT))


def _moved(
    one: Difference, asked: Asked, places: Places, periods: Periods, group: Group | None
) -> Candidate | None:
    pair = pair_of(one)
    if pair is None or not pair.is_told:
        return None
    place = "" if one.name == DEPARTED else places.of_touchpoint(one.name.removesuffix(LEFT))
    sense = sense_of(pair.effect.value or 0.0)
    sentence = _moved_words(place, group).format(
        period=periods.name,
        place=place or (group.label if group else ""),
        often_said=often_said(pair.effect),
        period_before=periods.name_before,
    )
    told = _Told(
        key=key_of("move", places.name, periods.start, sense),
        kind="move",
        place=place or (group.label if group else ""),
        sentence=sentence,
        channels=places.channels(place),
    )
    return _candidate(_finding(pair, asked, places, told), pair, "moves")


def _moved_words(place: str, group: Group | None) -> str:
    """Return what is said of a move: at a place, of a group, or over all."""
    if place:
        return keep(
            "In {period} of those who came by {place} customers got what they came for {often_said} than in"
            " {period_before}"
        )
    if group:
        return keep(
            "In {period}, among {place} customers got what they came for {often_said} than in {period_before}"
        )
    return keep("In {period} customers got what they came for {often_said} than in {period_before}")


def group_candidate(answer: Compared, asked: Asked, places: Places, group: Group) -> Candidate | None:
    """Return how a group fares beside all others; None where there are too few of either."""
    one = next((one for one in answer.differences if one.name == DEPARTED), None)
    pair = pair_of(one) if one else None
    if pair is None or not pair.is_told or _is_of_few(answer):
        return None
    told = _Told(
        key=key_of("group", places.name, group.name),
        kind="group",
        place=group.label,
        sentence=keep(
            "Customers with {place} get what they came for {often_said} than others",
            place=group.label,
            often_said=often_said(pair.effect),
        ),
        value=GROUP_VALUE,
    )
    return _candidate(_finding(pair, asked, places, told), pair, "groups")


def pair_of(one: Difference) -> Pair | None:
    """Return both shares of those who did not depart; None where a side has nobody."""
    first, second = (_kept(side) for side in (one.first, one.second))
    return Pair(first, second) if first and second else None


def _kept(side: Estimate) -> Rate | None:
    if side.value is None or not side.n:
        return None
    return wilson(side.n - round(side.value * side.n), side.n)


def _candidate(finding: Finding, pair: Pair, family: Family) -> Candidate:
    return Candidate(finding, family, pair.p, abs(pair.effect.value or 0.0) >= MARGIN)


def _finding(pair: Pair, asked: Asked, places: Places, told: _Told) -> Finding:
    effect, fields = pair.effect, write_question(asked)
    whose = {name: text for name, text in fields.items() if name in {"map", "period", "segment"}}
    return Finding(
        key=told.key,
        kind=told.kind,
        sense=sense_of(effect.value or 0.0),
        map=places.key,
        place=told.place,
        sentence=told.sentence,
        journeys=pair.first.of,
        of=pair.first.of + pair.second.of,
        effect=effect,
        effect_of=keep("got what they came for"),
        grade="descriptive",
        evidence=(Evidence("compare", _evidence(pair), fields),),
        contrary=(
            *few_said((pair.first.of, pair.second.of)),
            keep("Who came may have changed, and not what they met: nothing was adjusted for."),
        ),
        mind=mind_of(effect),
        behind={**whose, "state": "closed"},
        channels=told.channels,
        rank=Rank(
            a_month=float(pair.first.of),
            effect=nearest(effect),
            certainty=0.5,
            value=told.value,
            novelty=1.0,
        ),
    )


def _evidence(pair: Pair) -> str:
    first, second = (
        keep("{share} of {all}", share=format_share(side.value or 0.0), all=format_count(side.of))
        for side in (pair.first, pair.second)
    )
    return keep(
        "{first} against {second} got what they came for, of journeys that are decided",
        first=first,
        second=second,
    )
