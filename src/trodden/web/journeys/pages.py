"""The list of journeys and the page of one: designed map, walked flow, what differs, where people wait."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.charts.formats import format_count, format_day, format_interval, format_share
from trodden.methods.journeys.flow import steps_in_order, touchpoints_of
from trodden.web.addresses import customer_address
from trodden.web.journeys.drafts import DraftPart
from trodden.web.journeys.ways import EXAMPLES, Chip, Entry
from trodden.web.markup import drawing
from trodden.web.pages import Crumb, Empty, File

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from trodden.charts.svg.marks import Address
    from trodden.insights.changed import Changed, ChangedPlace
    from trodden.insights.foretold import Foretold
    from trodden.insights.lanes import Lane
    from trodden.insights.waits import WaitPlace
    from trodden.insights.walked import Span, WalkedMap
    from trodden.model.journey_map import JourneyMap, Step
    from trodden.web.boards.saving import SaveForm
    from trodden.web.filters import Filters
    from trodden.web.journeys.beside import Beside
    from trodden.web.tables import Grid

LISTED: Final = 12
"""Entries of the ranked list shown at first; all of them are one link away."""

DETAILS: Final = (20, 40, 60, 80, 100)
MOST_BESIDE: Final = 7
"""Up to this many steps the list stands beside the picture, from there on below it."""


def facts_of(journey_map: JourneyMap, zone: str) -> str:
    """Say which version it is, of whom, since when, in one grey line."""
    parts = [
        _("map version {n}").format(n=journey_map.version),
        _("{n} steps").format(n=len(steps_in_order(journey_map))),
        _("published {day}").format(day=format_day(journey_map.published_at, zone))
        if journey_map.published_at
        else _("not published: nothing is locked"),
    ]
    return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class StepHead:
    """The head of a step's column; ``cards`` are those of the touchpoints it stands for."""

    label: str
    cards: tuple[File, ...]
    is_moment_of_truth: bool
    begins_stage: bool


@dataclass(frozen=True, slots=True)
class StageHead:
    """The head of a stage, over its steps."""

    label: str
    steps: int


@dataclass(frozen=True, slots=True)
class WaitRow:
    """A place where people wait, ready to read."""

    key: str
    label: str
    limits: tuple[str, ...]
    paused: str
    of: str
    interval: str
    not_yet: int
    median_s: float | None
    p90_s: float | None
    next: SafeString | None
    ended: str
    tone: str
    links: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A place where people changed their mind, ready to read."""

    place: ChangedPlace
    address: str | None
    examples: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """Where people changed their mind; ``whole``: all of it, ``definition``: what is meant by it."""

    title: str
    rows: tuple[ChangedRow, ...]
    hidden: int
    guessed: str
    whole: str
    definition: str


def changed_part(changed: Changed, whole: str, address: Address) -> ChangedPart:
    """Return the section on changes of mind; ``whole``: where all of it is asked."""
    return ChangedPart(
        title=changed.title,
        rows=tuple(
            ChangedRow(
                place,
                address(place.link),
                tuple(File(name, customer_address(name)) for name in place.examples[:EXAMPLES]),
            )
            for place in changed.places
        ),
        hidden=changed.hidden,
        guessed=", ".join(changed.guessed),
        whole=whole,
        definition=reverse("reference", args=["changes_of_mind"]),
    )


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
    """One designed journey, as walked.

    ``pending``: where verdicts and changes of mind can be had, while they are not known. ``judged`` and
    ``scores``: the whole answers behind the verdicts and the predictions.
    """

    title: str
    crumbs: tuple[Crumb, ...]
    facts: str
    goal: str
    filters: Filters
    owner: str = ""
    lead: tuple[Span, ...] = ()
    picture: Picture | None = None
    stages: tuple[StageHead, ...] = ()
    steps: tuple[StepHead, ...] = ()
    lanes: tuple[Lane, ...] = ()
    beside: Beside | None = None
    is_beside: bool = True
    detail: int = 80
    action: str = ""
    kept: tuple[tuple[str, str], ...] = ()
    draft: DraftPart | None = None
    newer: File | None = None
    links: tuple[File, ...] = ()
    foretold: Foretold | None = None
    scores: str = ""
    pending: str = ""
    better: tuple[Entry, ...] = ()
    matched_on: str = ""
    judged: str = ""
    chips: tuple[Chip, ...] = ()
    sorts: tuple[Chip, ...] = ()
    entries: tuple[Entry, ...] = ()
    all_entries: File | None = None
    waits: tuple[WaitRow, ...] = ()
    waits_title: str = ""
    changed: ChangedPart | None = None
    definitions: tuple[File, ...] = ()
    files: tuple[File, ...] = ()
    saving: SaveForm | None = None
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
        StepHead(
            step.label or step.id,
            _cards(step),
            step.moment_of_truth,
            i == 0 or steps[i - 1].stage != step.stage,
        )
        for i, step in enumerate(steps)
    )
    return stages, heads


def _cards(step: Step) -> tuple[File, ...]:
    return tuple(File(name, reverse("touchpoint", args=[name])) for name in touchpoints_of(step))


def waits_of(walked: WalkedMap, address: Address) -> tuple[WaitRow, ...]:
    """Return the places where people wait."""
    return tuple(_wait_row(place, address) for place in walked.waits)


def _wait_row(place: WaitPlace, address: Address) -> WaitRow:
    rate = place.paused
    return WaitRow(
        key=place.key,
        label=place.label,
        limits=place.limits,
        paused=format_share(rate.value or 0.0),
        of=format_count(rate.of),
        interval=format_interval(rate.low, rate.high, "share"),
        not_yet=place.not_yet,
        median_s=place.median_s,
        p90_s=place.p90_s,
        next=drawing(place.next) if place.next.n else None,
        ended=place.ended,
        tone=place.tone,
        links=tuple(File(label, found) for label, link in place.links if (found := address(link))),
    )
