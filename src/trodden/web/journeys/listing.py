"""The list of journeys: how each goes, whether that changes, how well it was predicted, who owns it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trodden.analyses.compare.answer import CompareQuestion
from trodden.analyses.conformance.answer import ConformanceQuestion
from trodden.analyses.predictions.answer import PredictionsQuestion
from trodden.charts.formats import format_interval, format_share, format_signed_points
from trodden.methods.journeys.mapdiff_said import sentences
from trodden.methods.journeys.periods import find_zone
from trodden.methods.journeys.select_names import find_map
from trodden.model.errors import CallerError
from trodden.model.question import Period
from trodden.web.addresses import with_query
from trodden.web.journeys.drafts import parent_of
from trodden.web.journeys.pages import facts_of
from trodden.web.pages import Empty, File

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from trodden.analyses.compare.answer import Compared, Difference
    from trodden.analyses.conformance.answer import Conformance
    from trodden.analyses.predictions.answer import Predictions
    from trodden.api import StoredWalks
    from trodden.model.journey_map import JourneyMap
    from trodden.model.question import Answer, Question, Rate

    Later = Callable[[Question], Answer | None]

SPAN: Final = timedelta(days=28)
"""How long the two periods are that a trend compares."""


@dataclass(frozen=True, slots=True)
class Told:
    """A figure with its interval; ``value`` is what the list is sorted by, none where it is not known."""

    text: str = ""
    interval: str = ""
    note: str = ""
    tone: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True)
class JourneyCard:
    """One designed journey: the version questions are about, and the drafts on top of it."""

    key: str
    name: str
    address: str
    goal: str
    facts: str
    owner: str
    drafts: tuple[File, ...]
    designed: Told
    trend: Told
    planning: Told
    ended: int
    on_their_way: int
    reached: str = ""
    problem: str = ""

    @property
    def is_known(self) -> bool:
        """Say whether everything that can be told of it was worked out."""
        return bool(self.problem) or Told() not in (self.trend, self.planning)


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of the list."""

    label: str
    address: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class JourneysPage:
    """Every designed journey; ``pending``: where what takes longer can be had, while it is not known."""

    title: str
    cards: tuple[JourneyCard, ...]
    faults: tuple[str, ...] = ()
    sorts: tuple[Sort, ...] = ()
    shares: tuple[int, ...] = ()
    goals: tuple[str, ...] = ()
    """What a draft can lead to; nothing can be mined where there is none."""
    can_draw: bool = False
    pending: str = ""
    empty: Empty | None = None


def cards_of(found: StoredWalks, owners: Mapping[str, str], later: Later) -> tuple[JourneyCard, ...]:
    """Return a card for each map by name; ``later`` answers what takes long, or says it is not known yet."""
    names = dict.fromkeys(one.name for one in found.maps.values())
    heads = (find_map(found.maps, name) for name in names)
    return tuple(_card(found, head, owners.get(head.name, ""), later) for head in heads)


def _card(found: StoredWalks, head: JourneyMap, owner: str, later: Later) -> JourneyCard:
    fit, problem = _fit(found, head)
    return JourneyCard(
        key=head.key,
        name=head.name,
        address=reverse("journey", args=[head.key]),
        goal=head.goal,
        facts=facts_of(head, found.catalog.time_zone),
        owner=owner or head.owner,
        drafts=_drafts(found.maps, head),
        designed=_rate(fit.as_designed) if fit else Told(),
        trend=_trend(found, head, later) if fit else Told(),
        planning=_planning(head, later) if fit else Told(),
        ended=fit.reached.of if fit else 0,
        on_their_way=fit.about.open if fit else 0,
        reached=format_share(fit.reached.value) if fit and fit.reached.value is not None else "",
        problem=problem,
    )


def _fit(found: StoredWalks, head: JourneyMap) -> tuple[Conformance | None, str]:
    """Lay a map over the walks; one that cannot be says why and hides no other."""
    try:
        return cast("Conformance", found.ask(ConformanceQuestion(map=head.key))), ""
    except CallerError as error:
        return None, str(error)


def _rate(rate: Rate) -> Told:
    if rate.value is None:
        return Told()
    interval = format_interval(rate.low, rate.high, "share")
    return Told(format_share(rate.value), interval, value=rate.value)


