"""The question and the answer of ``lifecycle``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.methods.journeys.calendar import Span
from trodden.model.question import PATTERN, Answer, Question, Rate

StepText = Annotated[str, Meta(min_length=1, max_length=10_000)]


class LifecycleQuestion(Question, frozen=True, kw_only=True):
    """Who is new, comes back, comes back after a pause, or stays away, day by day, week by week.

    ``active`` is a touchpoint, a set ``[a|b]``, any other ``[^a]``, ``any``, or a pattern.
    """

    active: Annotated[StepText, PATTERN, Meta(description="What makes a unit active in a period.")] = "any"
    by: Annotated[Span, Meta(description="Periods: days, weeks or months by the workspace's clocks.")] = (
        "week"
    )
    limit: Annotated[int, Meta(ge=1, le=400, description="Periods shown, the newest.")] = 26


class LifecyclePeriod(msgspec.Struct, frozen=True):
    """One period: ``active = new + returning + resurrected``, and ``net = active - active before``.

    ``dormant`` were active in the period before and are not in this one; ``kept``: returning, of those active
    in the period before. In a period that is not ``complete`` the dormant may still come.
    """

    label: str
    starts_at: datetime
    active: int
    new: int
    returning: int
    resurrected: int
    dormant: int
    net: int
    kept: Rate
    complete: bool


class Lifecycle(Answer, frozen=True, kw_only=True):
    """Every period from the first with anybody active to the one ``as_of`` lies in, oldest first.

    ``hidden``: older periods beyond the limit. ``counted`` names the periods.
    """

    counted: str
    periods: tuple[LifecyclePeriod, ...]
    hidden: int
