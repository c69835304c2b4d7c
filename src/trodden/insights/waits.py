"""Where people wait longer than they should, and what they do then: one row for each place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.charts import Part, Stack, Stacks
from trodden.charts.formats import format_count, format_interval, format_share
from trodden.insights.spine import behind_pause, tone_of_pause
from trodden.model.durations import format_duration
from trodden.model.words import ntr, phrase, say, tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.analyses.pauses.answer import NextShare, PauseLimit, PausePlace, Pauses
    from trodden.analyses.walked.answer import Walked
    from trodden.charts import Link, Tone
    from trodden.model.question import Rate

SHOWN: Final = 4
AS_DESIGNED: Final = "designed next step"
SOURCES: Final = {
    "map": phrase("the longest wait of the map"),
    "move": phrase("the longest tenth of this way, in all data"),
    "step": phrase("the longest tenth of all ways on from here, in all data"),
    "all": phrase("the longest tenth of all, in all data"),
    "floor": phrase("the shortest a pause can be"),
}


@dataclass(frozen=True, slots=True)
class WaitPlace:
    """A place where people pause: how many, for how long, beyond what, what came next, how it ended."""

    key: str
    label: str
    limits: tuple[str, ...]
    paused: Rate
    not_yet: int
    median_s: float | None
    p90_s: float | None
    beyond_s: float
    next: Stacks
    ended: str
    tone: Tone
    links: tuple[tuple[str, Link], ...]


def wait_places(pauses: Pauses, walked: Walked) -> tuple[WaitPlace, ...]:
    """Return the places where most time was lost, in that order, those where nobody paused left out."""
    labels = {step.step: step.label for step in walked.steps}
    return tuple(_place(place, walked.map, labels) for place in pauses.places if place.paused.count)[:SHOWN]


def _place(place: PausePlace, map_key: str, labels: Mapping[str, str]) -> WaitPlace:
    ways = sorted((way for way in place.limits if way.paused and way.to), key=lambda way: -way.units)
    return WaitPlace(
        key=f"pause:{place.place}",
        label=say(place.label),
        limits=tuple(_limit(way, labels) for way in ways[:2]),
        paused=place.paused,
        not_yet=place.not_yet,
        median_s=place.median.value,
        p90_s=place.p90_s,
        beyond_s=place.beyond_s,
        next=_next(place),
        ended=_ended(place),
        tone=tone_of_pause(place),
        links=tuple((_way(way, labels), behind_pause(map_key, place, way)) for way in ways[:2]),
    )


def _limit(way: PauseLimit, labels: Mapping[str, str]) -> str:
    longest = f"{format_duration(way.limit_s)}, {tr(SOURCES[way.source])}"
    return tr("To {to}: a pause is over {longest}.", to=_to(way, labels), longest=longest)


def _way(way: PauseLimit, labels: Mapping[str, str]) -> str:
    return ntr(
        "{n} journey before {to}",
        "{n} journeys before {to}",
        way.units,
        n=format_count(way.units),
        to=_to(way, labels),
    )


def _to(way: PauseLimit, labels: Mapping[str, str]) -> str:
    """Return what to call the place a gap led to; a touchpoint may have the name of a step."""
    return labels.get(way.to, way.to) if way.to_kind == "step" else tr("{to} (not as designed)", to=way.to)


def _next(place: PausePlace) -> Stacks:
    """Return what came next after a pause, and without one, as parts of a whole."""
    after = Stack(
        label=tr("after a pause"), parts=tuple(_parts(place, paused=True)), n=_of(place, paused=True)
    )
    others = tuple(_parts(place, paused=False))
    without = Stack(label=tr("without one"), parts=others, n=_of(place, paused=False))
    title = tr("What came next after {place}", place=say(place.label))
    return Stacks(
        title=title, unit=tr("gaps"), n=after.n + without.n, axis=tr("gap"), stacks=(after, without)
    )


def _parts(place: PausePlace, *, paused: bool) -> list[Part]:
    return [
        Part(
            label=tr(one.next),
            value=_rate(one, paused=paused).value or 0.0,
            tone="muted" if one.next == AS_DESIGNED else "plain",
        )
        for one in place.next
    ]


def _rate(one: NextShare, *, paused: bool) -> Rate:
    return one.after_pause if paused else one.without


def _of(place: PausePlace, *, paused: bool) -> int:
    return _rate(place.next[0], paused=paused).of if place.next else 0


def _ended(place: PausePlace) -> str:
    """Say how it ended for those who paused and for the others, with the interval of the difference."""
    reached = place.reached
    if reached is None or reached.after_pause.value is None or reached.without.value is None:
        return ""
    points = format_interval(reached.difference.low, reached.difference.high, "share")
    return tr(
        "Of those who went on, {share} reached the goal after a pause, {share2} "
        "without one; difference {points}",
        share=format_share(reached.after_pause.value),
        share2=format_share(reached.without.value),
        points=points,
    )
