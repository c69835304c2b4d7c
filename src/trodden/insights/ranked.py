"""What people did instead of the design, most frequent first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict

from trodden.analyses.verdicts.chart import effect_on
from trodden.charts.sentences import SENTENCES
from trodden.insights.judged import by_way, is_chosen, tone_of_verdict, way_of
from trodden.insights.spine import behind_judged, behind_route, key_of, tone_of
from trodden.methods.stats.rates import wilson
from trodden.model.words import phrase, tr

if TYPE_CHECKING:
    from trodden.analyses.verdicts.answer import JudgedRoute, Verdicts
    from trodden.analyses.walked.answer import Compared, Walked, WalkedRoute
    from trodden.charts import Link, Tone
    from trodden.model.question import Rate

GROUPS: Final = {
    phrase("skipped"): ("missing",),
    phrase("repeated"): ("repeated",),
    phrase("out of turn"): ("out of order", "wrong branch"),
    phrase("extra"): ("ad hoc",),
    phrase("went wrong"): ("failing", "forced switch"),
    phrase("waited"): ("paused",),
    phrase("left"): ("departed",),
}
"""What the list can be narrowed to, in plain words."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One way that differs from the design: what people did, where, how many, and how it was judged.

    ``at``: the step, by id, or the touchpoint it is about; ``what``: how that is called. ``judged``: the
    verdict on it, where there is one; ``compared``: else the plain comparison at the fork.
    """

    key: str
    kind: str
    at: str
    what: str
    group: str
    sentence: str
    place: str
    journeys: Rate
    compared: Compared | None
    judged: JudgedRoute | None
    tone: Tone
    link: Link
    examples: tuple[str, ...]

    @property
    def costs_s(self) -> float:
        """Return the time it adds over all journeys, by what is typical: what to be rid of it is worth."""
        return self._longer_s() * self.journeys.count if self.tone == "worse" else 0.0

    def _longer_s(self) -> float:
        if self.judged is None:
            return (self.compared.time.value if self.compared else None) or 0.0
        time = effect_on(self.judged, "time")
        return (time.having.value or 0.0) - (time.others.value or 0.0) if time else 0.0

    @property
    def is_desire_path(self) -> bool:
        """Say whether people found a better way here: something they did themselves, judged to be better."""
        return self.judged is not None and self.judged.verdict == "a better way" and is_chosen(self.judged)

    @property
    def is_redesign(self) -> bool:
        """Say whether the map can be redesigned to it: a step left out, and more needs met for it.

        Where time alone decides, all compared have reached the goal, and nothing was shown about those who
        have not.
        """
        return self.is_desire_path and self.kind == "missing" and self.is_decided_by("met")

    def is_decided_by(self, outcome: str) -> bool:
        """Say whether its verdict rests on this outcome."""
        return self.judged is not None and self.judged.decided_by == outcome


def ranked(walked: Walked, verdicts: Verdicts | None = None) -> tuple[Ranked, ...]:
    """Return every counted way, most journeys first: judged ones as `verdicts` tells them apart, then routes.

    A judged way holds all routes of `walked` that differ only in where they led on.
    """
    labels = {step.step: step.label for step in walked.steps}
    judged = by_way(verdicts)
    found = [_judged(walked, route, labels) for route in judged.values()]
    found += [_ranked(walked, route, labels) for route in walked.routes if way_of(route) not in judged]
    return tuple(sorted(found, key=lambda way: -way.journeys.count))


def by_cost(ways: tuple[Ranked, ...]) -> tuple[Ranked, ...]:
    """Order ways by the time they add over all journeys, largest first; those that add none stay in order."""
    return tuple(sorted(ways, key=lambda way: -way.costs_s))


def _ranked(walked: Walked, route: WalkedRoute, labels: dict[str, str]) -> Ranked:
    return Ranked(
        **_told(route, labels),
        place=_place(route, labels),
        journeys=wilson(route.journeys, walked.closed),
        compared=route.compared,
        judged=None,
        tone=tone_of(route),
        link=behind_route(walked, route),
        examples=tuple(dict.fromkeys(one.customer for one in route.examples)),
    )


def _judged(walked: Walked, route: JudgedRoute, labels: dict[str, str]) -> Ranked:
    return Ranked(
        **_told(route, labels),
        place=_place(route, labels),
        journeys=wilson(route.journeys, walked.closed),
        compared=None,
        judged=route,
        tone=tone_of_verdict(route.verdict),
        link=behind_judged(walked, route),
        examples=tuple(dict.fromkeys(one.customer for one in route.examples)),
    )


def _told(route: WalkedRoute | JudgedRoute, labels: dict[str, str]) -> _Told:
    what = route.touchpoint if route.kind == "ad hoc" else labels.get(route.step, route.step)
    source = labels.get(route.source, tr("the start"))
    return {
        "key": key_of(route.kind, route.step, route.touchpoint),
        "kind": route.kind,
        "at": route.step or route.touchpoint,
        "what": what,
        "group": group_of(route.kind),
        "sentence": tr(SENTENCES[route.kind], what=what, source=source),
    }


class _Told(TypedDict):
    key: str
    kind: str
    at: str
    what: str
    group: str
    sentence: str


def group_of(kind: str) -> str:
    """Return the plain word a kind is listed under."""
    return next(group for group, kinds in GROUPS.items() if kind in kinds)


def _place(route: WalkedRoute | JudgedRoute, labels: dict[str, str]) -> str:
    """Say where it happened, by the designed steps around it."""
    source = labels.get(route.source, "")
    target = labels.get(route.target, "")
    if route.kind == "departed":
        return ""
    if route.kind in {"failing", "paused", "forced switch"}:
        return tr("after {source}", source=source) if source else ""
    if source and target:
        return (
            tr("between {source} and {target}", source=source, target=target)
            if source != target
            else tr("at {source}", source=source)
        )
    return (
        tr("after {source}", source=source)
        if source
        else tr("before {target}", target=target)
        if target
        else ""
    )
