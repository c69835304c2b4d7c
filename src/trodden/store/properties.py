"""Properties of events as text: what counts as a value, as one type, and as too much for a column."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LONGEST_TEXT: Final = 256
"""Characters a promoted value may have; a longer one is null and counted as unparsed."""

_EXACT: Final = 2**53
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_LOOSE_NUMBER: Final = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?")
_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def text_of(value: object) -> str | None:
    """Return a property's value as text; None where it is no single value or is too long.

    A string is itself; a number is written in its shortest form (``1``, not ``1.0``); true and
    false are ``true`` and ``false``. Objects and lists have no text. Null and the empty string are
    no value at all and must be left out before.
    """
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    return None


def number_text(value: float) -> str:
    """Write a number in its one shortest form."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return str(int(value))
    return str(value)


def type_of(texts: Iterable[str]) -> str:
    """Return the one type all these texts have: boolean, number, time, else string.

    A text is a number when it is written as `number_text` would write it (``007`` and ``1.10`` are
    not) and is exact as a double; a time when it is an ISO 8601 date or date and time. No texts at
    all are strings.
    """
    distinct = list(texts)
    tests: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("boolean", {"true", "false"}.__contains__),
        ("number", is_number),
        ("time", is_time),
    )
    return next((name for name, test in tests if distinct and all(map(test, distinct))), "string")


def is_number(text: str) -> bool:
    """Tell whether the text is a number in its shortest form, exact as a double."""
    return bool(_NUMBER.fullmatch(text)) and number_text(float(text)) == text


def is_time(text: str) -> bool:
    """Tell whether the text is an ISO 8601 date, or date and time, that exists."""
    return bool(_TIME.fullmatch(text)) and _moment(text) is not None


def value_of(text: str, kind: str, time_zone: str = "UTC") -> str | float | bool | int:
    """Return the typed value of a text that has this type; times are microseconds, UTC.

    A time without an offset is read in ``time_zone``; a date is its first moment there.
    """
    if kind == "number":
        return _number(text)
    if kind == "boolean":
        return text == "true"
    if kind == "time":
        return _microseconds(text, time_zone)
    return text


def as_type(text: str, kind: str, time_zone: str = "UTC") -> str | None:
    """Return the text of a value read as the type somebody asked for; None where it does not parse.

    Numbers may have a sign, spaces around them and superfluous zeros; booleans may be yes, no, 1 or
    0 in any case; times are ISO 8601 and come back in UTC. What comes back has this type for `value_of`.
    """
    if kind == "number":
        return _as_number(text)
    if kind == "boolean":
        return _as_boolean(text.strip().lower())
    if kind == "time":
        return _as_time(text.strip(), time_zone)
    return text


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= _EXACT else value


def _as_number(text: str) -> str | None:
    if not _LOOSE_NUMBER.fullmatch(text):
        return None
    written = number_text(float(text))
    return written if is_number(written) else None


def _as_boolean(text: str) -> str | None:
    return "true" if text in _TRUE else "false" if text in _FALSE else None


def _as_time(text: str, time_zone: str) -> str | None:
    if not is_time(text):
        return None
    return (_EPOCH + timedelta(microseconds=_microseconds(text, time_zone))).isoformat()


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if MINYEAR < moment.year < MAXYEAR else None


def _microseconds(text: str, time_zone: str) -> int:
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))
    return (aware - _EPOCH) // timedelta(microseconds=1)
