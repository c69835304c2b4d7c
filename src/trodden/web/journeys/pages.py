"""The list of journeys and the page of one: designed map, walked flow, what differs, where people wait."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.charts import Effect
from trodden.charts.formats import format_count, format_interval, format_share, format_time
from trodden.insights.ranked import GROUPS
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.stats.compare import is_clear
from trodden.model.durations import format_duration
from trodden.web.addresses import customer_address, with_query
from trodden.web.markup import drawing
from trodden.web.pages import Crumb, Empty, File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

    from trodden.analyses.conformance.answer import Conformance
    from trodden.charts.svg.marks import Address
    from trodden.insights.lanes import Lane
    from trodden.insights.ranked import Ranked
    from trodden.insights.waits import WaitPlace
    from trodden.insights.walked import Span, WalkedMap
    from trodden.model.journey_map import JourneyMap
    from trodden.model.question import Estimate
    from trodden.web.filters import Filters
    from trodden.web.tables import Grid

LISTED: Final = 12
"""Entries of the ranked list shown at first; all of them are one link away."""

EXAMPLES: Final = 2
"""Customers named beside an entry; all of them are one link away."""

DETAILS: Final = (20, 40, 60, 80, 100)
MOST_BESIDE: Final = 7
"""Up to this many steps the list stands beside the picture, from there on below it."""


@dataclass(frozen=True, slots=True)
class JourneyCard:
    """One designed journey in the list."""

    key: str
    name: str
    address: str
    goal: str
    facts: str
    share: str
    interval: str
    reached: str
    counts: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class JourneysPage:
    """Every designed journey."""

    title: str
    cards: tuple[JourneyCard, ...]
    faults: tuple[str, ...] = ()
    shares: tuple[int, ...] = ()
    goals: tuple[str, ...] = ()
    """What a draft can lead to; nothing can be mined where there is none."""
    empty: Empty | None = None


def card_of(journey_map: JourneyMap, found: Conformance | None, problem: str = "") -> JourneyCard:
    """Return the card of a map; ``problem`` says why nothing could be laid over it."""
    rate = found.as_designed if found else None
    share = format_share(rate.value) if rate and rate.value is not None else ""
    return JourneyCard(
        key=journey_map.key,
        name=journey_map.name,
        address=reverse("journey", args=[journey_map.key]),
        goal=journey_map.goal,
        facts=facts_of(journey_map),
        share=share,
        interval=format_interval(rate.low, rate.high, "share") if rate else "",
        reached=format_share(found.reached.value) if found and found.reached.value is not None else "",
        counts=_counts(found) if found else "",
        problem=problem,
    )


def _counts(found: Conformance) -> str:
    return _("{closed} ended, {open} on their way").format(
        closed=format_count(found.reached.of), open=format_count(found.about.open)
    )


def facts_of(journey_map: JourneyMap) -> str:
    """Say which version it is, of whom, since when, in one grey line."""
    parts = [
        _("map version {n}").format(n=journey_map.version),
        _("{n} steps").format(n=len(steps_in_order(journey_map))),
        _("owner {name}").format(name=journey_map.owner) if journey_map.owner else "",
        _("published {day}").format(day=format_time(journey_map.published_at).partition(",")[0])
        if journey_map.published_at
        else _("not published: nothing is locked"),
    ]
    return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class StepHead:
    """The head of a step's column."""

    label: str
    is_moment_of_truth: bool
    begins_stage: bool


@dataclass(frozen=True, slots=True)
class StageHead:
    """The head of a stage, over its steps."""

    label: str
    steps: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One way that differs, in the ranked list."""

    key: str
    sentence: str
    place: str
    count: str
    share: str
    interval: str
    verdict: str
    tone: str
    effect: SafeString | None
    price: str
    examples: tuple[File, ...]
    address: str | None


@dataclass(frozen=True, slots=True)
class Chip:
    """A way to narrow the ranked list."""

    label: str
    count: int
    address: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class WaitRow:
    """A place where people wait, ready to read."""

    key: str
    label: str
    limits: tuple[str, ...]
    paused: str
    interval: str
    not_yet: int
    median_s: float | None
    p90_s: float | None
    next: SafeString | None
    ended: str
    tone: str
    links: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The walked flow and its twin as a table."""

    svg: SafeString
    grid: Grid
    title: str
    n: int
    as_of: str
    hidden: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapPage:
    """One designed journey, as walked."""

    title: str
    crumbs: tuple[Crumb, ...]
    facts: str
    goal: str
    filters: Filters
    lead: tuple[Span, ...] = ()
    picture: Picture | None = None
    stages: tuple[StageHead, ...] = ()
    steps: tuple[StepHead, ...] = ()
    lanes: tuple[Lane, ...] = ()
    is_beside: bool = True
    detail: int = 80
    action: str = ""
    kept: tuple[tuple[str, str], ...] = ()
    chips: tuple[Chip, ...] = ()
    sorts: tuple[Chip, ...] = ()
    entries: tuple[Entry, ...] = ()
    all_entries: File | None = None
    waits: tuple[WaitRow, ...] = ()
    waits_title: str = ""
    definitions: tuple[File, ...] = ()
    empty: Empty | None = None

    @property
    def has_stages(self) -> bool:
        """Say whether any stage has a name."""
        return any(stage.label for stage in self.stages)

    @property
    def has_moments(self) -> bool:
        """Say whether any step is a moment of truth, so that the sign needs explaining."""
        return any(step.is_moment_of_truth for step in self.steps)


