"""The two sides of a comparison: whom each holds, from when, and until when it is followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from trodden.analyses.compare.answer import CompareQuestion
from trodden.analyses.compare.figures import fields_of
from trodden.methods.journeys.periods import as_known, find_zone, microseconds, moment, parse_period
from trodden.methods.journeys.select import shared_fields
from trodden.model.durations import format_duration
from trodden.model.errors import QuestionError
from trodden.model.question import Period, Question
from trodden.model.words import keep
from trodden.questions import question_from
from trodden.registry import find

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from trodden.model.catalog import Catalog

CHANGE_OF_CLOCKS: Final = 3_600_000_000
"""Periods whose lengths differ by no more than so many microseconds are equally long."""

_SHOWN: Final = ("top", "limit")
_LEAST: Final = ("at_least", "min_count")
"""The fields that say how much of a list an answer tells."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Both questions, what to call them, how long they are followed past their periods, and what to note."""

    first: Question
    second: Question
    labels: tuple[str, str]
    followed: int | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    """A period: ``[start, end)`` in microseconds, cut at ``as_of``; from the first event on where None."""

    period: Period | None
    start: int | None
    end: int

    @property
    def length(self) -> float:
        return float("inf") if self.start is None else self.end - self.start


def sides_of(question: CompareQuestion, catalog: Catalog) -> Sides:
    """Return the two sides, equally long and followed equally long.

    Raises
    ------
    QuestionError
        There is no second side, the periods overlap, or one has not begun.
    """
    if find(question.analysis).question is CompareQuestion:
        raise QuestionError("A comparison cannot be compared.", hint="Name another analysis.")
    zone = find_zone(catalog.time_zone)
    now = microseconds(as_known(question.as_of, catalog.as_of, zone))
    segments = question.segment, _other_segment(question)
    if question.other_period is None:
        return _segments(question, segments, now)
    return _periods(question, segments, (zone, now))


def _other_segment(question: CompareQuestion) -> str | None:
    if question.other_segment or question.other_period or not question.segment:
        return question.other_segment or question.segment
    return f"not ({question.segment})"


def _segments(question: CompareQuestion, segments: tuple[str | None, str | None], now: int) -> Sides:
    """Return two segments of one period."""
    if segments == (None, None):
        raise QuestionError(
            "There is only one side: everybody would be compared with everybody.",
            hint="Give a segment, or other_period.",
        )
    first, second = (_side(question, segment, question.period, now) for segment in segments)
    others = "everybody else" if not question.other_segment else question.other_segment
    return Sides(first, second, (segments[0] or "everybody", others), None, ())


def _periods(
    question: CompareQuestion, segments: tuple[str | None, str | None], at: tuple[ZoneInfo, int]
) -> Sides:
    """Return two periods."""
    spans = tuple(_span(period, *at) for period in (question.period, question.other_period))
    _refuse_overlap(*spans)
    shortest = min(span.length for span in spans)
    notes = tuple(_note(span, shortest) for span in spans if _is_longer(span, shortest))
    cut = [_cut(span, int(shortest)) if _is_longer(span, shortest) else span for span in spans]
    followed = min(at[1] - span.end for span in spans)
    first, second = (
        _side(question, segment, span.period, span.end + followed)
        for segment, span in zip(segments, cut, strict=True)
    )
    named = segments if segments[0] != segments[1] else (None, None)
    labels = tuple(_label(span.period, segment) for span, segment in zip(spans, named, strict=True))
    return Sides(first, second, (labels[0], labels[1]), followed, notes)


def _span(period: Period | None, zone: ZoneInfo, now: int) -> _Span:
    start, end = parse_period(period, zone)
    if start is not None and start >= now:
        raise QuestionError(
            f"The period {_text(period)} has not begun: everything is told as of {moment(now).isoformat()}.",
            hint="Compare periods that have, or give a later as_of.",
        )
    return _Span(period, start, now if end is None else min(end, now))


def _refuse_overlap(first: _Span, second: _Span) -> None:
    begins = [float("-inf") if span.start is None else span.start for span in (first, second)]
    if begins[0] < second.end and begins[1] < first.end:
        raise QuestionError(
            f"The periods {_text(first.period)} and {_text(second.period)} overlap:"
            " who stands on both sides would be compared with themselves.",
            hint="Let one end where the other begins, or compare two segments of one period.",
        )


def _is_longer(span: _Span, shortest: float) -> bool:
    return span.length > shortest + CHANGE_OF_CLOCKS


def _cut(span: _Span, length: int) -> _Span:
    """Return the last part of a period."""
    start = span.end - length
    end = None if span.period is None else span.period.end
    return _Span(Period(moment(start).isoformat(), end), start, span.end)


def _note(span: _Span, shortest: float) -> str:
    length = format_duration(shortest / 1e6)
    return keep(
        "Of {text} only the last {length} are compared: the other side is no longer.",
        text=_text(span.period),
        length=length,
    )


def _side(question: CompareQuestion, segment: str | None, period: Period | None, as_of: int) -> Question:
    shared = {
        "map": question.map,
        "unit": question.unit,
        "where": question.where,
        "segment_at": question.segment_at,
    }
    own = {**question.fields, **shared, "segment": segment, "period": period, "as_of": moment(as_of)}
    asked = {name: value for name, value in own.items() if value is not None}
    return question_from(find(question.analysis).question, asked)


def _label(period: Period | None, segment: str | None) -> str:
    return _text(period) if segment is None else f"{_text(period)}, {segment}"


def _text(period: Period | None) -> str:
    return "all time" if period is None else f"{period.start or ''}..{period.end or ''}"


def both_of(sides: Sides) -> Question | None:
    """Return the question that counts who stands on both sides; None where two periods keep them apart."""
    if sides.followed is not None:
        return None
    segments = [side.segment for side in (sides.first, sides.second) if side.segment]
    both = " and ".join(f"({segment})" for segment in segments)
    fields: dict[str, Any] = {**shared_fields(sides.first), "segment": both}
    return find("overview").question(**fields)


def widest(question: Question) -> Question:
    """Return the question that tells as much of every list as can be asked for."""
    most = {field.name: _most(field.type) for field in fields_of(type(question)) if field.name in _SHOWN}
    least = {field.name: 1 for field in fields_of(type(question)) if field.name in _LEAST}
    return msgspec.structs.replace(
        question, **{name: value for name, value in most.items() if value is not None}, **least
    )


def _most(found: msgspec.inspect.Type) -> int | None:
    bare = found.type if isinstance(found, msgspec.inspect.Metadata) else found
    return bare.le if isinstance(bare, msgspec.inspect.IntType) else None
