"""The page of one touchpoint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trodden.analyses.touchpoint.chart import touchpoint_chart
from trodden.charts.formats import (
    ends_along,
    format_count,
    format_estimate,
    format_time,
    rate_said,
)
from trodden.insights.touchpoint import card_of
from trodden.methods.journeys.patterns_write import write_mark
from trodden.model.question import Question
from trodden.questions import read_question
from trodden.registry import find
from trodden.web.actors import actor_of
from trodden.web.addresses import address_of_links, ask_address, flat, shared_of, texts_of, with_query
from trodden.web.boards.saving import save_form
from trodden.web.explore.pages import files_of
from trodden.web.filters import filters_of
from trodden.web.home import walked
from trodden.web.pages import Crumb, Empty, figure_of, filtered, no_data, show
from trodden.web.shield import sees_customers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from trodden.analyses.touchpoint.answer import Differing, Gaps
    from trodden.insights.touchpoint import Beside, Card
    from trodden.model.question import Verbatim
    from trodden.web.boards.saving import SaveForm
    from trodden.web.filters import Filters
    from trodden.web.pages import Figure

MOST_DRAWS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A touchpoint beside this one: how often, and after how long; ends of a walk have no address."""

    name: str
    address: str
    share: str
    took: str


@dataclass(frozen=True, slots=True)
class Side:
    """What stands on one side: the wait there over all, and the most usual neighbours."""

    title: str
    wait: str
    none: str
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A labelled share with its interval."""

    label: str
    share: str
    note: str = ""
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody said, where and when; who it was stays unsaid."""

    text: str
    when: str
    channel: str
    outcome: str


@dataclass(frozen=True, slots=True)
class TouchpointPage:
    """Everything about one touchpoint."""

    title: str
    crumbs: tuple[Crumb, ...]
    lead: str = ""
    trend: str = ""
    customers: str = ""
    figure: Figure | None = None
    filters: Filters | None = None
    sides: tuple[Side, ...] = ()
    outcomes: tuple[Share, ...] = ()
    words: tuple[Words, ...] = ()
    spoken: str = ""
    other_words: str = ""
    differs: tuple[Share, ...] = ()
    tried: str = ""
    splits: tuple[str, ...] = ()
    whole: str = ""
    saving: SaveForm | None = None
    empty: Empty | None = None


@require_safe
def touchpoint(request: HttpRequest, name: str) -> HttpResponse:
    """Show how one touchpoint is doing."""
    found = walked()
    page = TouchpointPage(title=name, crumbs=(Crumb(_("Touchpoints"), reverse("data")), Crumb(name)))
    if found is None:
        return show(request, "touchpoints/one.html", replace(page, empty=no_data()))
    fields = flat(texts_of(request.GET))
    draw, shared = _draw(fields.get("draw", "")), shared_of(texts_of(request.GET))
    card = card_of(found.ask, name, read_question(Question, shared), draw)
    action = reverse("touchpoint", args=[name])
    page = replace(page, filters=filters_of(action, shared, found, maps=True))
    if not card.touchpoint.events:
        return show(request, "touchpoints/one.html", replace(page, empty=_nothing(action, shared)))
    saving = save_form(actor_of(request), find("touchpoint"), {**shared, "touchpoint": name}, found, name)
    page = replace(page, saving=saving)
    return show(request, "touchpoints/one.html", replace(page, **_parts(card, shared, draw)))


def _draw(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(MOST_DRAWS)) + 1):
        raise Http404(_("Words are drawn anew {n} times at most.").format(n=MOST_DRAWS))
    return min(int(text), MOST_DRAWS)


def _nothing(action: str, shared: Mapping[str, str]) -> Empty:
    if shared:
        return filtered(action)
    return Empty(
        "none-yet",
        _("Nobody has been here"),
        _("The touchpoint is on a map, and no event is at it: the data may name it otherwise."),
    )


def _parts(card: Card, shared: Mapping[str, str], draw: int) -> dict[str, object]:
    answer, name = card.touchpoint, card.touchpoint.touchpoint
    asked = {**shared, "touchpoint": name}
    chart = find("touchpoint").chart(answer)
    files = files_of(find("touchpoint"), asked)
    behind = {**shared, "behind": "overview", "mark": write_mark(name)}
    address = address_of_links(asked) if sees_customers.get() else None
    return {
        "lead": touchpoint_chart(answer).title,
        "trend": card.trend,
        "customers": with_query(reverse("customers"), behind) if sees_customers.get() else "",
        "figure": figure_of(chart, address, files, definition=reverse("reference", args=["touchpoint"])),
        "sides": (
            _side(_("Before"), answer.before, card.before, shared, _("begin here")),
            _side(_("After"), answer.after, card.after, shared, _("come to nothing more")),
        ),
        "outcomes": tuple(Share(one.outcome, rate_said(one.share)) for one in answer.outcomes),
        "words": tuple(_words(one, answer.about.time_zone) for one in card.verbatims.words),
        "spoken": _spoken(card),
        "other_words": with_query(
            reverse("touchpoint", args=[name]), {**shared, "draw": str(draw + 1 if draw < MOST_DRAWS else 0)}
        ),
        "differs": tuple(_differing(one) for one in card.differs),
        "tried": format_count(card.tried),
        "splits": card.splits,
        "whole": ask_address("touchpoint", asked),
    }


def _side(title: str, gaps: Gaps, beside: tuple[Beside, ...], shared: Mapping[str, str], ends: str) -> Side:
    median = gaps.median
    wait = _("half within {time}").format(
        time=format_estimate(median.value or 0.0, median.low, median.high, "duration")
    )
    return Side(
        title=title,
        wait=wait if median.value is not None else "",
        none=_("{n} {ends}").format(n=format_count(gaps.none), ends=ends) if gaps.none else "",
        neighbours=tuple(_neighbour(one, shared) for one in beside),
    )


def _neighbour(one: Beside, shared: Mapping[str, str]) -> Neighbour:
    ends = {"START": _("the beginning"), "END": _("the end"), "OPEN": _("still open")}
    median = one.median
    return Neighbour(
        name=ends.get(one.name, one.name),
        address="" if one.name in ends else with_query(reverse("touchpoint", args=[one.name]), shared),
        share=rate_said(one.share),
        took=format_estimate(median.value, median.low, median.high, "duration")
        if median.value is not None
        else "",
    )


def _words(one: Verbatim, zone: str) -> Words:
    outcome = "" if one.outcome in {"unknown", "ok"} else one.outcome
    return Words(one.text, format_time(one.occurred_at, zone), one.channel, outcome)


def _spoken(card: Card) -> str:
    rate = card.verbatims.spoken
    if rate.value is None:
        return ""
    return _("{share} of {n} events looked at have words; these were drawn by lot.").format(
        share=rate_said(rate), n=format_count(rate.of)
    )


def _differing(one: Differing) -> Share:
    tone = "worse" if one.verdict == "more often" else "better"
    difference = one.difference
    size = difference.value or 0.0
    note = _("{others} of the others; {points} points apart").format(
        others=rate_said(one.others),
        points=format_estimate(
            abs(size), *ends_along(size, difference.low, difference.high), "points"
        ).replace(" points", ""),
    )
    return Share(f"{one.property}: {one.value}", rate_said(one.failed), note, tone)
