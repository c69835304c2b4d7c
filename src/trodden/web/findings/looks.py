"""What somebody saw when they looked last, so that Home can say what is new."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from django.db import OperationalError
from django.utils import timezone

from trodden.web.findings.models import Look
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from trodden.insights.findings.model import Findings

log = logging.getLogger("trodden.web")

VISIT: Final = timedelta(minutes=30)
"""Who comes back later than that looks anew; until then news stays news."""


class Seen(msgspec.Struct, frozen=True):
    """What there was to see: events, and findings by key with their sentences."""

    at: datetime
    events: int
    findings: dict[str, str]


def seen_now(found: Findings | None, events: int) -> Seen:
    """Return what there is to see."""
    findings = {one.key: one.sentence for one in found.findings} if found else {}
    return Seen(timezone.now(), events, findings)


def look(who: str, now: Seen) -> Seen | None:
    """Note that somebody looks, and return what they saw when they were here before; None the first time.

    Where records cannot be written, on a full disk for example, nothing is new: Home is read all the same.
    """
    try:
        return _noted(who, now)
    except OperationalError as error:
        log.warning("look.unnoted error=%s", type(error).__name__)
        return None


def _noted(who: str, now: Seen) -> Seen | None:
    here = workspace_name()
    written = msgspec.json.encode(now).decode()
    found, is_first = Look.here.get_or_create(
        workspace=here, who=who, defaults={"at": now.at, "seen": written}
    )
    if is_first:
        return None
    before = found.before
    if now.at - found.at > VISIT:
        before = found.seen
    Look.here.filter(pk=found.pk).update(at=now.at, seen=written, before=before)
    return msgspec.json.decode(before, type=Seen) if before else None
