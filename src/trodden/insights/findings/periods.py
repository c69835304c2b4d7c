"""The last full period and the one before it: months, where the record is long enough, else weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.calendar import Cut, cut_of, first_day, number_of
from trodden.methods.journeys.periods import microseconds
from trodden.model.question import Period
from trodden.model.words import keep

if TYPE_CHECKING:
    from trodden.model.journey_map import JourneyMap

LONGEST_FOLLOWED: Final = timedelta(days=30)
"""A journey may go silent longer; waiting for that would make every comparison old."""


_MONTHS: Final = (
    keep("January {n}"),
    keep("February {n}"),
    keep("March {n}"),
    keep("April {n}"),
    keep("May {n}"),
    keep("June {n}"),
    keep("July {n}"),
    keep("August {n}"),
    keep("September {n}"),
    keep("October {n}"),
    keep("November {n}"),
    keep("December {n}"),
)


@dataclass(frozen=True, slots=True)
class Periods:
    """Two periods that follow each other, as first days: ``start`` of the later, ``end`` the day after it."""

    before: str
    start: str
    end: str
    name: str
    name_before: str

    @property
    def later(self) -> Period:
        """Return the later one."""
        return Period(self.start, self.end)

    @property
    def earlier(self) -> Period:
        """Return the one before it."""
        return Period(self.before, self.start)

    @property
    def days(self) -> int:
        """Count the days of the later one."""
        return (date.fromisoformat(self.end) - date.fromisoformat(self.start)).days


def periods_of(
    journey_map: JourneyMap, first_at: datetime, as_of: datetime, zone: str, week_begins: str = "monday"
) -> Periods | None:
    """Return the last two full periods whose journeys had as long to end as the map lets them be silent.

    No longer than `LONGEST_FOLLOWED`. None where the record begins later than both.
    """
    until = as_of - min(journey_map.bounds.silence, LONGEST_FOLLOWED)
    cuts: tuple[Cut, Cut] = ("month", cut_of("week", week_begins))
    for cut in cuts:
        last = number_of(microseconds(until), cut, zone)
        first = number_of(microseconds(first_at), cut, zone)
        if last - first > 2:  # noqa: PLR2004 - the first and the last of the record are cut
            return _named(last, cut)
    return None


def _named(last: int, span: Cut) -> Periods:
    before, start, end = (first_day(last - back, span) for back in (2, 1, 0))
    names = [_name(day, span) for day in (start, before)]
    return Periods(before.isoformat(), start.isoformat(), end.isoformat(), names[0], names[1])


def _name(day: date, span: Cut) -> str:
    month = _MONTHS[day.month - 1].format(n=day.year)
    return month if span == "month" else keep("the week of {n} {month}", n=day.day, month=month)
