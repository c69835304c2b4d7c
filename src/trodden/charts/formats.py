"""Numbers as people read them: the same figure reads alike on a page, in a mail and in a terminal."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from trodden.model.durations import UNITS, format_duration, in_unit, unit_of
from trodden.model.question import Rate
from trodden.model.words import language, tr, with_marks

Kind = Literal["text", "count", "share", "points", "duration", "time", "money", "number"]

NOTHING: Final = "–"  # noqa: RUF001 - an en dash is what tables show for no value
_MONTHS: Final = {
    "de": ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.")
}
"""Short names of months where they are not those of English, as CLDR has them."""
_MINUS: Final = "\u2212"
_SMALL: Final = 0.0995
_NEARLY_ALL: Final = 0.995
_LEAST_SHARE: Final = 0.0005
_MANY: Final = 1_000


def format_count(value: float) -> str:
    """Write a whole number with its thousands set apart.

    Examples
    --------
    >>> format_count(9480)
    '9,480'
    """
    return format_places(value, 0)


def format_places(value: float, places: int) -> str:
    """Write a number with so many decimals.

    Examples
    --------
    >>> format_places(1234.5, 2)
    '1,234.50'
    """
    return with_marks(f"{value:,.{places}f}")


def format_number(value: float) -> str:
    """Write a plain number with three significant figures or so.

    Examples
    --------
    >>> [format_number(v) for v in (1234.5, 12.34, 0.5, -1, 0.01234)]
    ['1,234', '12.3', '0.5', '-1', '0.0123']
    """
    if not math.isfinite(value):
        return NOTHING
    size = abs(value)
    places = 0 if size >= 1000 or value == int(value) else 1 if size >= 10 else 2 if size >= 1 else 3  # noqa: PLR2004
    if 0 < size < 0.1:  # noqa: PLR2004 - below a tenth, significant figures say more than places
        return with_marks(f"{value:.3g}")
    text = f"{value:,.{places}f}"
    return with_marks(text.rstrip("0").rstrip(".") if "." in text else text)


def format_share(value: float) -> str:
    """Write a share in [0, 1] as per cent; a decimal only where whole numbers would mislead.

    Examples
    --------
    >>> [format_share(v) for v in (0.463, 0.041, 0.9961, 1.0, 0.0, 0.0001)]
    ['46 %', '4.1 %', '99.6 %', '100 %', '0 %', '<0.1 %']
    """
    return f"{_percent(value)} %"


def format_points(value: float) -> str:
    """Write a difference of shares in percentage points, without a unit: the text around it says it.

    Examples
    --------
    >>> [format_points(v) for v in (0.132, 0.041, 0.0, 0.0001)]
    ['13', '4.1', '0', '<0.1']
    """
    return _percent(value)


def format_signed_points(value: float) -> str:
    """Write a difference of shares in whole percentage points with its sign, without a unit.

    Examples
    --------
    >>> [format_signed_points(v).replace("\u2212", "-") for v in (0.132, -0.041, 0.0, -0.001)]
    ['+13', '-4', '0', '0']
    """
    points = round(100 * value)
    return f"{points:+d}".replace("-", _MINUS) if points else "0"


def ends_along(value: float, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """Return the ends of an interval where the value is told without its sign; beyond 0 an end is negative.

    Examples
    --------
    >>> ends_along(-0.13, -0.16, 0.02), ends_along(0.13, -0.02, 0.16)
    ((-0.02, 0.16), (-0.02, 0.16))
    """
    if low is None or high is None:
        return None, None
    return (-high, -low) if value < 0 else (low, high)


def _percent(value: float) -> str:
    size = abs(value)
    if 0 < size < _LEAST_SHARE:
        return with_marks("<0.1")
    precise = 0 < size < _SMALL or _NEARLY_ALL <= size < 1
    return with_marks(f"{value * 100:.1f}" if precise else f"{value * 100:.0f}")


def format_time(value: datetime, zone: str = "UTC", *, seconds: bool = False) -> str:
    """Write a moment as clocks of a zone show it; the day alone where it is midnight sharp there.

    Examples
    --------
    >>> format_time(datetime(2026, 3, 4, 9, 5, tzinfo=UTC))
    '4 Mar 2026, 09:05'
    >>> format_time(datetime(2026, 3, 4, 23, 0, tzinfo=UTC), "Europe/Vienna")
    '5 Mar 2026'
    """
    moment = value.astimezone(ZoneInfo(zone)) if value.tzinfo else value
    day = _day(moment)
    if not seconds and (moment.hour, moment.minute) == (0, 0):
        return day
    return f"{day}, {moment:%H:%M:%S}" if seconds else f"{day}, {moment:%H:%M}"


def format_day(value: datetime, zone: str) -> str:
    """Write the day a moment falls on in a zone.

    Examples
    --------
    >>> format_day(datetime(2026, 3, 4, 23, 30, tzinfo=UTC), "Europe/Vienna")
    '5 Mar 2026'
    """
    return _day(value.astimezone(ZoneInfo(zone)))


def _day(moment: date) -> str:
    short = _MONTHS.get(language())
    return (
        f"{moment.day}. {short[moment.month - 1]} {moment.year}" if short else f"{moment.day} {moment:%b %Y}"
    )


def format_moment(value: datetime, zone: str) -> str:
    """Write a moment with the name of the zone whose clocks show it.

    Examples
    --------
    >>> format_moment(datetime(2026, 3, 4, 9, 5, tzinfo=UTC), "Europe/Vienna")
    '4 Mar 2026, 10:05 Europe/Vienna'
    """
    return f"{format_time(value, zone)} {zone}"


def format_head(label: str, kind: str, zone: str, *, is_name: bool = False) -> str:
    """Write a column's head; one of times says in which zone they are, a name stays as it is.

    Examples
    --------
    >>> [format_head("last", kind, "Europe/Vienna") for kind in ("time", "duration")]
    ['last (Europe/Vienna)', 'last']
    """
    said = label if is_name else tr(label)
    return f"{said} ({zone})" if kind == "time" else said


def format_value(value: object, kind: str = "text", zone: str = "UTC") -> str:
    """Write any cell by the kind of its column; nothing becomes a dash.

    Durations are seconds, shares fractions, times ISO 8601 texts or seconds since the epoch; these are
    written in the zone.
    """
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, int | float):
        return _format_figure(float(value), kind, zone)
    return format_time(datetime.fromisoformat(str(value)), zone) if kind == "time" else str(value)


def _format_figure(value: float, kind: str, zone: str = "UTC") -> str:
    if not math.isfinite(value):
        return NOTHING
    sign = _MINUS if value < 0 and kind != "time" else ""
    return sign + _format_size(abs(value) if sign else value, kind, zone)


def _format_size(value: float, kind: str, zone: str) -> str:
    match kind:
        case "share":
            return format_share(value)
        case "points":
            return format_points(value)
        case "duration":
            return format_duration(value)
        case "time":
            return format_time(datetime.fromtimestamp(value, UTC), zone)
        case "count" | "money":
            return format_count(value)
        case _:
            return format_number(value)


def format_interval(low: float | None, high: float | None, kind: str) -> str:
    """Write a 95 % interval in brackets, its ends in one unit; empty where there is none.

    Examples
    --------
    >>> format_interval(0.451, 0.473, "share").replace("\u2013", "-")
    '[45-47 %]'
    >>> format_interval(5_880, 7_260, "duration").replace("\u2013", "-")
    '[98-121 min]'
    >>> format_interval(0, 172_000, "duration").replace("\u2013", "-")
    '[0-48 h]'
    """
    if low is None or high is None:
        return ""
    if kind == "duration" and math.isfinite(low) and math.isfinite(high):
        return _interval_of_durations(low, high)
    first, last = _format_figure(low, kind), _format_figure(high, kind)
    head, _, unit = last.rpartition(" ")
    if low < 0 or (head and not first.endswith(f" {unit}")):
        return tr("[{first} to {last}]", first=first, last=last)
    first = first.removesuffix(f" {unit}") if head else first
    return f"[{first}–{last}]"  # noqa: RUF001 - an en dash stands between two ends


def format_estimate(value: float, low: float | None, high: float | None, kind: str) -> str:
    """Write a value with its interval, where it has one; a duration in the unit of the interval.

    Examples
    --------
    >>> format_estimate(0.462, 0.451, 0.473, "share").replace("\u2013", "-")
    '46 % [45-47 %]'
    >>> format_estimate(0.13, 0.1, 0.16, "points").replace("\u2013", "-")
    '13 points [10-16]'
    >>> format_estimate(7_500, 5_880, 8_400, "duration").replace("\u2013", "-")
    '125 min [98-140 min]'
    """
    return " ".join(filter(None, value_and_interval(value, low, high, kind)))


def rate_said(rate: Rate) -> str:
    """Write a rate with its interval; 0 % where it is of nobody.

    Examples
    --------
    >>> rate_said(Rate(9, 18, 0.5, 0.29, 0.71)).replace("\u2013", "-")
    '50 % [29-71 %]'
    """
    return format_estimate(rate.value or 0.0, rate.low, rate.high, "share")


def value_and_interval(value: float, low: float | None, high: float | None, kind: str) -> tuple[str, str]:
    """Write a value, and its interval or nothing, as `format_estimate` does, for words to stand between."""
    interval = format_interval(low, high, kind)
    if kind == "duration" and interval and low is not None and high is not None:
        size, unit = _unit_of_ends(low, high)
        return f"{_in_unit(value, size)} {unit}", interval
    said = format_value(value, kind)
    return tr("{n} points", n=said) if kind == "points" else said, interval


def _unit_of_ends(low: float, high: float) -> tuple[int, str]:
    """Return the unit of both ends: that of the one nearer to 0, or the next in which no end has 1,000."""
    sizes = sorted(abs(end) for end in (low, high))
    size, unit = unit_of(sizes[0] or sizes[1])
    if sizes[1] / size >= _MANY:
        return next((one for one in UNITS if sizes[1] / one[0] < _MANY), UNITS[-1])
    return size, unit


def _in_unit(value: float, size: int) -> str:
    return f"{_MINUS if value < 0 else ''}{in_unit(abs(value), size)}"


def _interval_of_durations(low: float, high: float) -> str:
    size, unit = _unit_of_ends(low, high)
    first, last = (_in_unit(end, size) for end in (low, high))
    if low < 0:
        return tr("[{first} to {last}]", first=first, last=f"{last} {unit}")
    return f"[{first}–{last} {unit}]"  # noqa: RUF001 - an en dash stands between two ends
