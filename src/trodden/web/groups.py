"""Whom a question sets apart: groups of customers it tells of, values of properties it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from trodden.analyses.compare.answer import CompareQuestion
from trodden.analyses.compare.sides import sides_of
from trodden.analyses.overview.answer import OverviewQuestion
from trodden.analyses.segments.answer import MOST, SegmentsQuestion
from trodden.methods.journeys.flow import steps_in_order
from trodden.methods.journeys.segments import Compare, Every, Not, Some, parse_segment
from trodden.methods.journeys.segments_codes import unseen_values
from trodden.methods.journeys.segments_did import Deviated
from trodden.methods.journeys.segments_write import write_leaf
from trodden.methods.journeys.select import shared_fields
from trodden.methods.journeys.select_names import find_map
from trodden.questions import fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from trodden.methods.journeys.segments import Condition
    from trodden.model.catalog import Catalog
    from trodden.model.question import Question

_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def asked_of(question: Question, catalog: Catalog) -> tuple[Question, ...]:
    """Return the questions that are answered one by one: both sides of a comparison, or the question itself.

    Raises
    ------
    QuestionError
        There are not two sides.
    """
    if not isinstance(question, CompareQuestion):
        return (question,)
    sides = sides_of(question, catalog)
    return sides.first, sides.second


def groups_of(question: Question) -> Iterator[OverviewQuestion]:
    """Yield what counts each group a question tells of; nothing where it is about everybody."""
    if any((question.segment, question.where, question.period, question.as_of)):
        yield OverviewQuestion(**shared_fields(question))
    for text in _parting(question):
        for part in (f"({text})", f"not ({text})"):
            within = f"({question.segment}) and {part}" if question.segment else part
            fields: dict[str, Any] = {**shared_fields(question), "segment": within}
            yield OverviewQuestion(**fields)


def values_in(question: Question, catalog: Catalog) -> Iterator[SegmentsQuestion]:
    """Yield what counts who has each value that is named, and who is on each side of each limit.

    Steps of maps name values, too. What saved segments say is not looked into: who saved them was asked of
    every value then.
    """
    conditions = (parse_segment(text, catalog.segments) for text in texts_of(question))
    leaves = [leaf for condition in conditions for leaf in _typed(condition, catalog)]
    leaves += _tests_of(question.map, catalog) if question.map else ()
    texts = dict.fromkeys(write_leaf(part) for leaf in leaves for part in _parts(leaf))
    yield from sizes_of(tuple(texts), question.as_of)


def sizes_of(texts: tuple[str, ...], as_of: datetime | None = None) -> Iterator[SegmentsQuestion]:
    """Yield what counts the customers of each segment, however many there are."""
    for first in range(0, len(texts), MOST):
        yield SegmentsQuestion(segments=texts[first : first + MOST], periods=0, as_of=as_of)


def texts_of(question: Question) -> tuple[str, ...]:
    """Return every segment a question names."""
    several = question.segments if isinstance(question, SegmentsQuestion) else ()
    return tuple(filter(None, (question.segment, *_parting(question), *several)))


def unseen_notes(question: Question, catalog: Catalog) -> frozenset[str]:
    """Return what answers note of values that nobody has, in saved segments, too."""
    conditions = (parse_segment(text, catalog.segments) for text in texts_of(question))
    return frozenset(note for one in conditions for note in unseen_values(one, catalog.dictionaries))


def _parting(question: Question) -> Iterator[str]:
    """Yield the segments, beside the one that narrows it, that part a question's customers in two."""
    for field in fields_of(type(question)):
        if field.names == "segment" and field.name != "segment":
            text = getattr(question, field.name)
            yield from (text,) if isinstance(text, str) else ()


def _typed(condition: Condition, catalog: Catalog) -> Iterator[Compare]:
    """Yield the tests of values an expression itself makes, and those of the maps it is about."""
    if isinstance(condition, Not):
        yield from _typed(condition.condition, catalog)
    elif isinstance(condition, Every | Some):
        for part in condition.conditions:
            yield from _typed(part, catalog)
    elif isinstance(condition, Deviated):
        yield from _tests_of(condition.map, catalog)
    elif isinstance(condition, Compare):
        yield condition


def _tests_of(name: str, catalog: Catalog) -> Iterator[Compare]:
    for step in steps_in_order(find_map(catalog.maps, name)):
        yield from (Compare(where, "=", values) for where, values in step.where.items())


def _parts(leaf: Compare) -> Iterator[Compare]:
    if leaf.operator in _OPPOSITE:
        yield from (leaf, replace(leaf, operator=_OPPOSITE[leaf.operator]))
    else:
        yield from (replace(leaf, operator="=", values=(value,)) for value in leaf.values)
