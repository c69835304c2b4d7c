"""The question and the answer of ``overview``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trodden.model.question import Answer, Estimate, Mean, Question, Rate, nought_of


class OverviewQuestion(Question, frozen=True, kw_only=True):
    """How much was recorded, of whom, where and when."""

    by: Annotated[Literal["day", "week", "month"], Meta(description="Periods the starts are counted by.")] = (
        "week"
    )
    top: Annotated[int, Meta(ge=1, le=10_000, description="Touchpoints shown; the rest are counted.")] = 20


class TouchpointCount(msgspec.Struct, frozen=True):
    """One touchpoint: events there, customers who were there, and the share of units that touched it."""

    touchpoint: str
    events: int
    customers: int
    units: Annotated[Rate, nought_of("about.units")]


class NamedCount(msgspec.Struct, frozen=True):
    """Events by channel or outcome."""

    name: str
    events: int


class Starts(msgspec.Struct, frozen=True):
    """Units that started in the period that begins on ``start``, a local date of the workspace's zone."""

    start: date
    units: int


class Overview(Answer, frozen=True, kw_only=True):
    """Totals of the units selected; ``touchpoints`` by events, most first, without the ``hidden`` rest.

    ``steps`` is the mean number of steps of a unit, ``duration`` the median time from its first step to
    its last; both with intervals.
    """

    first_at: datetime | None
    last_at: datetime | None
    touchpoints: tuple[TouchpointCount, ...]
    hidden: int
    channels: tuple[NamedCount, ...]
    outcomes: tuple[NamedCount, ...]
    starts: tuple[Starts, ...]
    by: str
    steps: Mean
    duration: Estimate
    duration_p90_s: float | None
