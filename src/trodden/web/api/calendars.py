"""Calendars by program: kept, changed by who has seen them as they stand, put aside; how long they are open.

Hours are said as in the files calendars are kept in.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import msgspec
from django.utils import timezone
from msgspec import Meta

from trodden.collect.importers.ical import LARGEST, closed_on
from trodden.methods.journeys.hours import due_after, moment_by, open_between
from trodden.model.durations import parse_duration
from trodden.model.errors import QuestionError
from trodden.store.calendars import (
    SaidHours,
    calendar_of,
    deleted_calendars,
    hours_said,
    load_calendars,
)
from trodden.store.named import ChangedError
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.home import or_404, workspace_here
from trodden.web.setup.calendar_changes import calendar_here, changed, deleted, made, restored

if TYPE_CHECKING:
    from trodden.store.calendars import Kept
    from trodden.store.folder import Workspace

Text = Annotated[str, Meta(max_length=100)]


class CalendarTold(msgspec.Struct, frozen=True):
    """A calendar: its hours since ever, then those that hold from a day on."""

    name: str
    hours: tuple[SaidHours, ...]


class CalendarGone(CalendarTold, frozen=True):
    """A calendar that was put aside, and the name it is kept under."""

    aside: str


class CalendarGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar to keep, all of its hours."""

    name: Annotated[str, Meta(max_length=60)]
    hours: Annotated[tuple[SaidHours, ...], Meta(max_length=100)]


class FileGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The text of a calendar file (.ics)."""

    text: Annotated[str, Meta(max_length=LARGEST)]


class FileTaken(msgspec.Struct, frozen=True):
    """How many exceptions were new, and how many entries of the file were left out."""

    added: int
    left_out: int


class Between(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when to when: ``2026-11-20T16:30``, by the clocks of the calendar where no zone is said."""

    start: Text
    end: Text


class OpenTold(msgspec.Struct, frozen=True):
    """How many seconds a calendar is open from a moment to another."""

    start: datetime
    end: datetime
    open_s: float


class Waiting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Since when, and how much opening time is to pass: ``4h``, ``90min``, ``PT4H``."""

    start: Text
    wait: Text


class DueTold(msgspec.Struct, frozen=True):
    """When so much opening time has passed."""

    start: datetime
    due_at: datetime


def calendars(call: Call) -> Page[CalendarTold]:
    """List the calendars that can be read, by name."""
    return page_of([(name, _told(one)) for name, one in load_calendars(_here()).items()], call.query)


def one_calendar(call: Call) -> CalendarTold:
    """Return a calendar."""
    return _told(_kept(call))


def add(call: Call) -> CalendarTold:
    """Keep a calendar under a name that is free."""
    given: CalendarGiven = call.body
    return _told(made(call.request, _here(), calendar_of(given.name, given.hours)))


def change(call: Call) -> CalendarTold:
    """Keep the next state of a calendar, perhaps under another name."""
    given: CalendarGiven = call.body
    return _told(changed(call.request, _here(), calendar_of(given.name, given.hours), _seen(call)))


def delete(call: Call) -> CalendarGone:
    """Put a calendar aside, and return it; by ``aside`` it is brought back."""
    seen = _seen(call)
    return _gone(seen, deleted(call.request, _here(), seen))


def gone(call: Call) -> Page[CalendarGone]:
    """List the calendars that were put aside and can be brought back."""
    listed = deleted_calendars(_here()).items()
    return page_of([(aside, _gone(one, aside)) for aside, one in listed], call.query)


def restore(call: Call) -> CalendarTold:
    """Bring a calendar back that was put aside, by the name it was kept under."""
    return _told(restored(call.request, _here(), call.path["aside"]))


def take_in(call: Call) -> FileTaken:
    """Close a calendar on the whole days that a calendar file (.ics) names."""
    seen, given = _seen(call), call.body
    taken = closed_on(seen.calendar.schedules, given.text.encode(), timezone.now().date())
    after = msgspec.structs.replace(seen.calendar, schedules=taken.schedules)
    changed(call.request, _here(), after, seen, ": take")
    return FileTaken(taken.added, taken.left_out)


def opening(call: Call) -> OpenTold:
    """Say how long a calendar is open from one moment to another."""
    found, asked = _kept(call).calendar, call.query
    start, end = moment_by(found, asked.start), moment_by(found, asked.end)
    length = open_between(found, start, end).total_seconds()
    zone = ZoneInfo(found.now.time_zone)
    return OpenTold(start.astimezone(zone), end.astimezone(zone), length)


def due(call: Call) -> DueTold:
    """Say when so much opening time has passed since a moment."""
    found, asked = _kept(call).calendar, call.query
    try:
        wait = parse_duration(asked.wait)
    except ValueError as error:
        raise QuestionError(f"wait: {error}.") from error
    start = moment_by(found, asked.start)
    zone = ZoneInfo(found.now.time_zone)
    return DueTold(start.astimezone(zone), due_after(found, start, wait).astimezone(zone))


def _here() -> Workspace:
    return or_404(workspace_here())


def _kept(call: Call) -> Kept:
    return calendar_here(_here(), call.path["name"])


def _seen(call: Call) -> Kept:
    """Return what is kept, which is what the caller has seen."""
    kept = _kept(call)
    if _told(kept) != call.seen:
        raise ChangedError(
            f"Somebody changed {kept.name} meanwhile.", hint="Read it again, and decide again."
        )
    return kept


def _told(one: Kept) -> CalendarTold:
    return CalendarTold(one.name, hours_said(one.calendar))


def _gone(one: Kept, aside: str) -> CalendarGone:
    return CalendarGone(one.name, hours_said(one.calendar), aside)


RESOURCES = (
    Resource(
        "api-calendars",
        "calendars",
        {
            "GET": Operation(calendars, Page[CalendarTold], query=Paging),
            "POST": Operation(
                add, CalendarTold, body=CalendarGiven, status=HTTPStatus.CREATED, is_change=True
            ),
        },
    ),
    Resource(
        "api-calendars-gone",
        "calendars/gone",
        {"GET": Operation(gone, Page[CalendarGone], query=Paging)},
    ),
    Resource(
        "api-calendar-restore",
        "calendars/gone/<str:aside>/restore",
        {"POST": Operation(restore, CalendarTold, is_change=True)},
    ),
    Resource(
        "api-calendar",
        "calendars/of/<str:name>",
        {
            "GET": Operation(one_calendar, CalendarTold),
            "POST": Operation(
                change, CalendarTold, body=CalendarGiven, is_change=True, state_of=one_calendar
            ),
            "DELETE": Operation(delete, CalendarGone, is_change=True, state_of=one_calendar),
        },
    ),
    Resource(
        "api-calendar-file",
        "calendars/of/<str:name>/file",
        {"POST": Operation(take_in, FileTaken, body=FileGiven, is_change=True, state_of=one_calendar)},
    ),
    Resource(
        "api-calendar-open",
        "calendars/of/<str:name>/open",
        {"GET": Operation(opening, OpenTold, query=Between)},
    ),
    Resource(
        "api-calendar-due",
        "calendars/of/<str:name>/due",
        {"GET": Operation(due, DueTold, query=Waiting)},
    ),
)
