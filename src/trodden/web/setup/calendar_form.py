"""What the form of a calendar says: a week as pairs of clocks, a zone, a region, from when it holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from trodden.methods.journeys.holidays import country_codes, parts_of
from trodden.model.calendars import (
    DAY,
    MOST_HOURS,
    Hours,
    Region,
    Schedule,
    Special,
    clock,
    hours_between,
    label_of,
    read_clock,
    read_hours,
    read_week,
)
from trodden.model.errors import CallerError

if TYPE_CHECKING:
    from collections.abc import Mapping

STARTER: Final = "mon-fri 9-17"
WORKING: Final = range(1, 5)
"""Tuesday to Friday, which can be told to be like Monday."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two clocks of a form, as they were written; ``label`` names them to who cannot see where they stand."""

    name: str
    start: str
    end: str
    label: str


@dataclass(frozen=True, slots=True)
class DayFields:
    """A day of the form: its intervals, or room for one."""

    label: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A calendar as a form says it, right or wrong."""

    name: str
    zone: str
    week: tuple[tuple[tuple[str, str], ...], ...]
    country: str = ""
    part: str = ""
    valid_from: str = ""
    room: int = 0
    """How many more intervals each day has room for."""

    @property
    def days(self) -> tuple[DayFields, ...]:
        """Return the fields of a week."""
        return tuple(_fields(day, pairs, self.room) for day, pairs in enumerate(self.week))


def _fields(day: int, pairs: tuple[tuple[str, str], ...], room: int) -> DayFields:
    label = str(WEEKDAYS[day])
    shown = (*pairs, *[("", "")] * MOST_HOURS)[: min(max(1, len(pairs)) + room, MOST_HOURS)]
    return DayFields(
        label,
        tuple(
            Pair(f"d{day}-{at}", start, end, _("{day}, interval {n}").format(day=label, n=at + 1))
            for at, (start, end) in enumerate(shown)
        ),
    )


def draft_of(name: str, schedule: Schedule) -> Draft:
    """Return the form of hours that are kept."""
    region = schedule.region
    return Draft(
        name,
        schedule.time_zone,
        tuple(tuple(_shown(one) for one in hours) for hours in schedule.week),
        region.country if region else "",
        region.part if region else "",
    )


def _shown(one: Hours) -> tuple[str, str]:
    return clock(one.start), "00:00" if one.end == DAY else clock(one.end)


def starter(name: str, zone: str) -> Draft:
    """Return the form of a new calendar: Monday to Friday, nine to five."""
    return draft_of(name, Schedule(time_zone=zone, week=read_week(STARTER)))


def draft_given(sent: Mapping[str, str]) -> Draft:
    """Read a form as it was sent; a part of a country that is not the one chosen is forgotten."""
    country, part = sent.get("country", ""), sent.get("part", "")
    return Draft(
        name=" ".join(sent.get("name", "").split()),
        zone=sent.get("zone", "").strip(),
        week=tuple(_pairs(sent, day) for day in range(7)),
        country=country,
        part=part if part in parts_of(country) else "",
        valid_from=sent.get("valid_from", "").strip(),
    )


def _pairs(sent: Mapping[str, str], day: int) -> tuple[tuple[str, str], ...]:
    given = ((sent.get(f"d{day}-{at}-from", ""), sent.get(f"d{day}-{at}-to", "")) for at in range(MOST_HOURS))
    return tuple((start.strip(), end.strip()) for start, end in given if start.strip() or end.strip())


def like_monday(draft: Draft) -> Draft:
    """Return a form in which Tuesday to Friday are like Monday."""
    week = tuple(draft.week[0] if day in WORKING else pairs for day, pairs in enumerate(draft.week))
    return replace(draft, week=week)


def region_of(draft: Draft) -> Region | None:
    """Return whose holidays a form says are kept."""
    return Region(draft.country, draft.part) if draft.country in country_codes() else None


def schedule_of(draft: Draft, kept: Schedule | None) -> Schedule:
    """Return the hours a form says, with the exceptions that are kept.

    Raises
    ------
    CallerError
        A clock is none, one of a pair is missing, or the day from which they hold is none or not later.
    """
    valid_from = kept.valid_from if kept else None
    if draft.valid_from:
        valid_from = day_given(draft.valid_from)
        _refuse_early(valid_from, kept)
    return Schedule(
        time_zone=draft.zone,
        week=tuple(_hours(day, pairs) for day, pairs in enumerate(draft.week)),
        specials=kept.specials if kept else (),
        region=region_of(draft),
        valid_from=valid_from,
    )


def _refuse_early(day: date, kept: Schedule | None) -> None:
    if kept is None:
        raise CallerError(_("The first hours of a calendar hold since ever."), hint=_("Leave the day empty."))
    if kept.valid_from is not None and day < kept.valid_from:
        raise CallerError(
            _("The present hours hold since {day}.").format(day=kept.valid_from.isoformat()),
            hint=_("New hours begin later."),
        )


def _hours(day: int, pairs: tuple[tuple[str, str], ...]) -> tuple[Hours, ...]:
    found: set[Hours] = set()
    for start, end in pairs:
        if not start or not end:
            raise CallerError(
                _("{day}: an interval has a beginning and an end.").format(day=WEEKDAYS[day]),
                hint=_("Fill both in, or empty both."),
            )
        found.add(hours_between(read_clock(start), read_clock(end)))
    return tuple(sorted(found))


def day_given(text: str) -> date:
    """Read a day.

    Raises
    ------
    CallerError
        It is none, or none of the years events can have.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise CallerError(_("{text} is no day.").format(text=text or "–"), hint="2026-12-24") from error  # noqa: RUF001 - an en dash for nothing
    if not 1900 <= found.year < 2200:  # noqa: PLR2004 - the years events may have
        raise CallerError(_("{text} is no day.").format(text=text), hint="2026-12-24")
    return found


def special_given(sent: Mapping[str, str]) -> Special:
    """Read an exception of a form.

    Raises
    ------
    CallerError
        Its days or its hours cannot be read.
    """
    first = day_given(sent.get("first", "").strip())
    last = sent.get("last", "").strip()
    hours, label = read_hours(sent.get("hours", "")), label_of(sent.get("label", ""))
    return Special(first, day_given(last) if last else first, hours, label)
