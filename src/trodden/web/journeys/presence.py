"""Who else has a draft open: remembered for a few minutes after the last sign of them, in memory alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.cache import cache

from trodden.web.workspaces import workspace_name

GONE_AFTER: Final = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who has the draft open, since when, and when there was the last sign of them."""

    name: str
    since: datetime
    seen: datetime


def seen(key: str, name: str) -> tuple[Present, ...]:
    """Take down that somebody has a draft open; return the others who have, who came first first."""
    now = datetime.now(UTC)
    place = f"editing:{workspace_name()}:{key}".encode().hex()[:240]
    known: dict[str, Present] = cache.get(place, {})
    there = {who: one for who, one in known.items() if now - one.seen < GONE_AFTER}
    since = there[name].since if name in there else now
    cache.set(place, {**there, name: Present(name, since, now)}, GONE_AFTER.total_seconds())
    return tuple(sorted((one for who, one in there.items() if who != name), key=lambda one: one.since))
