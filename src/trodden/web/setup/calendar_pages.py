"""The pages of calendars: which there are, and one of them with its week, its holidays and its exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trodden.charts.formats import format_time
from trodden.methods.journeys.holidays import country_names, holidays_of, part_names, parts_of
from trodden.model.calendars import DAY, write_hours, write_week
from trodden.model.calendars import WEEKDAYS as DAYS
from trodden.model.words import language
from trodden.store.folder import WEEK_BEGINS, zone_names
from trodden.web.pages import Crumb, Empty
from trodden.web.setup.calendar_form import region_of
from trodden.web.setup.pages import settings_crumbs

if TYPE_CHECKING:
    from datetime import date

    from trodden.model.calendars import Calendar, Region, Schedule, Special
    from trodden.store.calendars import Kept
    from trodden.web.setup.calendar_form import Draft

COMING: Final = 8
"""Holidays that are listed."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval of a day in the drawing of a week: where it begins and how long it is, in minutes."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Row:
    """A day in the drawing of a week."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """A week as a drawing, and as words."""

    rows: tuple[Row, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """A calendar in the list."""

    name: str
    address: str
    zone: str
    week: Week
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deleted:
    """A calendar that can be brought back."""

    name: str
    aside: str


@dataclass(frozen=True, slots=True)
class CalendarsPage:
    """Which calendars there are; ``just_deleted`` can be brought back by one click."""

    title: str
    crumbs: tuple[Crumb, ...]
    lines: tuple[Line, ...]
    deleted: tuple[Deleted, ...]
    just_deleted: Deleted | None = None
    empty: Empty | None = None
    faults: tuple[str, ...] = ()
    weeks: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class DayOff:
    """An exception or a holiday, as it is shown; the texts below are what a form sends to name it."""

    when: str
    hours: str
    label: str
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be chosen."""

    key: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """Hours that held before."""

    until: str
    said: str


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """One calendar; ``before`` and ``stamp`` say what a change is made from, empty for a new one."""

    title: str
    crumbs: tuple[Crumb, ...]
    before: str
    stamp: str
    draft: Draft
    week: Week | None
    zones: tuple[str, ...]
    countries: tuple[Choice, ...]
    parts: tuple[Choice, ...]
    coming: tuple[DayOff, ...]
    specials: tuple[DayOff, ...] = ()
    past: tuple[DayOff, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    since: str = ""
    done: str = ""
    undo: DayOff | None = None
    problem: str = ""
    hint: str = ""


def none_yet() -> Empty:
    """Say what a calendar is for."""
    return Empty(
        "none-yet",
        _("No calendar is kept yet"),
        _(
            "A calendar says when somebody is there to serve. With one, waits can be measured in opening "
            "time: who asked on Friday evening has not waited all weekend."
        ),
    )


def line_of(kept: Kept) -> Line:
    """Return a calendar for the list."""
    now = kept.calendar.now
    says = (
        *((_("holidays of {region}").format(region=region_said(now.region)),) if now.region else ()),
        *((_exceptions(len(now.specials)),) if now.specials else ()),
        *((_("these hours since {day}").format(day=_day(now.valid_from)),) if now.valid_from else ()),
    )
    return Line(kept.name, address_of(kept.name), now.time_zone, week_of(now), says)


def _exceptions(number: int) -> str:
    return ngettext("{n} exception", "{n} exceptions", number).format(n=number)


def _day(day: date) -> str:
    return format_time(datetime.combine(day, time(), UTC))


def address_of(name: str) -> str:
    """Return where a calendar is shown."""
    return reverse("calendar", args=[name])


def region_said(region: Region) -> str:
    """Name a region."""
    country = country_names().get(region.country, region.country)
    return (
        f"{country}, {part_names(region.country).get(region.part, region.part)}" if region.part else country
    )


def week_of(schedule: Schedule) -> Week:
    """Draw a week; what lasts beyond midnight goes on in the row of the next day."""
    bars: list[list[Bar]] = [[] for _day in schedule.week]
    for day, hours in enumerate(schedule.week):
        for one in hours:
            bars[day].append(Bar(one.start, min(one.end, DAY) - one.start))
            if one.end > DAY:
                bars[(day + 1) % 7].append(Bar(0, one.end - DAY))
    rows = (Row(str(WEEKDAYS_ABBR[day]), tuple(found)) for day, found in enumerate(bars))
    return Week(tuple(rows), said_week(schedule))


def said_week(schedule: Schedule) -> str:
    """Say a week in the reader's words."""
    days = [(str(WEEKDAYS[day]), write_hours(hours)) for day, hours in enumerate(schedule.week) if hours]
    return "; ".join(f"{name} {hours}" for name, hours in days)


def week_choices(chosen: str) -> tuple[Choice, ...]:
    """Return the days on which weeks can begin."""
    return tuple(Choice(day, str(WEEKDAYS[DAYS.index(day)]), day == chosen) for day in WEEK_BEGINS)


def country_choices(chosen: str) -> tuple[Choice, ...]:
    """Return every country by name, after none at all."""
    named = sorted(country_names().items(), key=lambda pair: pair[1])
    return (
        Choice("", _("none"), not chosen),
        *(Choice(code, name, code == chosen) for code, name in named),
    )


def part_choices(country: str, chosen: str) -> tuple[Choice, ...]:
    """Return the parts of a country, after the country as a whole; nothing where it has none."""
    if not parts_of(country):
        return ()
    named = sorted(part_names(country).items(), key=lambda pair: pair[1])
    return (
        Choice("", _("the whole country"), not chosen),
        *(Choice(code, name, code == chosen) for code, name in named),
    )


def coming_of(region: Region | None, today: date) -> tuple[DayOff, ...]:
    """Return the holidays that come next."""
    if region is None:
        return ()
    found = holidays_of(region, today.year, today.year + 1, language())
    coming = [(day, name) for day, name in found if day >= today][:COMING]
    return tuple(DayOff(f"{WEEKDAYS[day.weekday()]}, {_day(day)}", "", name) for day, name in coming)


def day_off(one: Special) -> DayOff:
    """Return an exception as it is shown."""
    first, last = _day(one.first), _day(one.last)
    when = first if one.first == one.last else f"{first} – {last}"  # noqa: RUF001 - an en dash stands between two days
    return DayOff(when, write_hours(one.hours), one.label, one.first.isoformat(), one.last.isoformat())


def earlier_of(calendar: Calendar) -> tuple[Earlier, ...]:
    """Return the hours that held before the present ones, latest first."""
    pairs = zip(calendar.schedules, calendar.schedules[1:], strict=False)
    found = [
        Earlier(_day(after.valid_from), f"{write_week(one.week)} ({one.time_zone})")
        for one, after in pairs
        if after.valid_from is not None
    ]
    return tuple(reversed(found))


def form_page(title: str, draft: Draft, today: date) -> CalendarPage:
    """Return the page of a form as it stands, which nothing is kept for yet."""
    return CalendarPage(
        title=title,
        crumbs=settings_crumbs(Crumb(_("Calendars"), reverse("calendars")), Crumb(title)),
        before="",
        stamp="",
        draft=draft,
        week=None,
        zones=zone_names(),
        countries=country_choices(draft.country),
        parts=part_choices(draft.country, draft.part),
        coming=coming_of(region_of(draft), today),
    )
