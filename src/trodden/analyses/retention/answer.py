"""The question and the answer of ``retention``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.methods.journeys.calendar import Span
from trodden.methods.stats.survival import Survival
from trodden.model.question import PATTERN, Answer, Question, Rate

Counting = Literal["on", "on or after"]
Show = Literal["cohorts", "still active"]
StepText = Annotated[str, Meta(min_length=1, max_length=10_000)]


class RetentionQuestion(Question, frozen=True, kw_only=True):
    """Who starts with what, who comes back to what, and in which periods.

    ``start`` and ``returns`` are a touchpoint, a set ``[a|b]``, any other ``[^a]``, ``any``, or a pattern.
    """

    start: Annotated[
        StepText, PATTERN, Meta(description="What starts to follow a unit: its first such step.")
    ] = "any"
    returns: Annotated[
        StepText, PATTERN, Meta(description="What counts as coming back, behind the start.")
    ] = "any"
    by: Annotated[Span, Meta(description="Cohorts are units that start in the same day, week or month.")] = (
        "week"
    )
    rolling: Annotated[
        Annotated[int, Meta(ge=1, le=366)] | None,
        Meta(description="Periods of so many times 24 hours from each start, not by the calendar."),
    ] = None
    counting: Annotated[
        Counting, Meta(description="Returned on the period itself, or on it or in any later one.")
    ] = "on"
    periods: Annotated[int, Meta(ge=1, le=366, description="Periods told after the first.")] = 12
    limit: Annotated[int, Meta(ge=1, le=400, description="Cohorts shown, the newest.")] = 24
    silence: Annotated[
        timedelta | None,
        Meta(description="No longer active after so long without a return; by default as units are over."),
    ] = None
    show: Annotated[
        Show, Meta(description="What is drawn: the cohorts, or the curve of those still active.")
    ] = "cohorts"


class Cell(msgspec.Struct, frozen=True):
    """How many of a cohort returned in a period; not ``complete`` while that period is not over for all."""

    label: str
    period: int
    returned: Rate
    complete: bool


class Cohort(msgspec.Struct, frozen=True):
    """Units that started in the same period: its name, its first moment, and their returns by period."""

    label: str
    starts_at: datetime
    units: int
    cells: tuple[Cell, ...]


class Pooled(msgspec.Struct, frozen=True):
    """One period of all ``cohorts`` for which it is complete, together."""

    label: str
    period: int
    cohorts: int
    returned: Rate


class Retention(Answer, frozen=True, kw_only=True):
    """Cohorts, oldest first, and the periods behind their starts.

    ``started``: units with a start, of all selected. ``pooled`` rests on all cohorts, those ``hidden`` beyond
    the limit included. ``still_active``: a Kaplan-Meier curve of the time until the first silence longer than
    ``silence_s``, thinned to 128 points. ``counted`` names the periods.
    """

    show: Show
    counting: Counting
    counted: str
    started: Rate
    cohorts: tuple[Cohort, ...]
    hidden: int
    pooled: tuple[Pooled, ...]
    silence_s: float
    still_active: Survival
