"""One interaction: who, what, where, when, how it went."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

CHANNELS: Final = (
    "other",
    "web",
    "app",
    "store",
    "phone",
    "chat",
    "ticket",
    "email",
    "social",
    "survey",
    "interview",
    "server",
)
"""Kinds of touchpoint; the position is the code, so names are only ever appended (16 at most)."""

OUTCOMES: Final = ("unknown", "ok", "failed", "declined", "abandoned", "unresolved", "partial")
"""How an event went; the position is the code, so names are only ever appended (16 at most)."""

FAILING: Final = ("failed", "declined", "abandoned", "unresolved")
"""Outcomes that make a step a failing one (journeys, section 4)."""

CHANNEL_ALIASES: Final = {"voice": "phone", "call": "phone", "sms": "chat", "video": "chat", "mobile": "app"}
"""What importers call the same thing."""

SCHEMA_VERSION: Final = 1


class Identifier(msgspec.Struct, frozen=True):
    """One name a person goes by, as it arrived: never parsed, padded or trimmed."""

    kind: str
    value: str


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One interaction as it is stored; times are aware and UTC.

    ``seq`` comes from the source, never from arrival. The order of a walk is
    ``(occurred_at, seq, event_id)``; ``event_id`` is derived from source and message id.
    """

    source: str
    message_id: str
    seq: int = 0
    occurred_at: datetime
    received_at: datetime
    client_at: datetime | None = None
    sent_at: datetime | None = None
    time_quality: str = "given"
    ids: tuple[Identifier, ...]
    channel: str = "other"
    kind: str = "track"
    name: str = ""
    url: str = ""
    outcome: str = "unknown"
    duration_ms: int | None = None
    value_minor: int | None = None
    currency: str = ""
    text: str = ""
    properties: str = "{}"
    context: str = "{}"
    consent: int = 0
    flags: int = 0
    protocol: str = ""
