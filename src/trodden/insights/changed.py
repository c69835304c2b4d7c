"""Where customers change their mind on a map, whether they could, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.analyses.changes_of_mind.chart import verdict_told
from trodden.charts.formats import NOTHING, format_count, format_interval, format_share
from trodden.charts.links import behind
from trodden.insights.judged import tone_of_verdict
from trodden.insights.lanes import Cell, Lane
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.patterns_write import write_mark
from trodden.model.durations import format_duration
from trodden.model.words import ntr, phrase, tr, with_marks

if TYPE_CHECKING:
    from trodden.analyses.changes_of_mind.answer import ChangePlace, ChangesOfMind
    from trodden.charts import Link, Tone
    from trodden.model.journey_map import JourneyMap
    from trodden.model.question import Rate

SHOWN: Final = 6
FEWEST: Final = 10
"""Changes at a place under which the page leaves it to the whole answer."""

LET: Final = ("done", "not told")
"""How a change may go without anybody being in its way, as far as is known."""

SENTENCES: Final = {
    "back": phrase("Went back to {place}"),
    "other branch": phrase("Took {place} after all"),
    "edit": phrase("Edited: {place}"),
    "cancel": phrase("Cancelled: {place}"),
    "return": phrase("Gave back: {place}"),
}
GUESSED: Final = "name"


@dataclass(frozen=True, slots=True)
class ChangedPlace:
    """A place where people changed their mind: what they did, after what, whether they could, at what cost.

    ``could``: how it went, with its share and interval, most frequent first. ``is_easy``: nobody was in the
    way of most of them; ``is_untold``: nobody recorded how it went.
    """

    sentence: str
    place: str
    changes: int
    customers: int
    could: tuple[tuple[str, str, str], ...]
    is_easy: bool
    is_untold: bool
    cost: str
    ended: str
    tone: Tone
    link: Link
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """All of it: a sentence over the places, the places, and what the touchpoints were taken for."""

    title: str
    places: tuple[ChangedPlace, ...]
    hidden: int
    guessed: tuple[str, ...]


def changed_of(answer: ChangesOfMind) -> Changed:
    """Return the places with the most customers times cost, those with very few changes left out."""
    guessed = tuple(one.touchpoint for one in answer.known if one.by == GUESSED)
    told = [_place(place) for place in answer.places if place.changes >= FEWEST]
    shown = tuple(told[:SHOWN])
    more = len(answer.places) - len(shown) + (answer.other.places if answer.other else 0)
    return Changed(_title(answer), shown, more, guessed)


def _title(answer: ChangesOfMind) -> str:
    changed = answer.changed.units
    if not changed.count or changed.value is None:
        return tr("Nobody changed their mind here, as far as is known")
    interval = format_interval(changed.low, changed.high, "share")
    return tr(
        "{share} {interval} of {all} journeys changed their mind",
        share=format_share(changed.value),
        interval=interval,
        all=format_count(changed.of),
    )


def _place(one: ChangePlace) -> ChangedPlace:
    let = sum(how.changes.count for how in one.could if how.how in LET)
    return ChangedPlace(
        sentence=tr(SENTENCES[one.kind], place=one.touchpoint),
        place=tr("after {after}", after=one.after) if one.after else "",
        changes=one.changes,
        customers=one.customers,
        could=tuple((how.how, *_said(how.changes)) for how in one.could),
        is_easy=2 * let > one.changes,
        is_untold=all(how.how == "not told" for how in one.could),
        cost=_cost(one),
        ended=_ended(one),
        tone=_tone(one),
        link=behind("changes_of_mind", write_mark(one.kind, one.touchpoint, one.after_step)),
        examples=tuple(dict.fromkeys(example.customer for example in one.examples)),
    )


def _said(rate: Rate) -> tuple[str, str]:
    return format_share(rate.value or 0.0), format_interval(rate.low, rate.high, "share")


def _cost(one: ChangePlace) -> str:
    parts = [_times(one.steps.value or 0.0, "{n} step", "{n} steps")]
    if one.contacts.value:
        parts.append(_times(one.contacts.value, "{n} contact", "{n} contacts"))
    if one.time.value:
        parts.append(tr("half within {time}", time=format_duration(one.time.value)))
    return tr("On average {parts}", parts=", ".join(parts))


def _times(mean: float, one: str, many: str) -> str:
    said = f"{mean:.1f}".removesuffix(".0")
    return ntr(one, many, 1 if said == "1" else 2, n=with_marks(said))


def _ended(one: ChangePlace) -> str:
    """Say how it ended beside others who came as far; nothing where the change is an end by itself."""
    compared = one.compared
    if compared is None or compared.having.value is None or compared.others.value is None:
        return ""
    points = format_interval(compared.reached.low, compared.reached.high, "points")
    return tr(
        "{share} of them reached the goal, {share2} of others who came as far; "
        "difference {points} points: {verdict_told}",
        share=format_share(compared.having.value),
        share2=format_share(compared.others.value),
        points=points,
        verdict_told=verdict_told(compared),
    )


def _tone(one: ChangePlace) -> Tone:
    return tone_of_verdict(one.compared.verdict) if one.compared else "plain"


PENDING: Final = Cell("\u2026", "\u00a0")
"""What stands in a cell that is not known yet: as high as what will."""


def lane_changed(journey_map: JourneyMap, answer: ChangesOfMind | None) -> Lane:
    """Return, at the furthest step customers had come to, how many changes of mind began there.

    Its colour is that of how the place with the most of them ended. The lane is there before they are known.
    """
    cells = tuple(_cell(step.id, answer) if answer else PENDING for step in steps_in_order(journey_map))
    hint = tr("Changes of mind of those who had come this far, and how many were simply done")
    return Lane("changed", tr("Changed their mind"), hint, cells)


def _cell(step: str, answer: ChangesOfMind) -> Cell:
    places = [place for place in answer.places if place.after_step == step]
    if not places:
        return Cell(NOTHING)
    changes = sum(place.changes for place in places)
    could = [how for place in places for how in place.could]
    done = sum(how.changes.count for how in could if how.how == "done")
    told = changes - sum(how.changes.count for how in could if how.how == "not told")
    most = max(places, key=lambda place: place.changes)
    small = (
        tr("{share} could at once", share=format_share(done / told))
        if told
        else tr("not told whether they could")
    )
    return Cell(format_count(changes), small, _tone(most))
