"""Local clocks to UTC: which instant a wall clock meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = 86_400
_FIRST_DAY: Final = -25_600
"""Before 1900-01-01, in days since 1970."""
_END_DAY: Final = 84_100
"""After 2200-01-01."""


class Instants(NamedTuple):
    """Local times as instants.

    ``utc``: (n,) int64 microseconds since 1970. ``is_ambiguous``, ``is_missing``: (n,) bool, clocks that came
    twice (the first is taken) and clocks that never came (moved forward by the length of the gap).
    """

    utc: NDArray[np.int64]
    is_ambiguous: NDArray[np.bool_]
    is_missing: NDArray[np.bool_]


class Changes(NamedTuple):
    """When a zone's offset changes: ``walls`` is the later of the two wall clocks at the change.

    ``walls``: (k,) int64 seconds; ``offsets``: (k + 1,) int64 seconds east of UTC, before, between and after.
    """

    walls: NDArray[np.int64]
    offsets: NDArray[np.int64]


def to_utc(local: NDArray[np.int64], zone: ZoneInfo) -> Instants:
    """Read local clocks, microseconds as if they were UTC, in a zone.

    A clock that comes twice (autumn) is the first; one that never comes (spring) is moved forward by the
    length of the gap: 02:30 is read as 03:30 where clocks went from 02:00 to 03:00. Between them order
    and distances are kept.
    """
    walls, offsets = changes_of(zone)
    seconds = np.floor_divide(local, 1_000_000)
    place = np.searchsorted(walls, seconds, side="right")
    steps = np.abs(np.diff(offsets))
    following = np.minimum(place, len(walls) - 1)
    in_change = (place < len(walls)) & (seconds >= walls[following] - steps[following])
    is_forward = offsets[np.minimum(following + 1, len(offsets) - 1)] > offsets[following]
    return Instants(local - offsets[place] * 1_000_000, in_change & ~is_forward, in_change & is_forward)


@lru_cache(maxsize=16)
def changes_of(zone: ZoneInfo) -> Changes:
    """Return every change of a zone's offset from 1900 to 2200, found by asking for each day."""
    days = range(_FIRST_DAY, _END_DAY)
    offsets = [_offset_at(zone, day * _DAY) for day in days]
    walls: list[int] = [-(2**62)]
    kept: list[int] = [offsets[0], offsets[0]]
    for day, before, after in zip(days, offsets, offsets[1:], strict=False):
        if before != after:
            walls.append(_change_within(zone, day * _DAY, before) + max(before, after))
            kept.append(after)
    return Changes(np.array(walls, np.int64), np.array(kept, np.int64))


def _offset_at(zone: ZoneInfo, second: int) -> int:
    offset = (_EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
    return int((offset or timedelta()).total_seconds())


def _change_within(zone: ZoneInfo, start: int, before: int) -> int:
    """Return the first second of the day from ``start`` on at which the offset is no longer ``before``."""
    low, high = start, start + _DAY
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_at(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high
