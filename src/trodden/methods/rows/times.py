"""Reading points in time from text: in digits by a kernel, with words by rules for one text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from trodden.methods.rows import kernels_times as kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

OK: Final = kernels.OK
"""The text is a time."""
HAS_OFFSET: Final = kernels.HAS_OFFSET
"""The text says how far it is from UTC."""
SWAPPABLE: Final = kernels.SWAPPABLE
"""Day and month could change places and give another date."""
DAY_FIRST: Final = kernels.DAY_FIRST
"""Of the two numbers before the year only the first can be a day."""
MONTH_FIRST: Final = kernels.MONTH_FIRST
"""Of the two numbers before the year only the second can be a day."""
OUT_OF_RANGE: Final = kernels.OUT_OF_RANGE
"""A time before 1900 or after 2199."""
HAS_CLOCK: Final = kernels.HAS_CLOCK
"""The text says more than a day."""

ORDERS: Final = {"ymd": kernels.YMD, "dmy": kernels.DMY, "mdy": kernels.MDY}
"""The order of a date whose year does not stand first with four digits."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan",
            "feb",
            "mar mär mrz",
            "apr",
            "may mai",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct okt",
            "nov",
            "dec dez",
        ),
        1,
    )
    for name in names.split()
}
_CLOCK: Final = (
    r"(?P<h>\d{1,2}):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d+))?)?(?: ?(?P<half>[AaPp])\.?[Mm]\b\.?)?"
)
_ZONE: Final = r"(?P<zone>(?:UTC|GMT|Z)\b)?(?P<off>[+-]\d\d:?\d\d)?(?: ?\([^)]*\))?"
_DATES: Final = (
    r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?[ /-]?(?:of )?(?P<mon>[^\W\d_]{3,9})\.?,?[ /-]?(?P<y>\d{4}|\d\d)",
    r"(?P<mon>[^\W\d_]{3,9})\.?[ -](?P<d>\d{1,2})(?:st|nd|rd|th)?,?[ -](?P<y>\d{4})",
    r"(?P<y>\d{4})[ /-](?P<mon>[^\W\d_]{3,9})[ /-](?P<d>\d{1,2})",
)
_DAY_NAME: Final = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?"
_WORDED: Final = tuple(
    re.compile(rf"{_DAY_NAME}{date}(?:,?[ T:]{{1,2}}(?:at )?{_CLOCK} ?{_ZONE})?", re.IGNORECASE)
    for date in _DATES
)
_C_TIME: Final = re.compile(
    rf"{_DAY_NAME}(?P<mon>[a-z]{{3}}) {{1,2}}(?P<d>\d{{1,2}}) {_CLOCK}(?: {_ZONE})? (?P<y>\d{{4}})",
    re.IGNORECASE,
)
_PACKED: Final = re.compile(
    r"(?P<y>(?:19|2[01])\d\d)(?P<mon>\d\d)(?P<d>\d\d)"
    r"(?:[T ]?(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)?(?:\.(?P<f>\d+))?)?"
    r"(?P<off>Z|[+-]\d\d:?\d\d)?"
)
_LONGEST: Final = 64
"""Characters of a text that may be a time."""


class Times(NamedTuple):
    """Points in time read from a column.

    ``values``: (rows,) int64, microseconds since 1970, of UTC where ``told`` has HAS_OFFSET, else of the
    local clock. ``told``: (rows,) uint8, a sum of the bits above; without OK the text is no time.
    """

    values: NDArray[np.int64]
    told: NDArray[np.uint8]


def read_times(
    data: NDArray[np.uint8], offsets: NDArray[np.int32], use: NDArray[np.bool_], order: str
) -> Times:
    """Read a column of text as points in time.

    Read are: dates ``y-m-d``, ``d-m-y`` or ``m-d-y`` (with ``-``, ``/`` or ``.``; two-digit years from 69
    on are of the century before 2000), alone or followed by ``T`` or a space and
    ``hh[:mm[:ss[.fraction]]]``, ``am`` or ``pm``, ``Z`` or an offset; counts of seconds (9 or 10 digits),
    milliseconds (12, 13), microseconds (15, 16) and nanoseconds (18, 19) since 1970; packed
    ``yyyymmdd[hhmm[ss]]``; dates with English (and German) names of months. What is finer than a
    microsecond is cut off. ``24:00:00`` is the next midnight.

    Parameters
    ----------
    data, offsets
        The text: (bytes,), (rows + 1,).
    use
        (rows,), which cells to read.
    order
        ``ymd``, ``dmy`` or ``mdy``: of dates whose year does not stand first with four digits.
    """
    values, told = np.empty(len(use), np.int64), np.empty(len(use), np.uint8)
    kernels.read_times(data, offsets, use, ORDERS[order], values, told)
    _read_words(data, offsets, use, values, told)
    return Times(values, told)


