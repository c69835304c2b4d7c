"""Which findings reach whom: by what they are about, and by the channels of the place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.insights.findings.model import Finding, Kind

BY_KIND: Final[dict[Kind, frozenset[str]]] = {
    "better way": frozenset({"marketing", "sales", "production", "technology"}),
    "worse way": frozenset({"sales", "service", "production", "technology"}),
    "wait": frozenset({"service", "production", "technology", "hr"}),
    "change of mind": frozenset({"sales", "service", "legal"}),
    "forecast": frozenset({"marketing", "finance", "production"}),
    "move": frozenset({"marketing", "sales", "finance", "service", "technology"}),
    "group": frozenset({"marketing", "sales", "legal", "hr"}),
}
"""Departments a kind of finding reaches, whatever the place."""

BY_CHANNEL: Final = {
    "phone": frozenset({"service", "hr"}),
    "chat": frozenset({"service"}),
    "ticket": frozenset({"service"}),
    "email": frozenset({"service", "marketing"}),
    "store": frozenset({"sales", "production"}),
    "web": frozenset({"technology", "marketing"}),
    "app": frozenset({"technology"}),
    "social": frozenset({"marketing"}),
    "survey": frozenset({"marketing", "service"}),
}
"""Departments a finding reaches besides, by the channels the place was designed for."""


def reaches(finding: Finding, department: str) -> bool:
    """Say whether a finding reaches a department; who has none is reached by all."""
    if not department:
        return True
    by_channel = (BY_CHANNEL.get(channel, frozenset[str]()) for channel in finding.channels)
    return department in BY_KIND[finding.kind].union(*by_channel)


def for_department(findings: Iterable[Finding], department: str) -> list[Finding]:
    """Return the findings that reach a department, in their order."""
    return [one for one in findings if reaches(one, department)]
