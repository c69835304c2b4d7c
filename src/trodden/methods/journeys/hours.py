"""Opening time: how long a calendar is open between two moments, and when so much of it has passed.

A calendar is compiled, for the years it is asked about, to the sorted intervals in which it is open, UTC,
with the sum of all before each. The opening time up to a moment is then one search; that between two
moments the difference, and its inverse another search. Local clocks are read as `moments_of` reads them: an
hour that comes twice is open twice, one that never comes not at all.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from trodden.methods.journeys.calendar import clocks_of
from trodden.methods.journeys.holidays import holidays_of
from trodden.methods.journeys.periods import (
    find_zone,
    first_moment,
    microseconds,
    moment,
    parse_moment,
)
from trodden.model.calendars import DAY, WEEKDAYS, Calendar, Schedule
from trodden.model.errors import CallerError, UnknownNameError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.model.catalog import Catalog

_SECOND: Final = 1_000_000
_FIRST_YEAR: Final = 1970
"""Holidays are told from this year on."""
_LAST_YEAR: Final = 2199
_THURSDAY: Final = 3
_EPOCH: Final = date(1970, 1, 1).toordinal()
_LONGEST_WAIT: Final = timedelta(days=36_600)
"""Longer than a hundred years."""
NEVER: Final = -(2**63)
"""In place of a moment that is not reached."""


class Clock(msgspec.Struct, frozen=True):
    """A calendar with all that was looked up for it: of each schedule the days that are holidays.

    ``free``: days since 1970-01-01, ascending. Plain and small, so that a plan can hold it.
    """

    calendar: Calendar
    free: tuple[tuple[int, ...], ...]


class Opening(NamedTuple):
    """When a calendar is open: (n,) microseconds UTC, ascending, no two intervals overlap or touch.

    ``before``: (n + 1,) microseconds open before each interval, and in all.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    before: NDArray[np.int64]


def clock_of(calendar: Calendar, until: datetime) -> Clock:
    """Look the holidays of a calendar up, to the end of the year after ``until``."""
    last = min(until.year + 1, _LAST_YEAR)
    return Clock(calendar, tuple(_free_days(one, last) for one in calendar.schedules))


def find_clock(catalog: Catalog, name: str | None, until: datetime) -> Clock | None:
    """Return the clock of the calendar a question names; None where it names none, so that all time counts.

    Raises
    ------
    UnknownNameError
        There is none of this name; the hint lists those there are.
    """
    if not name:
        return None
    found = catalog.calendars.get(name)
    if found is None:
        known = ", ".join(sorted(catalog.calendars))
        hint = f"There are {known}." if known else "None is kept yet: `trodden calendar set` keeps one."
        raise UnknownNameError(f"There is no calendar called {name!r}.", hint=hint)
    return clock_of(found, until)


def _free_days(schedule: Schedule, last: int) -> tuple[int, ...]:
    if schedule.region is None:
        return ()
    return tuple(_number(day) for day, _ in holidays_of(schedule.region, _FIRST_YEAR, last))


def _number(day: date) -> int:
    return day.toordinal() - _EPOCH


def opening_of(clock: Clock, first: int, last: int) -> Opening:
    """Compile a calendar for all moments from ``first`` to ``last``, microseconds since the epoch."""
    return _compiled(clock, moment(first).year, moment(last).year)


@lru_cache(maxsize=32)
def _compiled(clock: Clock, first_year: int, last_year: int) -> Opening:
    import numpy as np

    first, last = _number(date(first_year, 1, 1)), _number(date(last_year, 12, 31))
    days = np.arange(first - 3, last + 3, dtype=np.int64)
    begins = [_begin_of(one) for one in clock.calendar.schedules]
    parts = [
        _intervals(one, free, days).clip(begin, end)
        for one, free, begin, end in zip(
            clock.calendar.schedules, clock.free, begins, [*begins[1:], 2**62], strict=True
        )
    ]
    return _joined(np.concatenate([part * _SECOND for part in parts], axis=1))


def _begin_of(schedule: Schedule) -> int:
    if schedule.valid_from is None:
        return -(2**62)
    return first_moment(schedule.valid_from, find_zone(schedule.time_zone)) // _SECOND


