"""What people did instead of the design, most frequent first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.charts.sentences import SENTENCES
from trodden.insights.spine import behind_route, key_of, tone_of
from trodden.methods.stats.rates import wilson

if TYPE_CHECKING:
    from trodden.analyses.walked.answer import Compared, Walked, WalkedRoute
    from trodden.charts import Link, Tone
    from trodden.model.question import Rate

GROUPS: Final = {
    "skipped": ("missing",),
    "repeated": ("repeated",),
    "out of turn": ("out of order", "wrong branch"),
    "extra": ("ad hoc",),
    "went wrong": ("failing", "forced switch"),
    "waited": ("paused",),
    "left": ("departed",),
}
"""What the list can be narrowed to, in plain words."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One way that differs from the design: what people did, where, how many."""

    key: str
    kind: str
    group: str
    sentence: str
    place: str
    journeys: Rate
    compared: Compared | None
    tone: Tone
    link: Link
    examples: tuple[str, ...]

    @property
    def costs_s(self) -> float:
        """Return the time it adds over all journeys, by the medians: what to be rid of it is worth."""
        value = self.compared.time.value if self.compared else None
        return (value or 0.0) * self.journeys.count if self.tone == "worse" else 0.0


def ranked(walked: Walked) -> tuple[Ranked, ...]:
    """Return every counted route, most journeys first."""
    labels = {step.step: step.label for step in walked.steps}
    return tuple(_ranked(walked, route, labels) for route in walked.routes)


def by_cost(ways: tuple[Ranked, ...]) -> tuple[Ranked, ...]:
    """Order ways by the time they add over all journeys, largest first; those that add none stay in order."""
    return tuple(sorted(ways, key=lambda way: -way.costs_s))


def _ranked(walked: Walked, route: WalkedRoute, labels: dict[str, str]) -> Ranked:
    what = route.touchpoint if route.kind == "ad hoc" else labels.get(route.step, route.step)
    source = labels.get(route.source, "the start")
    return Ranked(
        key=key_of(route.kind, route.step, route.touchpoint),
        kind=route.kind,
        group=group_of(route.kind),
        sentence=SENTENCES[route.kind].format(what=what, source=source),
        place=_place(route, labels),
        journeys=wilson(route.journeys, walked.closed),
        compared=route.compared,
        tone=tone_of(route),
        link=behind_route(walked, route),
        examples=tuple(dict.fromkeys(one.customer for one in route.examples)),
    )


def group_of(kind: str) -> str:
    """Return the plain word a kind is listed under."""
    return next(group for group, kinds in GROUPS.items() if kind in kinds)


def _place(route: WalkedRoute, labels: dict[str, str]) -> str:
    """Say where it happened, by the designed steps around it."""
    source = labels.get(route.source, "")
    target = labels.get(route.target, "")
    if route.kind == "departed":
        return ""
    if route.kind in {"failing", "paused", "forced switch"}:
        return f"after {source}" if source else ""
    if source and target:
        return f"between {source} and {target}" if source != target else f"at {source}"
    return f"after {source}" if source else f"before {target}" if target else ""
