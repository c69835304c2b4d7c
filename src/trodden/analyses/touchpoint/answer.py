"""The question and the answer of ``touchpoint``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.methods.journeys.calendar import Span
from trodden.model.question import Answer, Estimate, Question, Rate

Verdict = Literal["more often", "less often", "no clear difference", "too few to say"]


class TouchpointQuestion(Question, frozen=True, kw_only=True):
    """How one touchpoint is doing: how many come, how long they waited, how it went, for whom it differs."""

    touchpoint: Annotated[str, Meta(min_length=1, description="The touchpoint, by its name.")]
    by: Annotated[Span, Meta(description="Periods: days, weeks or months by the workspace's clocks.")] = (
        "week"
    )
    limit: Annotated[int, Meta(ge=1, le=400, description="Periods shown, the newest.")] = 26


class TouchpointPeriod(msgspec.Struct, frozen=True):
    """Events there in one period, and units with any of them; while not ``complete`` more may come."""

    label: str
    starts_at: datetime
    events: int
    units: int
    complete: bool


class OutcomeShare(msgspec.Struct, frozen=True):
    """Events there that ended so, of all events there."""

    outcome: str
    share: Rate


class Gaps(msgspec.Struct, frozen=True, kw_only=True):
    """Time between an event there and the step beside it in the same unit.

    ``none``: events without such a step. Of these, after the event, ``open`` ones are last in a unit that is
    still running. ``median`` and ``p90`` are over ``gaps`` of them.
    """

    gaps: int
    none: int
    open: int
    median: Estimate
    p90: Estimate


class Differing(msgspec.Struct, frozen=True, kw_only=True):
    """Events there with one value of a property: how often they failed, against all with another value.

    ``difference``: this less others, with Newcombe's interval; ``adjusted_p`` over all values tried
    (Benjamini-Hochberg). Under 10 events on a side are too few to say.
    """

    property: str
    value: str
    failed: Rate
    others: Rate
    difference: Estimate
    adjusted_p: float | None
    verdict: Verdict


class ScoreShare(msgspec.Struct, frozen=True):
    """Events there with one value of a numeric property."""

    value: float
    share: Rate


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """A numeric property of few values, as a score is, lowest value first.

    ``peaks``: values with a larger share than either neighbour. ``is_split``: of at least 30 events two peaks
    hold 15 % or more each, with a value between them that has at most half the smaller one's.
    """

    property: str
    values: tuple[ScoreShare, ...]
    peaks: tuple[float, ...]
    is_split: bool


class Touchpoint(Answer, frozen=True, kw_only=True):
    """Everything about the events at one touchpoint.

    ``units``: those selected with any event there. ``failed``: events that failed, were declined, abandoned
    or left unresolved, of those whose outcome is known. ``differs``: ``tried`` values, the largest
    differences first. ``hidden``: older periods beyond the limit.
    """

    touchpoint: str
    events: int
    units: Rate
    periods: tuple[TouchpointPeriod, ...]
    hidden: int
    outcomes: tuple[OutcomeShare, ...]
    failed: Rate
    before: Gaps
    after: Gaps
    differs: tuple[Differing, ...]
    tried: int
    scores: tuple[Scores, ...]
