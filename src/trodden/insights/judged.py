"""Verdicts laid beside the ways of a map: which one judges which way, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from trodden.analyses.verdicts.chart import effect_on
from trodden.analyses.verdicts.judging import DISCOVERY_RATE
from trodden.methods.journeys.deviations import FLAGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.analyses.verdicts.answer import Effect, JudgedRoute, Verdicts
    from trodden.charts import Tone

Way = tuple[str, str, str, str, str]
"""Kind, step, touchpoint where there is no step, the step before; for a skipped step the one after it."""

ByWay = dict[Way, "JudgedRoute"]


class Found(Protocol):
    """A deviation at one place, as `walked` and `verdicts` tell it."""

    @property
    def kind(self) -> str:
        """Return its kind."""
        ...

    @property
    def step(self) -> str:
        """Return the designed step it is about."""
        ...

    @property
    def touchpoint(self) -> str:
        """Return the touchpoint where the event was."""
        ...

    @property
    def source(self) -> str:
        """Return the step before."""
        ...

    @property
    def target(self) -> str:
        """Return the step after."""
        ...


def way_of(found: Found) -> Way:
    """Return the way a deviation goes, as verdicts tell ways apart: skips by the step they lead to, too."""
    touchpoint = "" if found.step else found.touchpoint
    target = found.target if found.kind == "missing" else ""
    return found.kind, found.step, touchpoint, found.source, target


def by_way(verdicts: Verdicts | None) -> ByWay:
    """Return the judged routes by the way they go; none where nothing was judged."""
    return {way_of(route): route for route in verdicts.routes} if verdicts else {}


def tone_of_verdict(verdict: str) -> Tone:
    """Return the colour of any verdict: blue better, orange worse, grey equal or too few to say."""
    tones: Mapping[str, Tone] = {"a better way": "better", "better": "better", "worse": "worse"}
    return tones.get(verdict, "plain")


def is_chosen(route: JudgedRoute) -> bool:
    """Say whether a way is something people did, not something that happened to them."""
    return route.kind not in FLAGS


def shown_effect(route: JudgedRoute) -> Effect | None:
    """Return the effect on needs met that is drawn: the deciding one where it is one of these two."""
    wanted = "met from the fork" if route.decided_by == "met from the fork" else "met"
    return effect_on(route, wanted)


def told_effects(route: JudgedRoute) -> list[Effect]:
    """Return the effects worth a sentence: the deciding one first, then time and contacts where clear."""
    rest = [
        effect
        for name in ("time", "contacts")
        if name != route.decided_by
        and (effect := effect_on(route, name)) is not None
        and effect.adjusted_p <= DISCOVERY_RATE
    ]
    deciding = effect_on(route, route.decided_by)
    return [*([deciding] if deciding and route.decided_by else []), *rest]
