"""The question and the answer of ``timeline``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.model.question import Answer, Question


class TimelineQuestion(Question, frozen=True, kw_only=True):
    """Everything one customer did, in order, over all channels.

    With a map and journeys as units, only events that are steps of that map's journeys; a journey is not an
    episode: episodes are cut by ``gap`` alone.
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
    """Events without a long silence between; ``silence_s`` is the time since the episode before.

    It is 0 for the first episode of all, and where the earlier events of the episode are not shown.
    """

    silence_s: float
    events: tuple[Moment, ...]


class ChannelEvents(msgspec.Struct, frozen=True):
    """Events of the customer on one channel."""

    channel: str
    events: int


class TimelineAnswer(Answer, frozen=True, kw_only=True):
    """Spells from the earliest to the latest; ``hidden`` earlier events are left out of them.

    All else is told of **all** events, those left out included: ``events`` (each once), the times of the
    first and the last, ``channels`` with the most events first, ``episodes``, ``failures`` (events that
    failed, were declined, abandoned or left unresolved) and ``longest_silence_s``, the longest silence
    between two episodes (0 where there are not two).
    """

    customer: str
    first_at: datetime | None
    last_at: datetime | None
    events: int
    channels: tuple[ChannelEvents, ...]
    episodes: int
    failures: int
    longest_silence_s: float
    spells: tuple[Spell, ...]
    hidden: int
