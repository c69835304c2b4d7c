"""The question and the answer of ``departures``."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.model.question import Answer, Estimate, Example, Question, Rate, nought_of


class DeparturesQuestion(Question, frozen=True, kw_only=True):
    """Where customers leave without their goal, and what becomes of them."""

    top: Annotated[int, Meta(ge=1, le=10_000, description="Steps shown; the rest are counted.")] = 20


class Elsewhere(msgspec.Struct, frozen=True):
    """Where those who walked on went first, of all who departed at the step."""

    touchpoint: str
    share: Annotated[Rate, nought_of("rows")]


class Detail(msgspec.Struct, frozen=True):
    """What the channel recorded at the departing event, where it did.

    ``known``: departures with a value. ``median`` of numbers (the smallest that half do not exceed); else
    ``most`` is the most frequent value, and how many had it.
    """

    name: str
    known: int
    median: float | None
    most: str
    most_count: int


class DepartureStep(msgspec.Struct, frozen=True):
    """Departures at one touchpoint.

    ``left``: departures here of the decided units that came by. ``gone``, ``elsewhere``, ``again``: of the
    departures. ``abandoned``: departures by an event that ends the journey as abandoned. ``pending``: units
    that stand here and may still leave. ``time``, ``time_p90_s``: from the first step to the departure.
    """

    touchpoint: str
    departures: int
    left: Rate
    gone: Rate
    elsewhere: Rate
    again: Rate
    abandoned: int
    pending: int
    time: Estimate
    time_p90_s: float | None
    to: tuple[Elsewhere, ...]
    details: tuple[Detail, ...]
    examples: tuple[Example, ...]


class Departures(Answer, frozen=True, kw_only=True):
    """Steps by departures, most first; ``hidden`` more are left out.

    ``departed``: departures of all decided units; ``gone``, ``elsewhere``, ``again``: of the departures.
    ``pending``: units not decided yet, in no share.
    """

    steps: tuple[DepartureStep, ...]
    hidden: int
    departed: Rate
    gone: Rate
    elsewhere: Rate
    again: Rate
    pending: int