def heads_of(journey_map: JourneyMap) -> tuple[tuple[StageHead, ...], tuple[StepHead, ...]]:
    """Return the heads of stages and steps, in document order."""
    steps = steps_in_order(journey_map)
    stages = tuple(
        StageHead(stage, len(list(run))) for stage, run in groupby(steps, key=lambda step: step.stage)
    )
    heads = tuple(
        StepHead(step.label or step.id, step.moment_of_truth, i == 0 or steps[i - 1].stage != step.stage)
        for i, step in enumerate(steps)
    )
    return stages, heads


def chips_of(
    ways: tuple[Ranked, ...], chosen: str, address: str, fields: Mapping[str, str]
) -> tuple[Chip, ...]:
    """Return the groups that occur, with how many ways each has; the first one is all of them."""
    rest = {name: text for name, text in fields.items() if name != "kind"}
    counts = {group: sum(way.group == group for way in ways) for group in GROUPS}
    every = Chip(_("all"), len(ways), with_query(address, rest), not chosen)
    return (
        every,
        *(
            Chip(_(group), count, with_query(address, {**rest, "kind": group}), group == chosen)
            for group, count in counts.items()
            if count
        ),
    )


def sorts_of(address: str, fields: Mapping[str, str], *, is_by_cost: bool) -> tuple[Chip, ...]:
    """Return the two orders of the list."""
    rest = {name: text for name, text in fields.items() if name != "sort"}
    return (
        Chip(_("most frequent"), 0, with_query(address, rest), not is_by_cost),
        Chip(_("most time lost"), 0, with_query(address, {**rest, "sort": "cost"}), is_by_cost),
    )


def entries_of(ways: tuple[Ranked, ...], address: Address, extent: float) -> tuple[Entry, ...]:
    """Return entries of the ranked list; their effects share one axis, to ``extent`` either way."""
    return tuple(_entry(way, address, extent) for way in ways)


WIDEST: Final = 0.35
"""Effects beyond this many points stand at the end of their axis, so that usual ones can be told apart."""


def extent_of(ways: tuple[Ranked, ...]) -> float:
    """Return the largest end of any effect that is judged: what a common axis must hold."""
    ends = [
        abs(end)
        for way in ways
        if way.compared and way.compared.verdict != "too few to say"
        for end in (way.compared.reached.low, way.compared.reached.high)
        if end is not None
    ]
    return min(max(ends, default=0.1), WIDEST)


def _verdict(way: Ranked) -> str:
    if way.compared is None:
        return _("An end without the goal") if way.kind == "departed" else ""
    verdict = way.compared.verdict
    if verdict == "worse":
        return _("Worse")
    if verdict == "better":
        return _("A better way")
    return _("Too few to say") if verdict == "too few to say" else _("Different, ends no differently")


def _effect(way: Ranked, extent: float) -> SafeString | None:
    if way.compared is None or way.compared.verdict == "too few to say":
        return None
    reached = way.compared.reached
    effect = Effect(
        title=_("Reached the goal, against others who came equally far"),
        value=reached.value,
        low=reached.low,
        high=reached.high,
        extent=extent,
        n=reached.n,
        tone=way.tone if is_clear(reached) else "plain",
    )
    return drawing(effect)


def _price(way: Ranked) -> str:
    """Say what it costs: points of reaching the goal and time, each only where it is clear."""
    if way.compared is None or way.compared.verdict == "too few to say":
        return ""
    parts = [_points(way.compared.reached), _time(way.compared.time)]
    return ", ".join(part for part in parts if part)


def _points(reached: Estimate) -> str:
    if not is_clear(reached):
        return ""
    low, high = sorted(abs(end or 0.0) * 100 for end in (reached.low, reached.high))
    fewer = (reached.value or 0.0) < 0
    words = (
        _("{n} points fewer reach the goal [{low} to {high}]")
        if fewer
        else _("{n} points more reach the goal [{low} to {high}]")
    )
    return words.format(n=f"{abs(reached.value or 0.0) * 100:.0f}", low=f"{low:.0f}", high=f"{high:.0f}")


def _time(time: Estimate) -> str:
    if not is_clear(time):
        return ""
    low, high = sorted(abs(end or 0.0) for end in (time.low, time.high))
    words = _("{time} longer to the goal") if (time.value or 0.0) > 0 else _("{time} sooner at the goal")
    interval = format_interval(low, high, "duration")
    return f"{words.format(time=format_duration(abs(time.value or 0.0)))} {interval}"


def _entry(way: Ranked, address: Address, extent: float) -> Entry:
    rate = way.journeys
    return Entry(
        key=way.key,
        sentence=way.sentence,
        place=way.place,
        count=format_count(rate.count),
        share=format_share(rate.value) if rate.value is not None else "",
        interval=format_interval(rate.low, rate.high, "share"),
        verdict=_verdict(way),
        tone=way.tone,
        effect=_effect(way, extent),
        price=_price(way),
        examples=tuple(File(name, customer_address(name)) for name in way.examples[:EXAMPLES]),
        address=address(way.link),
    )


def waits_of(walked: WalkedMap, address: Address) -> tuple[WaitRow, ...]:
    """Return the places where people wait."""
    return tuple(_wait_row(place, address) for place in walked.waits)


def _wait_row(place: WaitPlace, address: Address) -> WaitRow:
    rate = place.paused
    return WaitRow(
        key=place.key,
        label=place.label,
        limits=place.limits,
        paused=f"{format_count(rate.count)} · {format_share(rate.value or 0.0)}",
        interval=format_interval(rate.low, rate.high, "share"),
        not_yet=place.not_yet,
        median_s=place.median_s,
        p90_s=place.p90_s,
        next=drawing(place.next) if place.next.n else None,
        ended=place.ended,
        tone=place.tone,
        links=tuple(File(label, found) for label, link in place.links if (found := address(link))),
    )
