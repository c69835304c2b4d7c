"""What a finding is ranked by: journeys it touches in a month, cautious effect, certainty, value, novelty."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.insights.findings.model import Finding, Findings
from trodden.model.words import keep

if TYPE_CHECKING:
    from collections.abc import Iterable

MONTH_DAYS: Final = 30.0
NEW_FOR: Final = timedelta(days=30)
NEW: Final = 1.5
"""What was first found in the last month, or moved in the last period, weighs half as much again."""

FORMULA: Final = keep(
    "Journeys at stake in 30 days (on a worse way, or not yet on a better one), times the effect at the"
    " cautious end of its interval (a quarter of the part of time, where time alone differs), times certainty"
    " (1 where adjusted, 0.5 where only described), times value (1 where needs are met or missed; 0.5 for"
    " groups that differ; 0.25 for waits longer than planned and for another branch than planned), times"
    " novelty (1.5 where first found in the last 30 days, or moved)."
)
"""The formula in words, for pages and files."""


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings by their score, largest first; where equal, by key."""
    return tuple(sorted(findings, key=lambda one: (-one.rank.score, one.key)))


def per_month(finding: Finding, days: float) -> Finding:
    """Return a finding ranked by what it touches in 30 days, having counted so many days of it."""
    a_month = finding.rank.a_month / max(days, 1.0) * MONTH_DAYS
    return msgspec.structs.replace(finding, rank=msgspec.structs.replace(finding.rank, a_month=a_month))


def dated(finding: Finding, as_of: datetime, before: Findings | None) -> Finding:
    """Return a finding with the time it was first found, and ranked by how new it is.

    In the first search everything is equally new, so nothing is.
    """
    known = before.find(finding.key) if before else None
    since = known.since if known and known.since else as_of
    is_new = finding.kind == "move" or (before is not None and as_of - since < NEW_FOR)
    rank = msgspec.structs.replace(finding.rank, novelty=NEW if is_new else 1.0)
    return msgspec.structs.replace(finding, since=since, rank=rank)
