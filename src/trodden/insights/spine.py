"""The designed route as a straight spine, and what was walked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from trodden.charts import Link, Overlay, PauseMark, Route, SpineMove, SpineStep
from trodden.charts.formats import format_count
from trodden.insights.judged import by_way, tone_of_verdict, way_of
from trodden.methods.journeys.flow import parts_of
from trodden.model.journey_map import Choice, Optional, Parallel, StepRef
from trodden.model.words import phrase, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trodden.analyses.pauses.answer import PauseLimit, PausePlace, Pauses
    from trodden.analyses.verdicts.answer import JudgedRoute, Verdicts
    from trodden.analyses.walked.answer import Walked, WalkedRoute
    from trodden.charts import Tone
    from trodden.insights.judged import Way
    from trodden.methods.journeys.flow import Flow
    from trodden.model.journey_map import FlowItem, JourneyMap

VERBS: Final = {
    "missing": phrase("{n} skip {what}"),
    "departed": phrase("{n} leave"),
    "repeated": phrase("{n} {what} again"),
    "ad hoc": phrase("{n} by way of {what}"),
    "wrong branch": phrase("{n} also {what}"),
    "out of order": phrase("{n} {what} out of turn"),
    "failing": phrase("{n} fail"),
    "forced switch": phrase("{n} had to switch"),
    "paused": phrase("{n} wait too long"),
}
"""What people did, in plain words, by kind of deviation."""

BAD_ENDS: Final = frozenset({"departed"})
"""Kinds that are an end by themselves: the customer did not get what they came for."""

Shape = Literal["above", "below", "exit"]

PAUSES_DRAWN: Final = 4


def tone_of(route: WalkedRoute, judged: JudgedRoute | None = None) -> Tone:
    """Return how a deviation ended for customers: better or worse than for others, or by itself.

    Who leaves did not get what they came for; all else is judged by comparison, never by being different: by
    the verdict where there is one, else by the plain comparison at the fork.
    """
    if route.kind in BAD_ENDS:
        return "worse"
    found = judged or route.compared
    return tone_of_verdict(found.verdict) if found else "plain"


def key_of(kind: str, step: str, touchpoint: str) -> str:
    """Return the name under which a picture and a list speak of the same deviation.

    It is about the designed step where there is one, else about the touchpoint.
    """
    return f"{kind}:{step or touchpoint}"


def overlay_of(
    walked: Walked,
    journey_map: JourneyMap,
    title: str,
    pauses: Pauses | None = None,
    detail: int = 80,
    verdicts: Verdicts | None = None,
) -> Overlay:
    """Lay what was walked over the designed route.

    Each step has a column of its own, in document order. The first branch of a choice or of a parallel runs
    along the spine, the others and optional parts below it. Deviations are drawn from the most frequent on
    until ``detail`` per cent of all that were counted are drawn; ``hidden`` counts the routes left out.
    Colours follow ``verdicts`` where those judge a way.
    """
    lanes = lanes_of(journey_map.flow)
    shown, hidden = within_detail(walked.routes, detail)
    columns = {step.step: i for i, step in enumerate(walked.steps)}
    draw = _Drawn(walked, columns, by_way(verdicts))
    return Overlay(
        title=title,
        unit=tr("journeys"),
        n=walked.closed,
        as_of=walked.about.as_of,
        definition="walked",
        notes=walked.about.notes,
        time_zone=walked.about.time_zone,
        steps=tuple(_step(walked, i, lanes) for i in range(len(walked.steps))),
        moves=tuple(_designed_moves(walked)),
        routes=tuple(route for one in shown if (route := draw.route(one))),
        pauses=tuple(_pauses(pauses, walked)) if pauses else (),
        hidden=hidden + walked.hidden,
    )


def lanes_of(flow: Flow, base: int = 0) -> dict[str, int]:
    """Return the lane of every step: 0 on the spine, branches below one another."""
    lanes: dict[str, int] = {}
    for item in flow:
        lanes.update(_item_lanes(item, base))
    return lanes


def _item_lanes(item: FlowItem, base: int) -> dict[str, int]:
    if isinstance(item, StepRef):
        return {item.id: base}
    if isinstance(item, Optional):
        return lanes_of(item.flow, base + 1)
    lanes: dict[str, int] = {}
    lane = base
    for part in parts_of(item):
        found = lanes_of(part, lane)
        lanes.update(found)
        if isinstance(item, Choice | Parallel):
            lane = max(found.values(), default=lane) + 1
    return lanes


def within_detail(routes: tuple[WalkedRoute, ...], detail: int) -> tuple[list[WalkedRoute], int]:
    """Return the most frequent routes that make up ``detail`` per cent of all, and how many are left.

    Pauses are drawn as hourglasses, not as routes, and are not counted here.
    """
    drawable = [route for route in routes if route.kind != "paused"]
    whole = sum(route.journeys for route in drawable)
    shown: list[WalkedRoute] = []
    covered = 0
    for route in drawable:
        if covered * 100 >= whole * detail:
            break
        shown.append(route)
        covered += route.journeys
    return shown, len(drawable) - len(shown)


def _step(walked: Walked, column: int, lanes: Mapping[str, int]) -> SpineStep:
    step = walked.steps[column]
    return SpineStep(
        id=step.step,
        label=step.label,
        stage=step.stage,
        count=step.journeys.count,
        column=column,
        lane=lanes.get(step.step, 0),
        share=step.journeys.value,
        link=_behind(walked, {"step": step.step}),
    )


def _behind(walked: Walked, fields: dict[str, str]) -> Link:
    """Return the way to the closed journeys a number of the walked map counts."""
    return Link("customers", {"map": walked.map, "state": "closed", **fields})


def behind_route(walked: Walked, one: WalkedRoute) -> Link:
    """Return the way to the journeys on a route: exactly as many as it counts."""
    return _behind(walked, {**_deviated(one), "before": one.target or "END"})


def behind_judged(walked: Walked, one: JudgedRoute) -> Link:
    """Return the way to the journeys on a judged way, wherever it led but where that tells it apart."""
    return _behind(walked, {**_deviated(one), **({"before": one.target} if one.target else {})})


def _deviated(one: WalkedRoute | JudgedRoute) -> dict[str, str]:
    return {"deviation": one.kind, "at": one.step or one.touchpoint, "after": one.source or "START"}


def _designed_moves(walked: Walked) -> list[SpineMove]:
    return [
        SpineMove(
            source=move.source,
            target=move.target,
            count=move.journeys,
            link=_behind(walked, {"step": move.source or "START", "then": move.target or "END"}),
        )
        for move in walked.moves
        if move.is_designed
    ]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Draws routes: skips above, ways back and repeats below, ends down."""

    walked: Walked
    columns: Mapping[str, int]
    judged: Mapping[Way, JudgedRoute]

    def route(self, one: WalkedRoute) -> Route | None:
        """Return a route as drawn, or None where it lies nowhere on the spine."""
        ends = self._ends(one)
        if ends is None:
            return None
        source, target, shape = ends
        return Route(
            source=source,
            target=target,
            kind=one.kind,
            count=one.journeys,
            label=said(one, self._label),
            shape=shape,
            tone=tone_of(one, self.judged.get(way_of(one))),
            key=key_of(one.kind, one.step, one.touchpoint),
            link=behind_route(self.walked, one),
        )

    def _ends(self, one: WalkedRoute) -> tuple[str, str, Shape] | None:
        if one.kind == "departed":
            return (one.source, "", "exit") if one.source else None
        if one.kind == "missing":
            return one.source, one.target, "above"
        if one.kind in {"failing", "forced switch"}:
            return one.step, one.step, "below"
        if one.kind == "ad hoc":
            return _bump(one)
        return self._return(one)

    def _return(self, one: WalkedRoute) -> tuple[str, str, Shape] | None:
        """Return the way from the step before to the step it is about: back, to itself, or ahead."""
        if not one.source or one.step not in self.columns:
            return None
        ahead = self.columns[one.step] > self.columns[one.source]
        return one.source, one.step, "above" if ahead else "below"

    def _label(self, step: str) -> str:
        return self.walked.steps[self.columns[step]].label if step in self.columns else step


