"""Calendars changed, by pages and by programs: as somebody saw them, and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
from django.http import Http404
from django.utils import timezone

from trodden.collect.importers.ical import read_days_off
from trodden.model.errors import UnknownNameError
from trodden.store.calendars import delete_calendar, find_calendar, keep_calendar, restore_calendar
from trodden.store.folder import Workspace
from trodden.store.lock import PATIENCE_S
from trodden.web.audit.requests import logged

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.model.calendars import Calendar, Schedule, Special
    from trodden.store.calendars import Kept


class Taken(NamedTuple):
    """Hours with the days off of a file: how many exceptions were new, and how many entries were left out."""

    schedules: tuple[Schedule, ...]
    added: int
    left_out: int


def calendar_here(found: Workspace, name: str) -> Kept:
    """Return the calendar of a name.

    Raises
    ------
    Http404
        There is none.
    """
    try:
        return find_calendar(found, name)
    except UnknownNameError as error:
        raise Http404(error.message) from error


def made(request: HttpRequest, found: Workspace, calendar: Calendar) -> Kept:
    """Keep a calendar under a name that is free."""
    with logged(request, "calendar.add", calendar.name):
        return keep_calendar(found, calendar)


def changed(request: HttpRequest, found: Workspace, after: Calendar, seen: Kept, how: str = "") -> Kept:
    """Keep the next state of a calendar, made from the one that was seen; ``how`` goes on in the log.

    Raises
    ------
    ChangedError
        Somebody changed it meanwhile.
    """
    with logged(request, "calendar.change", f"{after.name}{how}"):
        return keep_calendar(found, after, seen)


def with_specials(schedules: tuple[Schedule, ...], specials: tuple[Special, ...]) -> tuple[Schedule, ...]:
    """Return hours of which the latest have these exceptions."""
    now = msgspec.structs.replace(schedules[-1], specials=tuple(sorted(set(specials))))
    return (*schedules[:-1], now)


def closed_on(schedules: tuple[Schedule, ...], data: bytes) -> Taken:
    """Close the latest hours on the whole days that a calendar file (.ics) names."""
    read = read_days_off(data, timezone.now().date())
    before = schedules[-1].specials
    after = with_specials(schedules, (*before, *read.days))
    return Taken(after, len(after[-1].specials) - len(before), read.left_out)


def deleted(request: HttpRequest, found: Workspace, seen: Kept) -> str:
    """Put a calendar aside as it was seen; return the name that brings it back.

    Raises
    ------
    ChangedError
        Somebody changed it meanwhile.
    """
    with logged(request, "calendar.delete", seen.name):
        return delete_calendar(found, seen)


def restored(request: HttpRequest, found: Workspace, aside: str) -> Kept:
    """Bring a calendar back that was put aside.

    Raises
    ------
    CallerError
        Another one has its name by now.
    Http404
        There is none.
    """
    try:
        with logged(request, "calendar.restore", aside.partition(".yaml")[0]):
            return restore_calendar(found, aside)
    except UnknownNameError as error:
        raise Http404(error.message) from error


def weeks_begin(request: HttpRequest, found: Workspace, day: str) -> None:
    """Settle on which day weeks begin."""
    with found.lock(PATIENCE_S), logged(request, "workspace.change", f"weeks from {day[:20]}"):
        Workspace.open(found.home, found.name).with_weeks_from(day)
