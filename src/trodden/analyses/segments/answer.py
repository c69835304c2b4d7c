"""The question and the answer of ``segments``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from trodden.methods.journeys.calendar import Span
from trodden.model.question import SEGMENT, Answer, Question, Rate, nought_of

Show = Literal["sizes", "overlap", "history"]
MOST: Final = 8
Expression = Annotated[str, Meta(min_length=1, max_length=10_000)]


class SegmentsQuestion(Question, frozen=True, kw_only=True):
    """How large segments are, whom they share, and how they grew.

    ``segments`` are expressions, or ``@name`` of saved ones. The shared fields say among whom.
    """

    segments: Annotated[
        tuple[Expression, ...],
        SEGMENT,
        Meta(min_length=1, max_length=MOST, description="Segments: expressions, or @ and a saved one."),
    ]
    by: Annotated[Span, Meta(description="Their history is told at the end of each of these.")] = "month"
    periods: Annotated[int, Meta(ge=0, le=60, description="How many ends are told, the latest.")] = 12
    show: Annotated[
        Show, Meta(description="What is drawn: how large they are, whom they share, or their history.")
    ] = "sizes"


class Size(msgspec.Struct, frozen=True):
    """One segment, and the share of all units that are in it."""

    segment: str
    units: Annotated[Rate, nought_of("about.units")]


class Overlap(msgspec.Struct, frozen=True):
    """Units in exactly these segments and in none of the others; in no segment where ``inside`` is empty."""

    inside: tuple[str, ...]
    units: Annotated[Rate, nought_of("about.units")]


class Moment(msgspec.Struct, frozen=True):
    """As it was known at ``at``: how many units there were, and how many in each segment, in their order."""

    at: datetime
    units: int
    sizes: tuple[int, ...]


class Segments(Answer, frozen=True, kw_only=True):
    """Sizes in the order asked; overlaps of anybody, most first, which share out all units between them.

    ``history``: at the end of each period that was over, the oldest first, and now.
    """

    show: Show
    sizes: tuple[Size, ...]
    overlaps: tuple[Overlap, ...]
    history: tuple[Moment, ...]
