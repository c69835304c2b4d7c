"""Moments and periods as people write them, in the workspace's zone, as microseconds since the epoch."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trodden.model.errors import QuestionError
from trodden.model.question import Period

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_YEARS: Final = range(1900, 2200)
"""The years of the times that are imported."""
_HINT: Final = "Write a date (2026-04-01) or a time (2026-04-01T09:30, with +02:00 or Z for another zone)."


def microseconds(moment: datetime | timedelta) -> int:
    """Return whole microseconds since the epoch (of an aware moment), or in a duration."""
    length = moment if isinstance(moment, timedelta) else moment - _EPOCH
    return length // _MICROSECOND


def moment(at: int) -> datetime:
    """Return the aware UTC moment at ``at`` microseconds since the epoch."""
    return _EPOCH + timedelta(microseconds=at)


def find_zone(name: str) -> ZoneInfo:
    """Return the time zone of this name.

    Raises
    ------
    QuestionError
        The tz database knows no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise QuestionError(
            f"There is no time zone called {name!r}.", hint="Such as Europe/Vienna."
        ) from error


def as_known(given: datetime | None, otherwise: datetime, zone: ZoneInfo) -> datetime:
    """Return the aware moment a question is asked as of: the one it gives, else the one it is ``otherwise``.

    Raises
    ------
    QuestionError
        It gives one outside the years 1900 to 2199.
    """
    if given is not None:
        _refuse_far(given, str(given))
    return local(given or otherwise, zone)


def _refuse_far(found: date, text: str) -> None:
    """Refuse what lies outside the years events may have; arithmetic ends soon after the year 9999."""
    if found.year not in _YEARS:
        raise QuestionError(f"{text!r} is not in the years 1900 to 2199.", hint="No event is.")


def parse_moment(text: str, zone: ZoneInfo) -> int:
    """Read a date or a time.

    A bare date is the first moment of that local day, which is later than 00:00 where clocks jump
    over it. A time without an offset is local; an ambiguous one is the first of the two, one the
    clocks skip moves forward.

    Raises
    ------
    QuestionError
        The text is neither, or outside the years 1900 to 2199.

    Examples
    --------
    >>> moment(parse_moment("2018-11-04", find_zone("America/Sao_Paulo"))).isoformat()
    '2018-11-04T03:00:00+00:00'
    """
    day = _read_day(text)
    found = day or _read_time(text)
    _refuse_far(found, text)
    return first_moment(day, zone) if day else microseconds(local(_read_time(text), zone))


def _read_time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise QuestionError(f"{text!r} is neither a date nor a time.", hint=_HINT) from error


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def local(found: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment itself where it is aware, else as a local time of ``zone``."""
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def first_moment(day: date, zone: ZoneInfo) -> int:
    """Return the first moment of a local day, in microseconds since the epoch."""
    midnight = datetime.combine(day, time(), tzinfo=zone)
    early, late = (
        microseconds(midnight.replace(fold=1).astimezone(UTC)),
        microseconds(midnight.astimezone(UTC)),
    )
    return late if early >= late else _end_of_gap(early, late, zone)


def _end_of_gap(before: int, after: int, zone: ZoneInfo) -> int:
    """Return the moment in ``(before, after]`` at which the clocks of ``zone`` jump forward."""
    settled = moment(after).astimezone(zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if moment(middle).astimezone(zone).utcoffset() == settled:
            after = middle
        else:
            before = middle
    return after


def parse_period(period: Period | None, zone: ZoneInfo) -> tuple[int | None, int | None]:
    """Return the half-open range ``[start, end)`` of a period; None where a side is not bounded.

    Raises
    ------
    QuestionError
        A side cannot be read or is outside the years 1900 to 2199, or the end is not later than the start.
    """
    if period is None:
        return None, None
    start, end = (None if side is None else parse_moment(side, zone) for side in (period.start, period.end))
    if start is not None and end is not None and end <= start:
        raise QuestionError(
            f"The period {period.start}..{period.end} is empty.",
            hint="The end is the first moment that is no longer part of it.",
        )
    return start, end
