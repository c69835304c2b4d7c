"""Axes of moments: from the first to the last, with ticks where days, months and years begin."""

from __future__ import annotations

from datetime import MAXYEAR, UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from trodden.charts.svg.scale import Scale, scale_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DAY: Final = 86_400.0
_DAYS: Final = (1, 2, 7, 14)
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_MONTH: Final = 30.44
_CLOSE: Final = 0.8
"""A step this much shorter than asked for is taken before a longer one."""
_MONDAY: Final = datetime(1970, 1, 5, tzinfo=UTC).toordinal()


def time_scale_of(values: Iterable[float], time_zone: str, *, steps: int = 4) -> Scale:
    """Return an axis over seconds since 1970 that begins at the first and ends at the last of them.

    About ``steps`` ticks: round times of day below two days, else first moments of days, of weeks
    (Mondays), of months or of years in the zone.
    """
    kept = sorted(values)
    if not kept or kept[-1] - kept[0] < 2 * _DAY:
        return scale_of(kept, "time", steps=steps, zero=False)
    first, last = kept[0], kept[-1]
    zone = ZoneInfo(time_zone)
    begin = datetime.fromtimestamp(first, zone)
    rough = _CLOSE * (last - first) / _DAY / steps
    moments = _days(begin, rough, zone) if rough <= _DAYS[-1] else _months(begin, rough, zone)
    return Scale(first, last, tuple(_until(moments, first, last)))


def _until(moments: Iterator[datetime], first: float, last: float) -> Iterator[float]:
    for moment in moments:
        at = moment.timestamp()
        if at > last:
            return
        if at >= first:
            yield at


def _days(begin: datetime, rough: float, zone: tzinfo) -> Iterator[datetime]:
    """Yield midnights, every so many days counted from a Monday."""
    step = next(days for days in _DAYS if days >= rough)
    day = datetime.combine(begin.date(), datetime.min.time(), zone)
    day -= timedelta(days=(day.toordinal() - _MONDAY) % step)
    while True:
        yield day
        day += timedelta(days=step)


def _months(begin: datetime, rough: float, zone: tzinfo) -> Iterator[datetime]:
    """Yield first days of months, every so many months counted from January."""
    step = next((months for months in _MONTHS if months * _MONTH >= rough), _MONTHS[-1])
    number = 12 * begin.year + begin.month - 1
    number -= number % step
    while number < 12 * MAXYEAR:
        if number >= 12:  # noqa: PLR2004 - months of a year; there is no year 0
            yield datetime(number // 12, number % 12 + 1, 1, tzinfo=zone)
        number += step
