"""Sizes, histories and overlaps of segments, asked of the walks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from trodden.analyses.customers.answer import Customers, CustomersQuestion
from trodden.analyses.segments.answer import MOST, Segments, SegmentsQuestion
from trodden.methods.journeys.deviations import KINDS
from trodden.methods.journeys.periods import find_zone
from trodden.methods.journeys.segments import parse_segment
from trodden.methods.journeys.select import resolve_condition
from trodden.model.errors import CallerError
from trodden.web.addresses import ask_address, customer_address
from trodden.web.explore.forms import proposed_by
from trodden.web.limits import seen_segment
from trodden.web.pages import File
from trodden.web.segments.pages import Known, Line, Preview, Spark, size_words, spark_of
from trodden.web.segments.words import words_of
from trodden.web.shield import common, sees_customers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.api import StoredWalks
    from trodden.methods.journeys.segments import Condition
    from trodden.model.walks import PropertyDictionary

VALUES: Final = 200
"""Values of a property a form proposes, at most."""

COMMON: Final = 24
"""A property with more values than this is no group of customers; who may not know them is proposed none."""

EXAMPLES: Final = 5


def checked(found: StoredWalks, text: str, saved: dict[str, str] | None = None) -> Condition:
    """Return the condition of an expression that can be asked of these walks.

    Raises
    ------
    CallerError
        It cannot be read, or names what nobody knows.
    """
    condition = parse_segment(text, found.catalog.segments if saved is None else saved)
    resolve_condition(condition, found.catalog, find_zone(found.catalog.time_zone))
    return condition


def problem_of(found: StoredWalks, text: str) -> str:
    """Say why an expression cannot be asked; empty where it can."""
    try:
        checked(found, text)
    except CallerError as error:
        return str(error)
    return ""


def sizes_of(found: StoredWalks, texts: Sequence[str]) -> dict[str, tuple[str, str, Spark | None]]:
    """Return count, share and history of each expression, all of which can be asked."""
    told: dict[str, tuple[str, str, Spark | None]] = {}
    for first in range(0, len(texts), MOST):
        some = tuple(texts[first : first + MOST])
        # As the page of one draws it, so that both are one question.
        answer = cast("Segments", found.ask(SegmentsQuestion(segments=some, show="history")))
        for place, size in enumerate(answer.sizes):
            spark = spark_of(answer.history, place, answer.about.time_zone)
            told[size.segment] = (*size_words(size), spark)
    return told


def preview_of(found: StoredWalks, text: str) -> Preview:
    """Return how large an expression is, in numbers and with a few examples, or why it cannot be told."""
    try:
        condition = checked(found, text)
        answer = cast("Segments", found.ask(SegmentsQuestion(segments=(text,), periods=0)))
    except CallerError as error:
        return Preview(text, problem=error.message, hint=error.hint)
    count, share = size_words(answer.sizes[0])
    ask = ask_address("overview", {"segment": text})
    return Preview(text, words_of(condition), count, share, _people(found, text), ask)


def _people(found: StoredWalks, text: str) -> tuple[File, ...]:
    """Return a few customers of a segment, to who may know who they are."""
    if not sees_customers.get():
        return ()
    answer = cast("Customers", found.ask(CustomersQuestion(segment=text, limit=EXAMPLES)))
    return tuple(File(row.customer, customer_address(row.customer)) for row in answer.rows)


def known_of(found: StoredWalks) -> Known:
    """Return the names forms propose, touchpoints with how many events each has."""
    dictionaries = found.catalog.dictionaries
    return Known(
        properties=tuple(
            (one.name, _proposed(found, one))
            for one in sorted(dictionaries.properties, key=lambda one: one.name)
        ),
        touchpoints=proposed_by(found).items,
        maps=tuple(dict.fromkeys(one.name for one in found.maps.values())),
        deviations=tuple(KINDS),
        saved=tuple(sorted(found.catalog.segments)),
    )


def _proposed(found: StoredWalks, one: PropertyDictionary) -> tuple[str, ...]:
    """Return the values of a property that are proposed: none that says who, to who may not know that.

    What is known of a property is of the whole workspace: who sees some customers is proposed what is common
    among those.
    """
    values = tuple(_value(value) for value in one.values[:VALUES])
    if sees_customers.get() and not seen_segment.get():
        return values
    is_group = len(values) <= COMMON and one.type in {"string", "boolean"}
    return common(found, one.name, values) if is_group else ()


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def line_of(found: StoredWalks, line: Line, text: str) -> Line:
    """Return a line of the list that says what its segment is, or why it cannot be told."""
    try:
        return replace(line, words=words_of(checked(found, text)))
    except CallerError as error:
        return replace(line, problem=str(error))