def read_time_text(text: str, order: str = "ymd") -> tuple[int, int]:
    """Read one text as `read_times` reads a column; return microseconds and bits."""
    data = np.frombuffer(text.encode("utf-8", "replace"), np.uint8)
    offsets = np.array([0, len(data)], np.int32)
    values, told = read_times(data, offsets, np.ones(1, np.bool_), order)
    return int(values[0]), int(told[0])


def read_time(text: str) -> tuple[int, int]:
    """Read one text that is packed or has words; return microseconds and bits, 0 bits where it is no time."""
    for pattern in (_PACKED, *_WORDED, _C_TIME):
        match = pattern.fullmatch(text)
        moment = _moment(match.groupdict()) if match else None
        if moment:
            return moment
    return 0, 0


def _read_words(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int32],
    use: NDArray[np.bool_],
    values: NDArray[np.int64],
    told: NDArray[np.uint8],
) -> None:
    """Read the cells the kernel could not; equal texts are read once."""
    widths = offsets[1:] - offsets[:-1]
    packed = (told & OK > 0) & (widths == 12)  # noqa: PLR2004 -- yyyymmddhhmm looks like milliseconds
    left = np.flatnonzero(use & (widths > 0) & (widths <= _LONGEST) & ((told == 0) | packed))
    known: dict[bytes, tuple[int, int]] = {}
    for row in left.tolist():
        text = data[offsets[row] : offsets[row + 1]].tobytes()
        if text not in known:
            known[text] = read_time(text.decode("utf-8", "replace").strip())
        if known[text][1]:
            values[row], told[row] = known[text]


def _moment(parts: dict[str, str | None]) -> tuple[int, int] | None:
    month = _month(parts["mon"] or "")
    if not month:
        return None
    offset = _offset(parts.get("off") or "")
    try:
        day = datetime(
            _year(parts["y"] or ""), month, int(parts["d"] or 0), tzinfo=timezone(offset or timedelta())
        )
        moment = day + _clock(parts)
    except (ValueError, OverflowError):
        return None
    return _told(moment, has_clock=parts.get("h") is not None, has_offset=_has_zone(parts, offset))


def _told(moment: datetime, *, has_clock: bool, has_offset: bool) -> tuple[int, int]:
    us = (moment - _EPOCH) // timedelta(microseconds=1)
    if not kernels.FIRST_US <= us < kernels.END_US:
        return 0, OUT_OF_RANGE
    return us, OK | HAS_CLOCK * has_clock | HAS_OFFSET * has_offset


def _has_zone(parts: dict[str, str | None], offset: timedelta | None) -> bool:
    return offset is not None or parts.get("zone") is not None


def _month(text: str) -> int:
    return int(text) if text.isdecimal() else _MONTHS.get(text[:3].lower(), 0)


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004 -- two-digit years
        return year
    return year + (1900 if year >= kernels.CENTURY_SPLIT else 2000)


def _clock(parts: dict[str, str | None]) -> timedelta:
    hour, minute, second = (int(parts.get(name) or 0) for name in ("h", "mi", "s"))
    if parts.get("half"):
        hour = hour % 12 + 12 * ((parts["half"] or "").lower() == "p")
    micros = int(((parts.get("f") or "") + "000000")[:6])
    clock = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micros)
    if minute > 59 or second > 60 or clock > timedelta(days=1):  # noqa: PLR2004 -- minutes and seconds
        raise ValueError(clock)
    return clock


def _offset(text: str) -> timedelta | None:
    if not text:
        return None
    if text == "Z":
        return timedelta()
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if text[0] == "-" else offset
