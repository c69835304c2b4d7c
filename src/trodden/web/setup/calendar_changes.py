"""Calendars changed, by pages and by programs: as somebody saw them, and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from trodden.model.errors import UnknownNameError
from trodden.store.calendars import delete_calendar, find_calendar, keep_calendar, restore_calendar
from trodden.store.folder import Workspace
from trodden.store.lock import PATIENCE_S
from trodden.web.audit.requests import logged

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.model.calendars import Calendar
    from trodden.store.calendars import Kept


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