def _intervals(schedule: Schedule, free: tuple[int, ...], days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return when a schedule is open, for hours that begin on these days: (2, n) seconds UTC."""
    import numpy as np

    special = _special_days(schedule, days)
    plain = days[~np.isin(days, np.array(free, dtype=np.int64)) & ~np.isin(days, special[:, 0])]
    weekday = (plain + _THURSDAY) % len(WEEKDAYS)
    walls = [
        (plain[weekday == at] * DAY + minute) * 60
        for at, hours in enumerate(schedule.week)
        for one in hours
        for minute in (one.start, one.end)
    ]
    starts, ends = (np.concatenate([_none(), *walls[side::2]]) for side in (0, 1))
    dated = special[special[:, 2] > 0]
    starts = np.concatenate([starts, (dated[:, 0] * DAY + dated[:, 1]) * 60])
    ends = np.concatenate([ends, (dated[:, 0] * DAY + dated[:, 2]) * 60])
    return np.stack([moments_of(one, schedule.time_zone) for one in (starts, ends)])


class _Stretches(NamedTuple):
    """The stretches between changes of a zone's clocks, seconds.

    ``began``: (k,) UTC. ``offsets``: (k,) east of UTC. ``reached``: (k - 1,) the latest local time the clocks
    have shown by the end of each but the last.
    """

    began: NDArray[np.int64]
    offsets: NDArray[np.int64]
    reached: NDArray[np.int64]


@lru_cache(maxsize=16)
def _stretches(zone: str) -> _Stretches:
    import numpy as np

    changes, offsets, _ = clocks_of(zone)
    reached = np.maximum.accumulate(changes + offsets[:-1])
    return _Stretches(np.append(-(2**62), changes), offsets, reached)


def moments_of(walls: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Return the first moment at which the clocks of a zone have reached each local time.

    ``walls``: (n,) seconds since 1970-01-01 00:00 by these clocks. Seconds UTC, which never fall from an
    earlier local time to a later one: of a time that comes twice the first; one that never comes is the
    moment at which clocks jump over it.
    """
    import numpy as np

    stretches = _stretches(zone)
    place = np.searchsorted(stretches.reached, walls, side="right")
    return np.maximum(walls - stretches.offsets[place], stretches.began[place])


def _none() -> NDArray[np.int64]:
    import numpy as np

    return np.empty(0, dtype=np.int64)


def _special_days(schedule: Schedule, days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a row ``day, start, end`` for each interval of a special day, ``day, 0, 0`` for a closed one."""
    import numpy as np

    rows: list[tuple[int, int, int]] = []
    for one in schedule.specials:
        first, last = max(_number(one.first), int(days[0])), min(_number(one.last), int(days[-1]))
        hours = [(each.start, each.end) for each in one.hours] or [(0, 0)]
        rows += [(day, *each) for day in range(first, last + 1) for each in hours]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def _joined(intervals: NDArray[np.int64]) -> Opening:
    """Sort intervals, join those that overlap or touch, and leave out the empty ones."""
    import numpy as np

    starts, ends = intervals[:, np.argsort(intervals[0], kind="stable")]
    kept = ends > starts
    starts, ends = starts[kept], ends[kept]
    reached = np.maximum.accumulate(ends)
    is_first = np.ones(len(starts), dtype=np.bool_)
    is_first[1:] = starts[1:] > reached[:-1]
    starts, ends = starts[is_first], reached[np.append(is_first, True)[1:]]
    before = np.concatenate([[0], np.cumsum(ends - starts)])
    return Opening(starts, ends, before)


def opened_until(opening: Opening, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how long it has been open before each moment, from the first compiled one on; microseconds."""
    import numpy as np

    if not len(opening.starts):
        return np.zeros(len(at), dtype=np.int64)
    place = np.maximum(np.searchsorted(opening.starts, at, side="right") - 1, 0)
    inside = np.clip(at - opening.starts[place], 0, opening.ends[place] - opening.starts[place])
    return opening.before[place] + inside


def opening_time(clock: Clock, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how long a calendar is open between moments: (n,) microseconds, ``end`` not before ``start``.

    Raises
    ------
    CallerError
        An end lies before its start.
    """
    import numpy as np

    if not len(start):
        return np.zeros(0, dtype=np.int64)
    if bool((end < start).any()):
        raise CallerError("The end lies before the start.", hint="Give the earlier moment first.")
    opening = opening_of(clock, int(start.min()), int(end.max()))
    return opened_until(opening, end) - opened_until(opening, start)


def due_at(opening: Opening, at: NDArray[np.int64], wait: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first moment by which so much opening time has passed since each: (n,) microseconds.

    Where it is filled just as a calendar closes, that is the moment it closes, not the next one it opens. No
    wait at all is over at once. What is not filled within what was compiled is `NEVER`.
    """
    import numpy as np

    target = opened_until(opening, at) + wait
    place = np.searchsorted(opening.before[1:], target, side="left")
    is_filled = place < len(opening.starts)
    found = np.minimum(place, max(len(opening.starts) - 1, 0))
    due = opening.starts[found] + target - opening.before[found] if len(opening.starts) else at
    return np.where(wait <= 0, at, np.where(is_filled, due, NEVER))


def open_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return how long a calendar is open between two aware moments.

    Raises
    ------
    CallerError
        The end lies before the start.
    """
    import numpy as np

    first, last = (np.array([microseconds(one)], dtype=np.int64) for one in (start, end))
    return timedelta(microseconds=int(opening_time(clock_of(calendar, end), first, last)[0]))


def due_after(calendar: Calendar, start: datetime, wait: timedelta) -> datetime:
    """Return when so much opening time has passed since an aware moment.

    Raises
    ------
    CallerError
        The calendar is not open for so long within the next hundred years.
    """
    import numpy as np

    counted = max(timedelta(), min(wait, _LONGEST_WAIT))
    at, waits = (np.array([microseconds(one)], dtype=np.int64) for one in (start, counted))
    for years in (1, 10, 100):
        until = min(start.year + years, _LAST_YEAR)
        clock = clock_of(calendar, start.replace(year=until, day=1))
        found = int(due_at(_compiled(clock, start.year, until), at, waits)[0])
        if found != NEVER:
            return moment(found)
    raise CallerError(f"{calendar.name} is not open for so long.", hint="Look at its hours and exceptions.")


def moment_by(calendar: Calendar, text: str) -> datetime:
    """Read a day or a time by the clocks of a calendar.

    Raises
    ------
    QuestionError
        The text is neither.
    """
    return moment(parse_moment(text, find_zone(calendar.now.time_zone)))
