"""Periods to choose from: the usual ones as of now, and the one before or after the one asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from trodden.web.pages import File

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

Span = tuple[date, date]
"""From, and until: the first day that is no longer part of it."""


@dataclass(frozen=True, slots=True)
class Usual:
    """A usual period, by the name it is kept under: ``last-28`` is another span each day."""

    key: str
    label: str
    span: Span


def usual(as_of: datetime, zone: str) -> tuple[Usual, ...]:
    """Return the usual periods as they lie now."""
    today = as_of.astimezone(ZoneInfo(zone)).date()
    end, month = today + timedelta(days=1), today.replace(day=1)
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    return (
        Usual("last-7", _("last 7 days"), (end - timedelta(days=7), end)),
        Usual("last-28", _("last 28 days"), (end - timedelta(days=28), end)),
        Usual("last-90", _("last 90 days"), (end - timedelta(days=90), end)),
        Usual("this-month", _("this month"), (month, moved(month, 1))),
        Usual("last-month", _("last month"), (moved(month, -1), month)),
        Usual("this-quarter", _("this quarter"), (quarter, moved(quarter, 3))),
        Usual("this-year", _("this year"), (date(today.year, 1, 1), date(today.year + 1, 1, 1))),
    )


def presets(as_of: datetime, zone: str, address: Callable[[str], str]) -> tuple[File, ...]:
    """Return the usual periods as links; ``address`` makes one of the text of a period."""
    links = (File(one.label, address(text_of(one.span))) for one in usual(as_of, zone))
    return (*links, File(_("all"), address("")))


def text_of(span: Span) -> str:
    """Write a period as questions hold it."""
    return f"{span[0].isoformat()}..{span[1].isoformat()}"


def span_of(text: str) -> Span | None:
    """Read a period of whole days with both ends; None where it is none."""
    start, _dots, end = text.partition("..")
    try:
        found = date.fromisoformat(start.strip()), date.fromisoformat(end.strip())
    except ValueError:
        return None
    return found if found[0] < found[1] else None


def neighbour(text: str, step: int) -> str:
    """Return the period before (-1) or after (1), as long; whole months move by months. Empty for none.

    Examples
    --------
    >>> neighbour("2026-02-01..2026-03-01", -1), neighbour("2026-03-02..2026-03-09", 1)
    ('2026-01-01..2026-02-01', '2026-03-09..2026-03-16')
    """
    span = span_of(text)
    if span is None:
        return ""
    start, end = span
    try:
        if start.day == end.day == 1:
            months = 12 * (end.year - start.year) + end.month - start.month
            return text_of((moved(start, step * months), moved(end, step * months)))
        length = step * (end - start)
        return text_of((start + length, end + length))
    except (ValueError, OverflowError):
        return ""


def moved(day: date, months: int) -> date:
    """Return the first of a month so many months later."""
    number = 12 * day.year + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
