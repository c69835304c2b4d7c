"""Days, weeks and months by the clocks of a time zone, as whole numbers that count up.

A local day begins at the first moment of its date (see `periods.first_moment`) and lasts until the next
one begins, so it has 23 or 25 hours where clocks are changed. Where clocks go back over midnight, the day
that has begun goes on. Weeks begin on Monday, or on the day their cut says. Days are numbered from
1970-01-01, weeks from the one that holds it, months from January 1970; earlier ones are negative.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from trodden.methods.journeys.periods import find_zone, first_moment
from trodden.methods.journeys.units import frozen
from trodden.model.errors import UnknownNameError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Span = Literal["day", "week", "month"]
Cut = Literal["day", "week", "month", "week from saturday", "week from sunday"]
"""How time is cut: by a span, and weeks by the day they begin on, Monday where nothing is said."""

_FIRST: Final = date(1970, 1, 1)
_SHIFTS: Final[dict[Cut, int]] = {"week": 3, "week from saturday": 5, "week from sunday": 4}
"""How many days of the week that held 1970-01-01, a Thursday, lay before it."""
_BY_DAY: Final = -1
_DAY: Final = 86_400
_LONG_AGO: Final = -(10**9)


class Clocks(NamedTuple):
    """When a zone's clocks change, in seconds UTC.

    ``changes``: (k,) ascending. ``offsets``: (k + 1,) seconds east of UTC before, between and after.
    ``begun``: (k + 1,) the last local day that had begun before each of these stretches.
    """

    changes: NDArray[np.int64]
    offsets: NDArray[np.int64]
    begun: NDArray[np.int64]


@lru_cache(maxsize=16)
def clocks_of(zone: str) -> Clocks:
    """Return when the clocks of a zone change, from 1900 to 2200."""
    import numpy as np

    from trodden.methods.rows.zones import changes_of

    walls, kept = changes_of(find_zone(zone))
    offsets = kept[1:]
    changes = walls[1:] - np.maximum(offsets[:-1], offsets[1:])
    begun = np.append(_LONG_AGO, (changes - 1 + offsets[:-1]) // _DAY)
    return Clocks(frozen(changes), frozen(offsets[:]), frozen(begun))


def cut_of(span: Span, week_begins: str) -> Cut:
    """Return how a span is cut where weeks begin on this day: monday, saturday or sunday.

    Examples
    --------
    >>> cut_of("week", "sunday"), cut_of("week", "monday"), cut_of("month", "sunday")
    ('week from sunday', 'week', 'month')
    """
    cuts: dict[str, Cut] = {"saturday": "week from saturday", "sunday": "week from sunday"}
    return cuts.get(week_begins, "week") if span == "week" else span


def span_of(cut: Cut) -> Span:
    """Return the span something is cut by."""
    return cut if cut in ("day", "month") else "week"


def numbers_of(at: NDArray[np.int64], span: Cut, zone: str) -> NDArray[np.int64]:
    """Return the number of the day, week or month each moment lies in.

    ``at``: (n,) microseconds since the epoch, UTC. Numbers never fall from an earlier moment to a later one.
    """
    import numpy as np

    from trodden.methods.journeys import kernels_calendar as kernels

    seen = frozen(np.ascontiguousarray(at, dtype=np.int64)[:])
    changes, offsets, begun = clocks_of(zone)
    numbers = kernels.numbers_of(seen, (changes, offsets, begun), _SHIFTS.get(span, _BY_DAY))
    if span != "month":
        return numbers
    return numbers.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def number_of(at: int, span: Cut, zone: str) -> int:
    """Return the number of the period one moment lies in."""
    import numpy as np

    return int(numbers_of(np.array([at], dtype=np.int64), span, zone)[0])


def first_day(number: int, span: Cut) -> date:
    """Return the first date of a period.

    Examples
    --------
    >>> [first_day(1, span).isoformat() for span in ("day", "week", "month")]
    ['1970-01-02', '1970-01-05', '1970-02-01']
    """
    if span == "month":
        years, month = divmod(number, 12)
        return date(1970 + years, month + 1, 1)
    return _FIRST + timedelta(days=number if span == "day" else 7 * number - _SHIFTS[span])


@lru_cache(maxsize=1 << 14)
def start_of(number: int, span: Cut, zone: str) -> int:
    """Return the first moment of a period, in microseconds since the epoch, UTC."""
    return first_moment(first_day(number, span), find_zone(zone))


def label_of(number: int, span: Cut) -> str:
    """Name a period by its first date, a month by itself: ``2026-03-02``, ``2026-03``."""
    return first_day(number, span).isoformat()[: 7 if span == "month" else 10]


def number_named(label: str, span: Cut) -> int:
    """Return the number of the period that `label_of` calls so.

    Raises
    ------
    UnknownNameError
        No period is called so.

    Examples
    --------
    >>> number_named("2026-03", "month"), number_named("1970-01-05", "week")
    (674, 1)
    """
    try:
        day = date.fromisoformat(f"{label}-01" if span == "month" else label)
    except ValueError:
        raise UnknownNameError(
            f"No period is called {label!r}.",
            hint="Periods are called by their first date, months such as 2026-03.",
        ) from None
    if span == "month":
        return 12 * (day.year - _FIRST.year) + day.month - 1
    days = (day - _FIRST).days
    return days if span == "day" else (days + _SHIFTS[span]) // 7
