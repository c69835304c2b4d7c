"""Retention by plain loops and the standard library's clocks; a unit is (touchpoint, time) in walk order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Walk = list[tuple[str, datetime]]
Found = dict[tuple[date, int], tuple[int, int]]
"""Returned and units by the first day of a cohort and the number of a period."""


@dataclass(frozen=True)
class Ask:
    """What is followed; ``starts`` and ``returns`` are touchpoints, ``rolling`` a number of days."""

    starts: frozenset[str]
    returns: frozenset[str]
    by: str
    rolling: int | None
    most: int
    later: bool


def period_of(at: datetime, by: str, zone: ZoneInfo) -> date:
    """Return the first date of the day, week or month a moment lies in, by the clocks of the zone."""
    day = at.astimezone(zone).date()
    if by == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by == "month" else day


def following(first: date, by: str) -> date:
    """Return the first date of the next period."""
    if by == "month":
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if by == "week" else 1)


def periods_after(start: datetime, at: datetime, ask: Ask, zone: ZoneInfo) -> int:
    """Return how many periods after the start a moment lies."""
    if ask.rolling is not None:
        return (at - start) // timedelta(days=ask.rolling)
    found, last = period_of(start, ask.by, zone), period_of(at, ask.by, zone)
    count = 0
    while found < last:
        found, count = following(found, ask.by), count + 1
    return count


def cells(walks: list[Walk], ask: Ask, zone: ZoneInfo) -> Found:
    """Return every cell of every cohort, whether or not its period has come."""
    sizes, returned = Counter[date](), Counter[tuple[date, int]]()
    for walk in walks:
        starts = [place for place, (name, _) in enumerate(walk) if name in ask.starts]
        if not starts:
            continue
        start = walk[starts[0]][1]
        cohort = period_of(start, ask.by, zone)
        sizes[cohort] += 1
        later = [at for name, at in walk[starts[0] + 1 :] if name in ask.returns]
        found = {periods_after(start, at, ask, zone) for at in later}
        for period in range(ask.most + 1):
            returned[cohort, period] += period in found or (ask.later and max(found, default=-1) > period)
    return {(one, k): (returned[one, k], sizes[one]) for one in sizes for k in range(ask.most + 1)}


def ends_of(cohort: date, period: int, ask: Ask, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a period begins for the first of a cohort and is over for its last; midnights exist."""
    firsts = [cohort]
    for _ in range(period + 1):
        firsts.append(following(firsts[-1], ask.by))
    moments = [datetime(one.year, one.month, one.day, tzinfo=zone).astimezone(UTC) for one in firsts]
    if ask.rolling is None:
        return moments[period], moments[period + 1]
    length = timedelta(days=ask.rolling)
    return moments[0] + period * length, moments[1] + (period + 1) * length


def lives(
    walks: list[Walk], ask: Ask, silence: timedelta, as_of: datetime
) -> tuple[list[timedelta], list[timedelta]]:
    """Return how long units were active that fell silent, and how long the others were followed."""
    ended, cut = list[timedelta](), list[timedelta]()
    for walk in walks:
        starts = [place for place, (name, _) in enumerate(walk) if name in ask.starts]
        if not starts or walk[starts[0]][1] > as_of - silence:
            continue
        start = walk[starts[0]][1]
        times = [start, *(at for name, at in walk[starts[0] + 1 :] if name in ask.returns)]
        quiet = [at for at, after in zip(times, [*times[1:], as_of], strict=True) if after - at > silence]
        if quiet:
            ended.append(quiet[0] - start)
        else:
            cut.append(as_of - silence - start)
    return ended, cut


def comings(walks: list[Walk], by: str, zone: ZoneInfo) -> Counter[tuple[date, str]]:
    """Count units that are new, returning, resurrected and dormant in each period, by its first date."""
    found = Counter[tuple[date, str]]()
    for walk in walks:
        active = sorted({period_of(at, by, zone) for _, at in walk})
        for place, one in enumerate(active):
            kept = place > 0 and following(active[place - 1], by) == one
            found[one, "returning" if kept else "resurrected" if place else "new"] += 1
            if following(one, by) not in active:
                found[following(one, by), "dormant"] += 1
    return found
