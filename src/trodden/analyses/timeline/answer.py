"""The question and the answer of ``timeline``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.model.question import Answer, Question


class TimelineQuestion(Question, frozen=True, kw_only=True):
    """Everything one customer did, in order, over all channels.

    With a map and journeys as units, only the steps of that map's journeys, one episode each.
    """

    customer: Annotated[str, Meta(min_length=1, description="The customer, as the identifier arrived.")]
    gap: Annotated[timedelta, Meta(description="A longer silence starts a new episode.")] = timedelta(
        hours=12
    )
    limit: Annotated[int, Meta(ge=1, le=10_000, description="Events shown, the latest ones.")] = 500


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One event, with all that was recorded of it; ``properties`` is JSON as it was stored.

    ``tie`` tells that its order against the event before is not known from the times.
    """

    occurred_at: datetime
    touchpoint: str
    channel: str
    outcome: str
    name: str
    url: str
    text: str
    duration_ms: int | None
    value_minor: int | None
    currency: str
    properties: str
    source: str
    event_id: str
    tie: bool


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """Events without a long silence between; ``silence_s`` is the time since the spell before, or 0."""

    silence_s: float
    events: tuple[Moment, ...]


class TimelineAnswer(Answer, frozen=True, kw_only=True):
    """Spells from the earliest to the latest; ``hidden`` earlier events are left out."""

    customer: str
    spells: tuple[Spell, ...]
    hidden: int
