"""Durations as people write and read them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import msgspec

from trodden.model.words import with_marks

_UNITS: Final = {"ms": 0.001, "s": 1, "min": 60, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_PART: Final = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*(ms|min|s|m|h|d|w)\s*")
_ISO: Final = re.compile(r"-?P", re.IGNORECASE)
UNITS: Final = ((1, "s"), (60, "min"), (3_600, "h"), (86_400, "d"))
"""Units durations are written in: seconds and name, the least first."""
_STEPS: Final = ((172_800, 86_400, "d"), (7_200, 3_600, "h"), (120, 60, "min"))


def parse_duration(text: str) -> timedelta:
    """Read ``90s``, ``2h 30min``, ``1,5 h``, ``7d``, ``1w`` or ISO 8601 (``P7D``, ``PT2H``).

    Raises
    ------
    ValueError
        The text is none of these.

    Examples
    --------
    >>> parse_duration("2h 30min")
    datetime.timedelta(seconds=9000)
    >>> parse_duration("1,5 h") == parse_duration("1.5h")
    True
    """
    if _ISO.match(text.strip()):
        return _parse_iso(text.strip())
    seconds, position = 0.0, 0
    while found := _PART.match(text, position):
        seconds += float(found[1].replace(",", ".")) * _UNITS[found[2]]
        position = found.end()
    if position == 0 or position < len(text):
        raise ValueError(f"{text!r} is not a duration: write 90s, 30min, 2h, 7d, 1w or ISO 8601 such as P7D")
    try:
        return timedelta(seconds=seconds)
    except OverflowError as error:
        raise ValueError(f"{text!r} is longer than any time there is") from error


def _parse_iso(text: str) -> timedelta:
    try:
        return msgspec.convert(text.upper(), timedelta)
    except msgspec.ValidationError as error:
        raise ValueError(f"{text!r} is not an ISO 8601 duration such as P7D or PT2H") from error


def format_duration(seconds: float) -> str:
    """Write a duration with two significant figures or so, in the largest unit that fits twice.

    Examples
    --------
    >>> [format_duration(s) for s in (0.2, 45, 90, 8640, 662400)]
    ['0.2 s', '45 s', '90 s', '2.4 h', '7.7 d']
    """
    size, unit = unit_of(seconds)
    return f"{in_unit(seconds, size)} {unit}"


def unit_of(seconds: float) -> tuple[int, str]:
    """Return the largest unit a duration is at least twice as long as: its seconds and its name.

    Examples
    --------
    >>> unit_of(8640), unit_of(1)
    ((3600, 'h'), (1, 's'))
    """
    found = ((size, unit) for least, size, unit in _STEPS if abs(seconds) >= least)
    return next(found, (1, "s"))


def in_unit(seconds: float, size: int) -> str:
    """Write a duration in a unit of so many seconds, without its name.

    Examples
    --------
    >>> in_unit(5880, 3600), in_unit(36000, 3600)
    ('1.6', '10')
    """
    return _short(seconds / size)


def _short(value: float) -> str:
    is_whole = abs(value) >= 10 or value == int(value)  # noqa: PLR2004 - two significant figures
    return with_marks(f"{value:.0f}" if is_whole else f"{value:.1f}")
