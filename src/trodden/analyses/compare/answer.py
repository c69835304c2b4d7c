"""The question and the answer of ``compare``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from trodden.model.question import SEGMENT, Answer, Estimate, Period, Question


class CompareQuestion(Question, frozen=True, kw_only=True):
    """Ask one analysis of two sides and give the differences.

    The shared fields describe the first side. The second side is the same but for ``other_period`` or
    ``other_segment``; where a segment is given and neither of them, it is everybody else.
    """

    analysis: Annotated[str, Meta(description="Name of the analysis to ask of both sides.")]
    fields: Annotated[dict[str, Any], Meta(description="That analysis's own fields, as JSON.")] = (
        msgspec.field(default_factory=dict[str, Any])
    )
    other_period: Annotated[Period | None, Meta(description="Period of the second side.")] = None
    other_segment: Annotated[str | None, SEGMENT, Meta(description="Segment of the second side.")] = None


class Side(msgspec.Struct, frozen=True):
    """One side: whom it holds, and until when it was followed."""

    label: str
    units: int
    customers: int
    as_of: datetime


class Difference(msgspec.Struct, frozen=True):
    """The first side less the second, for one figure both answers hold.

    ``adjusted_p`` is corrected over all figures compared (Benjamini-Hochberg); ``verdict`` is
    ``higher``, ``lower``, ``no clear difference`` or ``too few to say`` (fewer than 10 on a side).
    """

    name: str
    unit: str
    first: Estimate
    second: Estimate
    difference: Estimate
    adjusted_p: float | None
    verdict: str


class Compared(Answer, frozen=True, kw_only=True):
    """Two sides followed for the same length, ``followed_s`` seconds past the end of their period.

    ``differences`` hold every share and estimate that stands in both answers, in their order.
    """

    question: str
    first: Side
    second: Side
    followed_s: float | None
    differences: tuple[Difference, ...]
