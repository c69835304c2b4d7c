"""Calendars: the list, one of them, its hours, its exceptions, away and back."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from trodden.collect.importers.ical import LARGEST, closed_on
from trodden.model.calendars import Calendar, with_hours, with_specials
from trodden.model.errors import CallerError, DataError, UnknownNameError
from trodden.store.calendars import deleted_calendars, find_calendar, load_calendars
from trodden.store.named import ChangedError
from trodden.web.addresses import number_in, with_query
from trodden.web.home import or_404, workspace_here
from trodden.web.pages import Crumb, show
from trodden.web.setup.calendar_changes import (
    calendar_here,
    changed,
    deleted,
    made,
    restored,
    weeks_begin,
)
from trodden.web.setup.calendar_form import (
    Draft,
    day_given,
    draft_given,
    draft_of,
    like_monday,
    schedule_of,
    special_given,
    starter,
)
from trodden.web.setup.calendar_pages import (
    CalendarPage,
    CalendarsPage,
    DayOff,
    Deleted,
    address_of,
    day_off,
    earlier_of,
    form_page,
    line_of,
    none_yet,
    week_choices,
    week_of,
)
from trodden.web.setup.pages import settings_crumbs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from trodden.model.calendars import Schedule
    from trodden.store.calendars import Kept
    from trodden.store.folder import Workspace

_MINE: Final = "setup/calendar.html"


@require_safe
def calendars(request: HttpRequest) -> HttpResponse:
    """List the calendars."""
    found = or_404(workspace_here())
    faults: list[str] = []
    kept = load_calendars(found, faults)
    gone = tuple(Deleted(one.name, aside) for aside, one in deleted_calendars(found).items())
    page = CalendarsPage(
        title=_("Calendars"),
        crumbs=settings_crumbs(Crumb(_("Calendars"))),
        lines=tuple(line_of(one) for one in kept.values()),
        deleted=gone,
        just_deleted=next((one for one in gone if one.aside == request.GET.get("deleted")), None),
        empty=None if kept else none_yet(),
        faults=tuple(faults),
        weeks=week_choices(found.mark.week_begins),
    )
    return show(request, "setup/calendars.html", page)


@require_POST
def weeks(request: HttpRequest) -> HttpResponse:
    """Settle on which day weeks begin."""
    weeks_begin(request, or_404(workspace_here()), request.POST.get("day", ""))
    return redirect("calendars")


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Keep a calendar of office hours in the workspace's zone, by one click, and show it."""
    found = or_404(workspace_here())
    kept = _made(request, found, starter(request.POST.get("name", ""), found.mark.time_zone))
    return redirect(with_query(address_of(kept.name), {"done": "made"}))


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """Show the form of a new calendar."""
    found = or_404(workspace_here())
    return show(request, _MINE, _blank(starter("", found.mark.time_zone)))


def _blank(draft: Draft) -> CalendarPage:
    return form_page(_("New calendar"), draft, timezone.now().date())


@require_safe
def calendar(request: HttpRequest, name: str) -> HttpResponse:
    """Show one calendar."""
    kept = calendar_here(or_404(workspace_here()), name)
    page = _page(kept, draft_of(kept.name, kept.calendar.now))
    return show(request, _MINE, replace(page, done=_done(request.GET), undo=_undo(request.GET)))


def _page(kept: Kept, draft: Draft) -> CalendarPage:
    today, now = timezone.now().date(), kept.calendar.now
    return replace(
        form_page(kept.name, draft, today),
        before=kept.name,
        stamp=kept.stamp,
        week=week_of(now),
        specials=tuple(day_off(one) for one in now.specials if one.last >= today),
        past=tuple(day_off(one) for one in now.specials if one.last < today),
        earlier=earlier_of(kept.calendar),
        since=now.valid_from.isoformat() if now.valid_from else "",
    )


def _done(sent: Mapping[str, str]) -> str:
    """Say what was done, as the address of the page tells it."""
    said = {"made": _("It is kept."), "saved": _("Saved."), "added": _("Added.")}
    done = sent.get("done", "")
    taken, left = (number_in(sent.get(name, ""), 0, LARGEST) for name in ("taken", "left"))
    if done == "taken" and taken is not None and left is not None:
        return _taken(taken, left)
    return said.get(done, "")


def _taken(taken: int, left: int) -> str:
    said = ngettext("{n} exception was taken in.", "{n} exceptions were taken in.", taken).format(n=taken)
    if not left:
        return said
    rest = ngettext(
        "{n} entry was left out: it has times of day, or comes back otherwise than each year.",
        "{n} entries were left out: they have times of day, or come back otherwise than each year.",
        left,
    ).format(n=left)
    return f"{said} {rest}"


