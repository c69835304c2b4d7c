"""Marks put on a chart whose axis is time, on the way to a page, a file or a mail: analyses know none."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from msgspec.structs import replace

from trodden.charts import Chart, Lines, TimeMark
from trodden.charts.formats import format_time
from trodden.web.addresses import MARKS
from trodden.web.marks.keeping import marks
from trodden.web.marks.models import KINDS, Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

C = TypeVar("C", bound=Chart)

MOST: Final = len(ascii_uppercase)
"""Marks on one chart: the last ones of its time; each has a letter."""

_are_shown: ContextVar[bool] = ContextVar("marks_are_shown", default=True)


class Toggled:
    """Leave the marks away while an address is answered that says ``marks=off``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        token = _are_shown.set(request.GET.get(MARKS) != "off")
        try:
            return self.get_response(request)
        finally:
            _are_shown.reset(token)


@contextmanager
def showing_marks(are_shown: bool) -> Generator[None]:  # noqa: FBT001 - it says all there is to say
    """Draw charts in this block with marks only where they are shown: people outside see none."""
    token = _are_shown.set(are_shown)
    try:
        yield
    finally:
        _are_shown.reset(token)


def carried() -> dict[str, str]:
    """Return what an address made here says about marks."""
    return {} if _are_shown.get() else {MARKS: "off"}


def marked(chart: C) -> C:
    """Return a chart with the marks of its time; one without an axis of time as it is."""
    if not isinstance(chart, Lines) or chart.x_kind != "time" or not _are_shown.get():
        return chart
    ends = chart.ends
    if ends is None:
        return chart
    kept = list(_between(*ends))[-MOST:]
    drawn = tuple(map(_drawn, ascii_uppercase, kept))
    notes = tuple(
        f"{mark.sign}: {_said(one, chart.time_zone)}" for mark, one in zip(drawn, kept, strict=True)
    )
    changes: dict[str, Any] = {"marks": drawn, "notes": (*chart.notes, *notes)}
    return replace(chart, **changes)


def _between(first: float, last: float) -> Iterable[Mark]:
    """Return the marks that touch a stretch of time, in the order they began."""
    begin, end = (datetime.fromtimestamp(at).astimezone() for at in (first, last))
    held = marks().annotate(until=Coalesce(F("ends_at"), F("begins_at")))
    return held.filter(Q(begins_at__lte=end) & Q(until__gte=begin)).order_by("begins_at", "name")


def _drawn(sign: str, one: Mark) -> TimeMark:
    ends = one.ends_at.timestamp() if one.ends_at else None
    label = f"{KINDS.get(one.kind, one.kind)} {one.name}"
    return TimeMark(sign=sign, label=label, start=one.begins_at.timestamp(), end=ends)


def _said(one: Mark, zone: str) -> str:
    begins = format_time(one.begins_at, zone)
    span = (
        _("{first} until {last}").format(first=begins, last=format_time(one.ends_at, zone))
        if one.ends_at
        else begins
    )
    where = f" ({', '.join(one.at)})" if one.at else ""
    return f"{KINDS.get(one.kind, one.kind)} “{one.name}”, {span}{where}"