def _bump(one: WalkedRoute) -> tuple[str, str, Shape] | None:
    """Return the way by a touchpoint off the map: from the step before to the one after."""
    if not one.source:
        return None
    return one.source, one.target or one.source, "above"


def said(one: WalkedRoute, label: Callable[[str], str]) -> str:
    """Put a route into a few plain words."""
    what = one.touchpoint if one.kind == "ad hoc" else label(one.step)
    return tr(VERBS[one.kind], n=format_count(one.journeys), what=what)


def _pauses(pauses: Pauses, walked: Walked) -> list[PauseMark]:
    """Mark the moves on which most time was lost; one for each place, on the way most paused on."""
    steps = {step.step for step in walked.steps}
    marks = [_pause(walked, place, steps) for place in pauses.places if place.on_map and place.paused.count]
    return [mark for mark in marks if mark][:PAUSES_DRAWN]


def _pause(walked: Walked, place: PausePlace, steps: set[str]) -> PauseMark | None:
    ways = [limit for limit in place.limits if limit.to_kind == "step" and limit.to in steps and limit.paused]
    if not ways or place.median.value is None:
        return None
    way = max(ways, key=lambda one: one.units)
    return PauseMark(
        source=place.place,
        target=way.to,
        count=way.units,
        median_s=place.median.value,
        limit_s=way.limit_s,
        tone=tone_of_pause(place),
        key=f"pause:{place.place}",
        link=behind_pause(walked.map, place, way),
    )


def behind_pause(map_key: str, place: PausePlace, way: PauseLimit) -> Link:
    """Return the way to the units that paused on this way, open ones included.

    A step and a touchpoint may have the same name, so each is named with its kind; the limit is told to the
    microsecond, as gaps are measured.
    """
    fields = {
        "gap_after": place.place,
        "gap_after_kind": "step" if place.on_map else "touchpoint",
        "gap_to": way.to,
        "gap_to_kind": way.to_kind,
        "gap_over": f"{way.limit_s:.6f}".rstrip("0").rstrip(".") + "s",
    }
    return Link("customers", {"map": map_key, **fields})


def tone_of_pause(place: PausePlace) -> Tone:
    """Colour a pause by how it ended: whether the goal was clearly reached less often, or more."""
    if place.reached is None:
        return "plain"
    low, high = place.reached.difference.low, place.reached.difference.high
    if high is not None and high < 0:
        return "worse"
    return "better" if low is not None and low > 0 else "plain"
