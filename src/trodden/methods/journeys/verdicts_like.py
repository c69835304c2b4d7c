"""What journeys at a fork are matched on: their segment, when they began, and how far they had come.

Everything is taken as it was at the fork, so that nothing a deviation brought about is matched on.

- *Segment*: for each promoted property its last value that is not missing at the fork, back to the customer's
  first event; a missing value is a level of its own.
- *Start period*: the week (ISO), month or quarter of the journey's first step, in the workspace's zone.
- *Progress*: steps matched up to the fork (15 and more are one level); time from the first step to the fork
  (under a minute, ten minutes, an hour, six hours, a day, three days, a week, 30 days, and beyond);
  events and steps unmatched before it (none, one, two and more).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

import msgspec
import numpy as np

from trodden.methods.journeys.periods import first_moment
from trodden.methods.journeys.segments_codes import find_property
from trodden.methods.journeys.units import frozen
from trodden.model.errors import QuestionError
from trodden.model.words import keep

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_verdicts import Passed
    from trodden.methods.journeys.units import Units
    from trodden.model.walks import Bucket, Dictionaries, PropertyDictionary

PeriodLength = Literal["week", "month", "quarter"]

MOST_STEPS: Final = 15
MOST_STRAYED: Final = 2
ELAPSED_S: Final = (60, 600, 3_600, 6 * 3_600, 86_400, 3 * 86_400, 7 * 86_400, 30 * 86_400)
MOST_VALUES: Final = 50
"""Values a property may have to be matched on."""

BY_DEFAULT: Final = 4
VALUES_BY_DEFAULT: Final = range(2, 9)
"""Without a list, so many properties are matched on, and how many values they may have."""

PROGRESS: Final = (
    keep("start period"),
    keep("steps before"),
    keep("time before"),
    keep("deviations before"),
)


class Segmented(msgspec.Struct, frozen=True):
    """A property by code: ``ranks[c]`` is the place of code ``c``'s value among all, sorted; 0 is missing."""

    name: str
    ranks: tuple[int, ...]


class Likeness(msgspec.Struct, frozen=True):
    """What is matched on. ``periods``: first moments, microseconds, ascending."""

    properties: tuple[Segmented, ...]
    periods: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Name the covariates in their order."""
        return (*(one.name for one in self.properties), *PROGRESS)

    @property
    def levels(self) -> tuple[int, ...]:
        """Count the levels of each covariate."""
        values = (len(one.ranks) for one in self.properties)
        return (*values, len(self.periods) + 1, MOST_STEPS + 1, len(ELAPSED_S) + 1, MOST_STRAYED + 1)

    @property
    def cells(self) -> int:
        """Count the combinations there could be."""
        found = 1
        for count in self.levels:
            found *= count
        return found


def resolve_likeness(
    names: tuple[str, ...] | None,
    length: PeriodLength,
    dictionaries: Dictionaries,
    until: datetime,
    zone: ZoneInfo,
) -> Likeness:
    """Find the properties, by default `BY_DEFAULT` of those told of most events, and where periods begin.

    By default texts and yes-or-no properties with two to eight values. Those missing from the fewest events
    come first, because they describe the customer and not what befell them; then those with fewer values;
    then by name.

    Raises
    ------
    UnknownNameError
        A property that is not promoted.
    QuestionError
        A property with more than `MOST_VALUES` values.
    """
    chosen = (
        _by_default(dictionaries) if names is None else [find_property(dictionaries, name) for name in names]
    )
    return Likeness(tuple(_segmented(one) for one in chosen), _beginnings(length, until.year, zone))


def _by_default(dictionaries: Dictionaries) -> list[PropertyDictionary]:
    usable = [
        one
        for one in dictionaries.properties
        if one.type in ("string", "boolean") and len(one.values) in VALUES_BY_DEFAULT
    ]
    return sorted(usable, key=lambda one: (one.nulls, len(one.values), one.name))[:BY_DEFAULT]


def _segmented(found: PropertyDictionary) -> Segmented:
    if len(found.values) > MOST_VALUES:
        raise QuestionError(
            f"{found.name} has {len(found.values):,} values; journeys are matched on at most {MOST_VALUES}.",
            hint="Match on a property that groups them.",
        )
    order = sorted(range(len(found.values)), key=lambda code: str(found.values[code]))
    ranks = {code: rank for rank, code in enumerate(order, 1)}
    return Segmented(found.name, (0, *(ranks[code] for code in range(len(found.values)))))


def _beginnings(length: PeriodLength, until: int, zone: ZoneInfo) -> tuple[int, ...]:
    """Return the first moments of all periods from 1970 to the end of the year ``until``."""
    if length == "week":
        monday, weeks = date(1970, 1, 5), (until - 1969) * 53
        days = [monday + timedelta(weeks=number) for number in range(weeks)]
    else:
        months = range(1, 13, 3 if length == "quarter" else 1)
        days = [date(year, month, 1) for year in range(1970, until + 1) for month in months]
    return tuple(first_moment(day, zone) for day in days)


def cells_of(like: Likeness, bucket: Bucket, units: Units, passed: Passed) -> NDArray[np.int64]:
    """Return the cell of every row: its levels as one number."""
    first_at = units.occurred_at[units.offsets[passed.unit]]
    elapsed = (units.occurred_at[passed.fork] - first_at) // 1_000_000
    columns = [
        *(_ranks_at(one, bucket, units, passed) for one in like.properties),
        np.searchsorted(np.array(like.periods, dtype=np.int64), first_at, side="right"),
        np.minimum(passed.done, MOST_STEPS),
        np.searchsorted(np.array(ELAPSED_S, dtype=np.int64), elapsed, side="right"),
        np.minimum(passed.strayed, MOST_STRAYED),
    ]
    cell = np.zeros(len(passed.unit), dtype=np.int64)
    for column, count in zip(columns, like.levels, strict=True):
        cell = cell * count + column
    return cell


def _ranks_at(one: Segmented, bucket: Bucket, units: Units, passed: Passed) -> NDArray[np.int64]:
    from trodden.methods.journeys.kernels_units import codes_at

    if one.name not in bucket.properties:
        return np.zeros(len(passed.unit), dtype=np.int64)
    starts = frozen(bucket.starts[units.customer[passed.unit]])
    codes = codes_at(starts, frozen(units.rows[passed.fork]), bucket.properties[one.name])
    return np.array(one.ranks, dtype=np.int64)[codes]


def factors_of(like: Likeness, cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the levels of cells: (cells, covariates)."""
    columns: list[NDArray[np.int64]] = []
    for count in reversed(like.levels):
        columns.append(cells % count)
        cells = cells // count
    return np.column_stack(columns[::-1])