def _undo(sent: Mapping[str, str]) -> DayOff | None:
    """Return the exception that was just removed, as the address of the page tells it."""
    if sent.get("done") != "removed":
        return None
    try:
        return day_off(special_given(sent))
    except CallerError:
        return None


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep what the form says, or show it again: Tuesday to Friday like Monday, with regions, or as wrong."""
    found = or_404(workspace_here())
    sent = request.POST.dict()
    draft = draft_given(sent)
    if sent.get("do") == "monday":
        draft = like_monday(draft)
    if sent.get("do") == "more":
        draft = replace(draft, room=1)
    if sent.get("do", "save") != "save":
        return show(request, _MINE, _again(found, sent, draft))
    try:
        kept = _saved(request, found, sent, draft)
    except CallerError as error:
        return _told(request, _again(found, sent, draft), error)
    return redirect(with_query(address_of(kept.name), {"done": "saved" if sent.get("before") else "made"}))


def _again(found: Workspace, sent: Mapping[str, str], draft: Draft) -> CalendarPage:
    """Return the page with a form as it was sent; a change that was made meanwhile is shown beside it."""
    before = sent.get("before", "")
    if not before:
        return _blank(draft)
    try:
        return _page(find_calendar(found, before), draft)
    except UnknownNameError:
        return _blank(draft)


def _saved(request: HttpRequest, found: Workspace, sent: Mapping[str, str], draft: Draft) -> Kept:
    if not sent.get("before", ""):
        return _made(request, found, draft)
    seen = _seen(found, sent)
    after = with_hours(seen.calendar, schedule_of(draft, seen.calendar.now))
    return changed(request, found, msgspec.structs.replace(after, name=draft.name), seen)


def _made(request: HttpRequest, found: Workspace, draft: Draft) -> Kept:
    return made(request, found, Calendar(name=draft.name, schedules=(schedule_of(draft, None),)))


def _seen(found: Workspace, sent: Mapping[str, str]) -> Kept:
    """Return what is kept, with the stamp of the state a form was made from."""
    before = sent.get("before", "")
    try:
        kept = find_calendar(found, before)
    except UnknownNameError as error:
        said = _("{name} was deleted or renamed meanwhile.").format(name=before)
        raise ChangedError(said, hint=_("Look at the list.")) from error
    return msgspec.structs.replace(kept, stamp=sent.get("stamp", ""))


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Add or remove an exception, take a file of them in, or take the latest hours back."""
    found = or_404(workspace_here())
    sent = request.POST.dict()
    act = _ACTS.get(sent.get("act", ""))
    if act is None:
        raise Http404(_("There is nothing of this name to do."))
    try:
        seen = _seen(found, sent)
        schedules, told = act(request, sent, seen.calendar.schedules)
        after = msgspec.structs.replace(seen.calendar, schedules=schedules)
        kept = changed(request, found, after, seen, f": {sent['act']}")
    except (CallerError, DataError) as error:
        return _refused(request, found, sent, error)
    return redirect(with_query(address_of(kept.name), told))


def _refused(
    request: HttpRequest, found: Workspace, sent: Mapping[str, str], error: CallerError | DataError
) -> HttpResponse:
    kept = calendar_here(found, sent.get("before", ""))
    return _told(request, _page(kept, draft_of(kept.name, kept.calendar.now)), error)


def _told(request: HttpRequest, page: CalendarPage, error: CallerError | DataError) -> HttpResponse:
    status = HTTPStatus.CONFLICT if isinstance(error, ChangedError) else HTTPStatus.BAD_REQUEST
    return show(request, _MINE, replace(page, problem=error.message, hint=error.hint), status=status)


Done = tuple[tuple["Schedule", ...], dict[str, str]]
"""The hours of a calendar as they are then, and what its page is told of what was done."""


def _add(_request: HttpRequest, sent: Mapping[str, str], schedules: tuple[Schedule, ...]) -> Done:
    added = special_given(sent)
    return with_specials(schedules, (*schedules[-1].specials, added)), {"done": "added"}


def _remove(_request: HttpRequest, sent: Mapping[str, str], schedules: tuple[Schedule, ...]) -> Done:
    gone = special_given(sent)
    left = tuple(one for one in schedules[-1].specials if one != gone)
    told = {name: sent.get(name, "") for name in ("first", "last", "hours", "label")}
    return with_specials(schedules, left), {"done": "removed", **told}


def _take(request: HttpRequest, _sent: Mapping[str, str], schedules: tuple[Schedule, ...]) -> Done:
    file = request.FILES.get("file")
    if file is None:
        raise CallerError(_("No file was chosen."), hint=_("Choose one that ends in .ics."))
    taken = closed_on(schedules, file.read(LARGEST + 1), timezone.now().date())
    return taken.schedules, {"done": "taken", "taken": str(taken.added), "left": str(taken.left_out)}


def _back(_request: HttpRequest, sent: Mapping[str, str], schedules: tuple[Schedule, ...]) -> Done:
    latest = schedules[-1].valid_from
    if latest is None or latest != day_given(sent.get("since", "")):
        raise CallerError(_("There are no earlier hours to go back to."))
    return schedules[:-1], {"done": "saved"}


_ACTS: Final[dict[str, Callable[[HttpRequest, Mapping[str, str], tuple[Schedule, ...]], Done]]] = {
    "add": _add,
    "remove": _remove,
    "take": _take,
    "back": _back,
}


@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    """Put a calendar aside; the list offers to bring it back."""
    found = or_404(workspace_here())
    sent = request.POST.dict()
    try:
        aside = deleted(request, found, _seen(found, sent))
    except ChangedError as error:
        return _refused(request, found, sent, error)
    return redirect(with_query(reverse("calendars"), {"deleted": aside}))


@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Bring a deleted calendar back."""
    kept = restored(request, or_404(workspace_here()), request.POST.get("aside", ""))
    return redirect(address_of(kept.name))