def _drafts(maps: Mapping[str, JourneyMap], head: JourneyMap) -> tuple[File, ...]:
    """Return the drafts of a map, with what each changes of the version before it."""
    later = (one for one in maps.values() if one.name == head.name and one.version >= head.version)
    return tuple(_draft(maps, one) for one in later if one.published_at is None)


def _draft(maps: Mapping[str, JourneyMap], draft: JourneyMap) -> File:
    parent = parent_of(maps, draft)
    address = reverse("journey", args=[draft.key])
    if parent is None:
        return File(_("Draft"), address)
    count = len(sentences(parent, draft))
    said = ngettext(
        "Draft: {n} change from version {version}", "Draft: {n} changes from version {version}", count
    )
    return File(said.format(n=count, version=parent.version), address)


def _trend(found: StoredWalks, head: JourneyMap, later: Later) -> Told:
    """Say whether more went as designed than before, both periods followed until nearly all have ended."""
    try:
        question = trend_question(head, found.catalog.as_of, found.catalog.time_zone)
        answer = cast("Compared | None", later(question))
    except (CallerError, OverflowError):
        return Told(note=_("too few to say"))
    if answer is None:
        return Told()
    change = next((one for one in answer.differences if one.name == "as designed"), None)
    return Told(note=_("too few to say")) if change is None else _changed(change)


def trend_question(head: JourneyMap, as_of: datetime, zone: str) -> CompareQuestion:
    """Ask how the journeys went that began in the last 28 days that are over, beside the 28 days before.

    A period is over for a map once as much time has passed as its journeys may be silent.
    """
    end = as_of.astimezone(find_zone(zone)) - head.bounds.silence
    moments = [f"{end - n * SPAN:%Y-%m-%d}" for n in range(3)]
    return CompareQuestion(
        analysis="conformance",
        map=head.key,
        period=Period(moments[1], moments[0]),
        other_period=Period(moments[2], moments[1]),
        fields={"examples": 0},
    )


def _changed(change: Difference) -> Told:
    found, words = change.difference, {"lower": "worse", "higher": "better"}
    if found.value is None or change.verdict == "too few to say":
        return Told(note=_("too few to say"))
    tone = words.get(change.verdict, "")
    sign = {"worse": "\u25bc ", "better": "\u25b2 "}.get(tone, "")
    points = format_signed_points(found.value)
    return Told(
        text=sign + _("{n} points").format(n=points),
        interval=format_interval(found.low, found.high, "points"),
        note="" if tone else _("no clear change"),
        tone=tone,
        value=found.value,
    )


def _planning(head: JourneyMap, later: Later) -> Told:
    """Say how many predictions of a map held; one that cannot be scored says so and hides no other."""
    if head.published_at is None:
        return Told(note=_("a draft is not scored"))
    try:
        answer = cast("Predictions | None", later(PredictionsQuestion(map=head.key)))
    except CallerError:
        return Told(note=_("cannot be scored"))
    if answer is None:
        return Told()
    scored = next((one for one in answer.maps if one.map == head.key), None)
    return Told(note=_("predicts nothing")) if scored is None else _held(scored.planning.said.inside)


def _held(rate: Rate) -> Told:
    told = _rate(rate)
    return told if told.text else Told(note=_("too early to say"))


def sorted_cards(cards: tuple[JourneyCard, ...], by: str) -> tuple[JourneyCard, ...]:
    """Return the cards in an order: by name, or the least first, with those that are not known at the end."""
    keys: dict[str, Callable[[JourneyCard], float | None]] = {
        "designed": lambda card: card.designed.value,
        "trend": lambda card: card.trend.value,
        "planning": lambda card: card.planning.value,
        "ended": lambda card: -card.ended,
    }
    if by not in keys:
        return tuple(sorted(cards, key=lambda card: card.name.casefold()))
    known = keys[by]
    return tuple(sorted(cards, key=lambda card: (known(card) is None, known(card) or 0.0)))


def sorts_of_list(chosen: str) -> tuple[Sort, ...]:
    """Return the orders of the list."""
    orders = {
        "": _("name"),
        "designed": _("fewest as designed"),
        "trend": _("most worsened"),
        "planning": _("least predicted"),
        "ended": _("most ended"),
    }
    here = chosen if chosen in orders else ""
    return tuple(
        Sort(label, with_query(reverse("journeys"), {"sort": name}), name == here)
        for name, label in orders.items()
    )
