"""What makes a calendar one that can be kept: zones and regions that are known, and hours in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.holidays import check_region
from trodden.methods.journeys.periods import find_zone
from trodden.model.calendars import DAY, MOST_HOURS, WEEKDAYS
from trodden.model.errors import CallerError, QuestionError

if TYPE_CHECKING:
    from datetime import date

    from trodden.model.calendars import Calendar, Schedule

_HINT: Final = "Say when somebody is there on one day at least: no opening time would ever pass."
_LONGEST_SPECIAL: Final = 3_660
_MOST_SPECIALS: Final = 2_000
_YEARS: Final = range(1900, 2200)
"""Years in which hours can begin to hold: those events can have."""


def check_calendar(calendar: Calendar) -> Calendar:
    """Return a calendar that can be kept.

    Raises
    ------
    CallerError
        A zone or a region nobody knows, a week that is none or never open, intervals or exceptions that end
        before they begin, or schedules that are not in order.
    """
    if not calendar.schedules:
        raise CallerError("A calendar says when somebody is there.", hint=_HINT)
    began: date | None = None
    for number, one in enumerate(calendar.schedules):
        _check_schedule(one)
        if (one.valid_from is None) != (number == 0) or (
            began and one.valid_from and one.valid_from <= began
        ):
            raise CallerError(
                f"The hours of {calendar.name} are not in order.",
                hint="The first ones hold since ever, each later ones from a later day on.",
            )
        began = one.valid_from
    return calendar


def _check_schedule(one: Schedule) -> None:
    if one.valid_from and one.valid_from.year not in _YEARS:
        raise CallerError(f"No hours begin in {one.valid_from.year}.", hint="Write a day such as 2026-12-24.")
    try:
        find_zone(one.time_zone)
    except QuestionError as error:
        raise CallerError(error.message, hint=error.hint) from error
    if one.region is not None:
        check_region(one.region)
    if len(one.week) != len(WEEKDAYS) or any(len(day) > MOST_HOURS for day in one.week):
        raise CallerError(f"A week has seven days of at most {MOST_HOURS} intervals each.")
    if not any(one.week):
        raise CallerError("No day of the week is open.", hint=_HINT)
    _check_specials(one)


def _check_specials(one: Schedule) -> None:
    if len(one.specials) > _MOST_SPECIALS:
        raise CallerError(f"There are more than {_MOST_SPECIALS} exceptions.")
    every = [hours for day in (*one.week, *(each.hours for each in one.specials)) for hours in day]
    if any(not 0 < hours.end - hours.start <= DAY for hours in every):
        raise CallerError("An interval ends after it begins, and at most 24 hours later.")
    for each in one.specials:
        if not 0 <= (each.last - each.first).days < _LONGEST_SPECIAL:
            raise CallerError(
                f"The exception from {each.first} to {each.last} ends before it begins, or is too long."
            )
