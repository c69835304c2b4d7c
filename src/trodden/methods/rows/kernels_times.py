"""Kernel: reading points in time written in digits; `trodden.methods.rows.times` reads those with words.

What was read so far is kept in ``f``, (11,) int64, by the places named below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from trodden.methods.rows.arrays import Bytes, Ints, Mask, Offsets

AT, A, B, C, WIDE_A, WIDE_C, CLOCK_US, OFFSET_US, TOLD, NUMBER, WIDE = range(11)
"""Where reading goes on, the numbers of the date, digits of the first and the last, microseconds since
midnight, the offset from UTC, what was seen (bits below), the number read last and its digits."""

OK, HAS_OFFSET, SWAPPABLE, DAY_FIRST, MONTH_FIRST, OUT_OF_RANGE, HAS_CLOCK = 1, 2, 4, 8, 16, 32, 64
YMD, DMY, MDY = 0, 1, 2

SPACE, PLUS, COMMA, MINUS, DOT, SLASH, ZERO, NINE, COLON = (
    0x20,
    0x2B,
    0x2C,
    0x2D,
    0x2E,
    0x2F,
    0x30,
    0x39,
    0x3A,
)
LOWER_A, LOWER_M, LOWER_P, LOWER_T, LOWER_Z = 0x61, 0x6D, 0x70, 0x74, 0x7A
CASE = 0x20
"""The bit that makes an ASCII letter a small one."""

UTC, GMT = 0x757463, 0x676D74
TWO, FOUR, MOST = 2, 4, 20
"""Digits of a short number, of a year, and more than any number has."""
MONTHS, FEBRUARY, HALF_DAY, LAST_HOUR, LAST_MINUTE, LEAP_SECOND = 12, 2, 12, 24, 59, 60
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
FARTHEST_OFFSET_US = 18 * HOUR_US
FIRST_US = -2_208_988_800_000_000
"""1900-01-01."""
END_US = 7_258_118_400_000_000
"""2200-01-01."""
CENTURY_SPLIT = 69
"""Two-digit years from here on belong to the century before 2000, as POSIX has it."""
DAYS_BEFORE = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365], np.int64)
NO_DAY = -(10**9)
DAYS_TO_1970 = 719_163
UNITS = np.array([0] * 9 + [10**6, 10**6, 0, 1000, 1000, 0, 1, 1, 0, -1000, -1000], np.int64)
"""Microseconds of one unit of a count since 1970 by its digits; negative: units to a microsecond."""


@numba.njit(nogil=True)
def _read_number(data: Bytes, end: int, f: Ints) -> None:
    """Read digits at ``f[AT]`` into ``f[NUMBER]`` and ``f[WIDE]``; at most 20 of them."""
    begin = np.uint64(f[AT])
    at, stop, value = begin, np.uint64(min(end, f[AT] + MOST)), 0
    while at < stop and ZERO <= data[at] <= NINE:
        value = value * 10 + (data[at] - ZERO)
        at += np.uint64(1)
    f[WIDE] = np.int64(at - begin)
    f[NUMBER] = value
    f[AT] = np.int64(at)


@numba.njit(nogil=True)
def _skip(data: Bytes, end: int, f: Ints, mark: int) -> bool:
    """Step over one ``mark``; say whether it stood there."""
    there = f[AT] < end and data[np.uint64(f[AT])] == mark
    f[AT] += there
    return there


@numba.njit(nogil=True)
def _skip_spaces(data: Bytes, end: int, f: Ints) -> None:
    while f[AT] < end and data[np.uint64(f[AT])] == SPACE:
        f[AT] += 1


@numba.njit(nogil=True)
def _read_date(data: Bytes, end: int, f: Ints) -> bool:
    """Read three numbers with the same ``-``, ``/`` or ``.`` between them; say whether they stood there."""
    _read_number(data, end, f)
    f[A], f[WIDE_A] = f[NUMBER], f[WIDE]
    if f[AT] >= end or not 0 < f[WIDE] <= FOUR:
        return False
    mark = data[np.uint64(f[AT])]
    if mark != MINUS and mark != SLASH and mark != DOT:  # noqa: PLR1714 -- Numba would loop over a tuple
        return False
    f[AT] += 1
    _read_number(data, end, f)
    f[B] = f[NUMBER]
    if not 0 < f[WIDE] <= TWO or not _skip(data, end, f, mark):
        return False
    _read_number(data, end, f)
    f[C], f[WIDE_C] = f[NUMBER], f[WIDE]
    return 0 < f[WIDE] <= FOUR


@numba.njit(nogil=True)
def _read_clock(data: Bytes, end: int, f: Ints) -> bool:
    """Read ``hh[:mm[:ss[.fraction]]]``; say whether it stood there."""
    _read_number(data, end, f)
    f[CLOCK_US] = f[NUMBER] * HOUR_US
    f[TOLD] |= HAS_CLOCK
    if not 0 < f[WIDE] <= TWO or f[NUMBER] > LAST_HOUR:
        return False
    if not _skip(data, end, f, COLON):
        return f[WIDE] == TWO
    _read_number(data, end, f)
    f[CLOCK_US] += f[NUMBER] * MINUTE_US
    if f[WIDE] != TWO or f[NUMBER] > LAST_MINUTE:
        return False
    return _read_seconds(data, end, f) if _skip(data, end, f, COLON) else True


@numba.njit(nogil=True)
def _read_seconds(data: Bytes, end: int, f: Ints) -> bool:
    _read_number(data, end, f)
    f[CLOCK_US] += f[NUMBER] * SECOND_US
    if f[WIDE] != TWO or f[NUMBER] > LEAP_SECOND:
        return False
    if _skip(data, end, f, DOT) or _skip(data, end, f, COMMA):
        return _read_fraction(data, end, f)
    return True


@numba.njit(nogil=True)
def _read_fraction(data: Bytes, end: int, f: Ints) -> bool:
    """Add the digits after the decimal mark; what is finer than a microsecond is cut off."""
    place, begin = SECOND_US // 10, f[AT]
    while f[AT] < end and ZERO <= data[np.uint64(f[AT])] <= NINE:
        f[CLOCK_US] += (data[np.uint64(f[AT])] - ZERO) * place
        place //= 10
        f[AT] += 1
    return f[AT] > begin


@numba.njit(nogil=True)
def _read_half(data: Bytes, end: int, f: Ints) -> bool:
    """Read ``am`` or ``pm`` where one stands; say whether the hour allows it."""
    if f[AT] + TWO > end or (data[np.uint64(f[AT] + 1)] | CASE) != LOWER_M:
        return True
    letter = data[np.uint64(f[AT])] | CASE
    if letter != LOWER_A and letter != LOWER_P:  # noqa: PLR1714 -- Numba would loop over a tuple
        return True
    hour = f[CLOCK_US] // HOUR_US
    if hour < 1 or hour > HALF_DAY:
        return False
    f[CLOCK_US] += (HALF_DAY * (letter == LOWER_P) - HALF_DAY * (hour == HALF_DAY)) * HOUR_US
    f[AT] += TWO
    _skip_spaces(data, end, f)
    return True


@numba.njit(nogil=True)
def _skip_zone(data: Bytes, end: int, f: Ints) -> bool:
    """Step over ``UTC`` or ``GMT``; say whether one stood there."""
    word = 0
    for k in range(f[AT], min(end, f[AT] + 3)):
        word = word << 8 | (data[np.uint64(k)] | CASE)
    there = word == UTC or word == GMT  # noqa: PLR1714 -- Numba would loop over a tuple
    f[AT] += 3 * there
    return there


@numba.njit(nogil=True)
def _read_offset(data: Bytes, end: int, f: Ints) -> bool:
    """Read ``Z``, ``UTC``, ``GMT`` or an offset, if anything is left; say whether it was understood."""
    if f[AT] == end:
        return True
    f[TOLD] |= HAS_OFFSET
    if _skip_zone(data, end, f) and f[AT] == end:
        return True
    sign = data[np.uint64(f[AT])]
    f[AT] += 1
    if sign != PLUS and sign != MINUS:  # noqa: PLR1714 -- Numba would loop over a tuple
        return (sign | CASE) == LOWER_Z
    _read_number(data, end, f)
    fits = f[WIDE] in (TWO, FOUR)
    minutes = f[NUMBER] * 60 if f[WIDE] == TWO else f[NUMBER] // 100 * 60 + f[NUMBER] % 100
    if f[WIDE] == TWO and _skip(data, end, f, COLON):
        _read_number(data, end, f)
        minutes += f[NUMBER]
        fits = f[WIDE] == TWO
    f[OFFSET_US] = minutes * MINUTE_US * (-1 if sign == MINUS else 1)
    return fits and abs(f[OFFSET_US]) <= FARTHEST_OFFSET_US


@numba.njit(nogil=True)
def _read_rest(data: Bytes, end: int, f: Ints) -> bool:
    """Read what follows the date; say whether all of it was understood."""
    if f[AT] == end:
        return True
    mark = data[np.uint64(f[AT])]
    if mark != SPACE and mark != COMMA and (mark | CASE) != LOWER_T:  # noqa: PLR1714 -- Numba would loop over a tuple
        return False
    f[AT] += 1
    _skip_spaces(data, end, f)
    if not _read_clock(data, end, f):
        return False
    _skip_spaces(data, end, f)
    return _read_half(data, end, f) and _read_offset(data, end, f) and f[AT] == end


@numba.njit(nogil=True)
def _days(year: int, month: int, day: int) -> int:
    """Return days since 1970-01-01, or NO_DAY where the calendar has no such day."""
    if month < 1 or month > MONTHS or day < 1 or year < 1:
        return NO_DAY
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > DAYS_BEFORE[month] - DAYS_BEFORE[month - 1] + (leap and month == FEBRUARY):
        return NO_DAY
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400
    return days + DAYS_BEFORE[month - 1] + (leap and month > FEBRUARY) + day - DAYS_TO_1970


@numba.njit(nogil=True)
def _full_year(year: int, wide: int) -> int:
    if wide > TWO:
        return year
    return year + (1900 if year >= CENTURY_SPLIT else 2000)


@numba.njit(nogil=True)
def _evidence(first: int, second: int) -> int:
    """Say which of day and month can stand first; the same number twice tells nothing and harms nothing."""
    if first > MONTHS:
        return DAY_FIRST
    if second > MONTHS:
        return MONTH_FIRST
    return SWAPPABLE if first != second else 0


@numba.njit(nogil=True)
def _day(f: Ints, order: int) -> int:
    """Return the day the three numbers name, and note what they tell about their order."""
    if f[WIDE_A] > TWO:
        return _days(f[A], f[B], f[C])
    if order == YMD and f[WIDE_C] <= TWO:
        return _days(_full_year(f[A], TWO), f[B], f[C])
    f[TOLD] |= _evidence(f[A], f[B])
    year = _full_year(f[C], f[WIDE_C])
    return _days(year, f[A], f[B]) if order == MDY else _days(year, f[B], f[A])


@numba.njit(nogil=True)
def _read_calendar(data: Bytes, end: int, order: int, f: Ints) -> int:
    """Read a date and perhaps a clock; return microseconds, and set OK where they stand for a time."""
    if not _read_date(data, end, f) or not _read_rest(data, end, f):
        f[TOLD] = 0
        return 0
    day = _day(f, order)
    if day == NO_DAY or f[CLOCK_US] > DAY_US:
        f[TOLD] &= DAY_FIRST | MONTH_FIRST
        return 0
    f[TOLD] |= OK
    return day * DAY_US + f[CLOCK_US] - f[OFFSET_US]


@numba.njit(nogil=True)
def _read_count(data: Bytes, end: int, f: Ints) -> int:
    """Read seconds, milli-, micro- or nanoseconds since 1970, told apart by their digits."""
    sign = -1 if _skip(data, end, f, MINUS) else 1
    _read_number(data, end, f)
    if f[WIDE] >= len(UNITS) or UNITS[f[WIDE]] == 0:
        return 0
    unit = UNITS[f[WIDE]]
    value = f[NUMBER] * unit if unit > 0 else f[NUMBER] // -unit
    if _skip(data, end, f, DOT):
        if not _read_fraction(data, end, f):
            return 0
        value += f[CLOCK_US] * max(unit, 0) // SECOND_US
    if f[AT] == end:
        f[TOLD] = OK | HAS_OFFSET | HAS_CLOCK
    return sign * value


@numba.njit(nogil=True)
def _read_time(data: Bytes, at: int, end: int, order: int, f: Ints) -> int:
    f[:] = 0
    f[AT] = at
    value = _read_calendar(data, end, order, f)
    if f[TOLD] == 0:
        f[:] = 0
        f[AT] = at
        value = _read_count(data, end, f)
    if f[TOLD] & OK and not FIRST_US <= value < END_US:
        f[TOLD] = (f[TOLD] & ~OK) | OUT_OF_RANGE
    return value if f[TOLD] & OK else 0


@numba.njit(nogil=True, cache=True)
def read_times(data: Bytes, offsets: Offsets, use: Mask, order: int, values: Ints, told: Bytes) -> None:
    """Read each used cell as a point in time; see `trodden.methods.rows.times.read_times`."""
    f = np.zeros(11, np.int64)
    for row in range(len(use)):
        at, end = offsets[row], offsets[row + 1]
        while end > at and data[np.uint64(end - 1)] <= SPACE:
            end -= 1
        while at < end and data[np.uint64(at)] <= SPACE:
            at += 1
        f[TOLD] = 0
        values[row] = _read_time(data, at, end, order, f) if use[row] and at < end else 0
        told[row] = f[TOLD]
