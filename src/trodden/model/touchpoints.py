"""Rules that say which touchpoint an event was at: edited by people, applied when walks are built."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Pattern = Annotated[str, Meta(min_length=1, max_length=500)]


class TouchpointRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Events for which every given test holds are at ``touchpoint``; patterns are RE2, unanchored.

    An empty test holds for every event. ``drop`` keeps the event out of walks (never out of events).
    """

    touchpoint: str = ""
    channel: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    name_pattern: Pattern | None = None
    url_pattern: Pattern | None = None
    kind: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = {}
    drop: bool = False


class Promoted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A property that gets a column of its own, with one type."""

    name: str
    type: Literal["string", "number", "boolean", "time"] = "string"


class TouchpointRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """First match wins; an event no rule matches is at the touchpoint named by ``otherwise``.

    ``otherwise`` is ``name`` (the event's own name, else the path of its URL) or ``drop``.
    ``promote`` is empty for automatic promotion, else the exact list.
    """

    rules: Annotated[tuple[TouchpointRule, ...], Meta(max_length=200)] = ()
    otherwise: Literal["name", "drop"] = "name"
    promote: Annotated[tuple[Promoted, ...], Meta(max_length=64)] = ()
