"""The cards of a board answered on the newest walks: each by itself, so that no failure spoils another."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final, cast

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.charts.tables import table_of
from trodden.model.errors import QuestionError, TroddenError
from trodden.questions import fields_of, read_question, write_question
from trodden.registry import find, registrations
from trodden.web.addresses import address_of_links, ask_address
from trodden.web.boards.maps import MAP, map_of, page_of_map, waits_on
from trodden.web.boards.outside import walks_of
from trodden.web.explore.pages import files_of, title_of
from trodden.web.explore.periods import neighbour, text_of, usual
from trodden.web.pages import File, figure_of
from trodden.web.running import answered
from trodden.web.shield import is_naming

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trodden.analyses.walked.answer import Walked
    from trodden.api import StoredWalks
    from trodden.charts import Chart
    from trodden.model.question import Answer, Question
    from trodden.registry import Registration
    from trodden.web.boards.models import Card
    from trodden.web.pages import Figure

AT_HAND_S: Final = 0.15
"""How long a page waits for all its cards together; those that take longer come by themselves."""
LEAST_S: Final = 0.01
"""How long it waits for one card when that time is over: what is known already is there by then."""

MOST_MARKS: Final = 50
"""Marks of a chart one can choose from to speak about."""

BEFORE: Final = "before"
"""What is kept as the other period of a comparison with the one before, so that it moves along."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a card asks of which walks, with its period as it lies now."""

    registration: Registration
    question: Question
    fields: dict[str, str]
    walks: StoredWalks

    @property
    def is_map(self) -> bool:
        """Say whether it is drawn over a map."""
        return self.registration.name == MAP

    @property
    def beside(self) -> tuple[Question, ...]:
        """Return the questions whose answers are drawn with its own."""
        return (waits_on(self.question),) if self.is_map else ()

    @property
    def page(self) -> File:
        """Return the page that shows the same."""
        if self.is_map:
            return page_of_map(self.walks, self.fields)
        return File(_("Open in Explore"), ask_address(self.registration.name, self.fields))


@dataclass(frozen=True, slots=True)
class Told:
    """A card answered, or why it is not; ``ticket`` where its answer is waited for."""

    figure: Figure | None = None
    problem: str = ""
    hint: str = ""
    ticket: str = ""
    is_waiting: bool = False
    page: File | None = None
    marks: tuple[tuple[str, str], ...] = ()


def kept_fields(question: Question, period: str) -> dict[str, str]:
    """Return a question as texts to keep; what moves with ``period``, a usual one, is left to it."""
    fields = write_question(question)
    if not period:
        return fields
    asked = fields.pop("period", "")
    if asked and fields.get("other_period") == neighbour(asked, -1):
        fields["other_period"] = BEFORE
    return fields


def asked_by(card: Card, walks: StoredWalks) -> Asked:
    """Return what a card asks now.

    Raises
    ------
    TroddenError
        The analysis is no more, names customers, or takes other fields by now.
    """
    registration = find(card.analysis)
    if is_naming(card.analysis, card.asked) or card.analysis not in registrations():
        raise QuestionError(_("Boards hold no lists of customers."), hint=_("Ask it in Explore."))
    fields = {**card.asked, **moving(card, walks)}
    return Asked(registration, read_question(registration.question, fields), fields, walks)


def moving(card: Card, walks: StoredWalks) -> dict[str, str]:
    """Return the periods of a card as they lie on the day of the newest event."""
    as_of, zone = walks.catalog.as_of, walks.catalog.time_zone
    found = next((one for one in usual(as_of, zone) if one.key == card.period), None)
    if found is None:
        return {}
    period = text_of(found.span)
    moves = card.asked.get("other_period") == BEFORE
    return {"period": period, **({"other_period": neighbour(period, -1)} if moves else {})}


def told(
    card: Card, walks: StoredWalks, patience_s: float, ticket: str = "", *, is_bare: bool = False
) -> Told:
    """Return what a card says after ``patience_s`` at most; what is wrong with it stays with it.

    Where ``is_bare`` nothing leads from it into the product, and it is told of the customers its writer saw.
    """
    page = None
    try:
        asked = asked_by(card, walks_of(card) if is_bare else walks)
        page = None if is_bare else asked.page
        answer = _answered(asked, patience_s, ticket)
        if isinstance(answer, str):
            return Told(ticket=answer, is_waiting=True, page=page)
        if is_bare:
            return Told(bare_figure(asked, answer))
        figure = _figure(asked, answer)
        return Told(figure, page=page, marks=marks_of(figure.chart))
    except TroddenError as error:
        return Told(problem=error.message, hint=error.hint, page=page)


def _answered(asked: Asked, patience_s: float, ticket: str) -> Answer | str:
    """Answer all that is drawn, one after the other, or return the ticket of what is waited for."""
    until = monotonic() + patience_s
    for question in asked.beside:
        found = answered(asked.walks, question, patience_s, ticket)
        if isinstance(found, str):
            return found
    return answered(asked.walks, asked.question, max(until - monotonic(), 0.0), ticket)


def chart_of(asked: Asked, answer: Answer) -> Chart:
    """Return what a card's answer is shown as."""
    if asked.is_map:
        return map_of(asked.walks, asked.question, cast("Walked", answer))
    return asked.registration.chart(answer)


def marks_of(chart: Chart) -> tuple[tuple[str, str], ...]:
    """Return the marks of a chart one can speak about: by what links know them, and what they are called."""
    table = table_of(chart)
    named = {
        link.fields["mark"]: str(row[0])
        for row, link in zip(table.rows, table.links, strict=False)
        if link and link.fields.get("mark")
    }
    return tuple(named.items())[:MOST_MARKS]


def bare_figure(asked: Asked, answer: Answer) -> Figure:
    """Return the figure of an answer from which nothing leads anywhere."""
    return figure_of(chart_of(asked, answer))


def _figure(asked: Asked, answer: Answer) -> Figure:
    name = asked.registration.name
    definition = reverse("reference", args=[name])
    files = files_of(asked.registration, asked.fields)
    return figure_of(chart_of(asked, answer), address_of_links(asked.fields), files, definition)


def at_hand(cards: list[Card], walks: StoredWalks, *, is_bare: bool = False) -> Iterator[tuple[Card, Told]]:
    """Yield each card with its answer, if that is there at once; the others are begun and waited for.

    All are begun: without script a page is only ever opened anew, on a slow machine as well.
    """
    until = monotonic() + AT_HAND_S
    for card in cards:
        left = max(until - monotonic(), LEAST_S)
        yield card, told(card, walks, left, is_bare=is_bare) if card.analysis else Told()


def name_of(card: Card) -> str:
    """Return what a card is called: as it was named, or as its analysis is."""
    return card.text or (title_of(find(card.analysis)) if card.analysis in registrations() else card.analysis)


def fits(analysis: str, fields: Mapping[str, str]) -> bool:
    """Say whether a question says all that its analysis needs."""
    return all(fields.get(one.name) for one in fields_of(find(analysis).question) if one.required)
