"""The periods over which a map's predictions are scored.

Weeks begin on Monday, quarters in January, April, July and October; each begins at the first moment of its
first local day (`periods.first_moment`). A journey belongs to the period it began in. A published version is
scored for journeys that began after its publication (and not before its ``valid_from``), until its
``valid_to`` has passed or a later version of the map is published. Periods are cut at those moments. The last
whole period before is followed too, not to be scored but to forecast from. In hindsight all periods of
the last 20 years are scored up to the end, those before the publication marked so.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from trodden.methods.journeys.periods import first_moment, microseconds, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from trodden.model.journey_map import JourneyMap

Every = Literal["week", "month", "quarter"]
YEARS_BACK: Final = 20
_LONG_AGO, _FAR = 1_800, 3_000
"""No event is before the first of these years or after the second: such bounds are none."""
_MONTHS: Final = {"month": 1, "quarter": 3}


class Followed(msgspec.Struct, frozen=True):
    """One period: half-open ``[start, end)``, microseconds since the epoch, UTC.

    ``is_whole``: a calendar period from its first moment to its last. ``is_scored``: else only the naive
    forecast looks at it. ``is_hindsight``: before the publication, or of a draft.
    """

    start: int
    end: int
    is_whole: bool
    is_scored: bool
    is_hindsight: bool


class Reign(msgspec.Struct, frozen=True):
    """When a version's predictions count: from ``since`` until ``until``, microseconds; None for no bound."""

    since: int | None
    until: int | None


def reign_of(journey_map: JourneyMap, maps: Iterable[JourneyMap], zone: ZoneInfo) -> Reign:
    """Say from when until when the predictions of a version count; a draft's count from no time on."""
    published = journey_map.published_at
    later = [
        microseconds(_aware(one.published_at))
        for one in maps
        if one.name == journey_map.name and one.version > journey_map.version and one.published_at is not None
    ]
    if journey_map.valid_to is not None and journey_map.valid_to.year < _FAR:
        later.append(first_moment(journey_map.valid_to + timedelta(days=1), zone))
    if published is None:
        return Reign(None, min(later, default=None))
    since = microseconds(_aware(published))
    if journey_map.valid_from is not None:
        since = max(since, first_moment(_near(journey_map.valid_from), zone))
    return Reign(since, min(later, default=None))


def _near(day: date) -> date:
    """Return a day clocks can be asked about, in place of one far before or after all events."""
    return min(max(day, date(_LONG_AGO, 1, 1)), date(_FAR, 1, 1))


def _aware(found: datetime) -> datetime:
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def periods_followed(
    reign: Reign, as_of: int, every: Every, zone: ZoneInfo, *, hindsight: bool
) -> tuple[Followed, ...]:
    """Return the periods in order of time, the last of them holding ``as_of``; none where nothing is."""
    if not hindsight and (reign.since is None or reign.since > as_of):
        return ()
    edges = _edges(reign, as_of, every, zone, hindsight=hindsight)
    return tuple(_followed(edges, reign, as_of, hindsight=hindsight))


def _edges(reign: Reign, as_of: int, every: Every, zone: ZoneInfo, *, hindsight: bool) -> list[int]:
    """Return the first moments of the calendar periods that matter, and of the one after the last."""
    until = as_of if hindsight or reign.until is None else min(as_of, reign.until)
    last = moment(until).astimezone(zone).date()
    if hindsight or reign.since is None:
        first = date(last.year - YEARS_BACK, 1, 1)
    else:
        first = moment(reign.since).astimezone(zone).date()
    day = before(begin_of(first, every), every)
    found: list[int] = []
    while day <= last:
        found.append(first_moment(day, zone))
        day = after(day, every)
    return [*found, first_moment(day, zone)]


def _followed(edges: list[int], reign: Reign, as_of: int, *, hindsight: bool) -> Iterator[Followed]:
    marks = {at for at in (reign.since, None if hindsight else reign.until) if at is not None}
    whole = set(pairwise(edges))
    cuts = sorted({*edges, *(at for at in marks if edges[0] < at < edges[-1])})
    for start, end in pairwise(cuts):
        is_before = reign.since is None or start < reign.since
        is_over = not hindsight and reign.until is not None and start >= reign.until
        is_whole = (start, end) in whole
        is_scored = (hindsight or not is_before) and not is_over
        if start <= as_of and (is_scored or (is_before and is_whole)):
            yield Followed(start, end, is_whole, is_scored, is_before)


def begin_of(day: date, every: Every) -> date:
    """Return the first day of the period a day lies in.

    Examples
    --------
    >>> [begin_of(date(2026, 6, 30), every).isoformat() for every in ("week", "month", "quarter")]
    ['2026-06-29', '2026-06-01', '2026-04-01']
    """
    if every == "week":
        return day - timedelta(days=day.weekday())
    return date(day.year, day.month - (day.month - 1) % _MONTHS[every], 1)


def after(first: date, every: Every) -> date:
    """Return the first day of the next period."""
    if every == "week":
        return first + timedelta(days=7)
    return begin_of(first + timedelta(days=31 * _MONTHS[every]), every)


def before(first: date, every: Every) -> date:
    """Return the first day of the period before."""
    return begin_of(first - timedelta(days=1), every)
