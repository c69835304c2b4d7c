"""How it ended for journeys at a fork, as whole numbers that add up.

- *met*: the goal was reached, or, where a condition says when the need is met, it holds at the journey's
  last step by the last values among its own events.
- *contacts*: the customer's events on the phone, by chat, ticket, e-mail or in a store, later than the point
  of meeting and at most the horizon after it, in the journey or not, that match no step of the map. Only
  where the horizon has passed at ``as_of``.
- *time*: from the fork to the last step of those whose need was met, as logarithms: effects are ratios, and
  one who took months does not decide alone.
- *effort*: steps after the fork of those whose need was met.
- *price*: the sum of a property, or of the events' own value, over the customer's events after the fork up to
  the journey's last step; sums beyond `MOST_PRICE` count as that.
- *score*: the last value of a property after the fork and at most the horizon after the point of meeting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from trodden.methods.journeys.segments_codes import SegmentTest
from trodden.methods.journeys.segments_seen import Told, segment_holds
from trodden.methods.journeys.units import REACHED, Units, frozen
from trodden.methods.stats.logbins import BINS, bin_of, middle
from trodden.model.event import CHANNELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_verdicts import Passed
    from trodden.model.walks import Bucket

CONTACTS: Final = ("phone", "chat", "ticket", "email", "store")

(
    CAME, CAME_MET, STOOD, STOOD_MET, FOLLOWED, CONTACTS_SUM, CONTACTS_SQ, TIME_SUM, TIME_SQ,
    EFFORT_SUM, EFFORT_SQ, PRICE_SUM, PRICE_SQ, SCORED, SCORE_SUM, SCORE_SQ,
) = range(16)  # fmt: skip
"""Columns: who came to the point of meeting, stood at the fork, could be followed, gave a score; and sums."""

COLUMNS: Final = 16

PER_LOG: Final = 1_000
"""Times are summed as thousandths of natural logarithms of seconds."""

MOST_PRICE: Final = 10**7
PER_SCORE: Final = 1_000
OWN_VALUE: Final = "value"
"""Names the events' own value where no property is called so."""


class Amounts(msgspec.Struct, frozen=True):
    """A property by code: ``values[c]`` is what code ``c`` amounts to; 0 is missing."""

    name: str
    values: tuple[int, ...]


class Ending(msgspec.Struct, frozen=True):
    """``horizon``: microseconds. ``need``: when the need is met, None for the goal. Others as asked."""

    horizon: int
    need: SegmentTest | None = None
    price: Amounts | None = None
    score: Amounts | None = None


@cache
def _logs() -> NDArray[np.int64]:
    """Return the logarithm every bin of times stands for; under a second counts as one."""
    return np.array([round(PER_LOG * math.log(max(middle(number), 1.0))) for number in range(BINS)])


@dataclass(frozen=True, slots=True)
class _Spans:
    """For each row the bucket's rows of fork, point of meeting and last step, and where the horizon ends."""

    fork: NDArray[np.int64]
    join: NDArray[np.int64]
    last: NDArray[np.int64]
    until: NDArray[np.int64]
    is_followed: NDArray[np.bool_]


def outcomes_of(
    ending: Ending, as_of: int, bucket: Bucket, units: Units, at: tuple[Passed, NDArray[np.bool_]]
) -> NDArray[np.int64]:
    """Return the columns for every row of ``at[0]``: (rows, `COLUMNS`); ``at[1]`` marks matched events."""
    passed, is_matched = at
    spans = _spans(ending, as_of, bucket, units, passed)
    came = passed.join >= 0
    met = _is_met(ending, bucket, units)[passed.unit]
    values = np.zeros((len(came), COLUMNS), dtype=np.int64)
    values[:, CAME], values[:, CAME_MET] = came, came & met
    values[:, STOOD], values[:, STOOD_MET] = 1, met
    values[:, FOLLOWED] = spans.is_followed
    contacts = np.where(
        spans.is_followed, _between(_contacts(bucket, is_matched), spans.join, spans.until), 0
    )
    took = bucket.occurred_at[spans.last] - bucket.occurred_at[spans.fork]
    time = _logs()[bin_of(took // 1_000)]
    effort = units.offsets[passed.unit + 1] - 1 - passed.fork
    amounts = ((contacts, CONTACTS_SUM), (time * (came & met), TIME_SUM), (effort * (came & met), EFFORT_SUM))
    for amount, column in amounts:
        values[:, column], values[:, column + 1] = amount, amount**2
    _add_price(ending, bucket, spans, came, values)
    _add_score(ending, bucket, spans, values)
    return values


def _spans(ending: Ending, as_of: int, bucket: Bucket, units: Units, passed: Passed) -> _Spans:
    from trodden.methods.journeys.kernels_verdicts import rows_until

    came = passed.join >= 0
    join = units.rows[np.where(came, passed.join, passed.fork)]
    until = bucket.occurred_at[join] + ending.horizon
    ends = bucket.ends[units.customer[passed.unit]]
    limit = np.minimum(until, as_of)
    return _Spans(
        fork=units.rows[passed.fork],
        join=join,
        last=units.rows[units.offsets[passed.unit + 1] - 1],
        until=rows_until(frozen(join[:]), frozen(ends), frozen(limit), frozen(bucket.occurred_at[:])),
        is_followed=came & (until <= as_of),
    )


def _is_met(ending: Ending, bucket: Bucket, units: Units) -> NDArray[np.bool_]:
    if ending.need is None:
        return units.state == REACHED
    first, last = units.offsets[:-1], units.offsets[1:] - 1
    rows = (frozen(units.rows[first]), frozen(units.rows[last]))
    return segment_holds(ending.need, bucket, Told(units.customer, *rows, frozen(units.occurred_at[last])))


def _contacts(bucket: Bucket, is_matched: NDArray[np.bool_]) -> NDArray[np.int64]:
    wanted = np.isin(bucket.channel_outcome & 15, [CHANNELS.index(name) for name in CONTACTS])
    return (wanted & ~is_matched).astype(np.int64)


def _between(
    counts: NDArray[np.int64], after: NDArray[np.int64], until: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the sum over the rows later than ``after`` and before ``until``."""
    up_to = np.append(0, np.cumsum(counts))
    return up_to[until] - up_to[after + 1]


def _add_price(
    ending: Ending, bucket: Bucket, spans: _Spans, came: NDArray[np.bool_], values: NDArray[np.int64]
) -> None:
    if ending.price is None:
        return
    total = _between(_amounts(ending.price, bucket), spans.fork, spans.last + 1)
    price = np.clip(np.where(came, total, 0), -MOST_PRICE, MOST_PRICE)
    values[:, PRICE_SUM], values[:, PRICE_SQ] = price, price**2


def _amounts(found: Amounts, bucket: Bucket) -> NDArray[np.int64]:
    """Return the amount of every row of the bucket, 0 where it has none."""
    if found.name in bucket.properties and len(found.values) > 1:
        return np.array(found.values, dtype=np.int64)[bucket.properties[found.name]]
    if found.name != OWN_VALUE or bucket.side is None:
        return np.zeros(len(bucket.occurred_at), dtype=np.int64)
    rows = _live_rows(bucket)
    amounts = np.zeros(len(bucket.occurred_at), dtype=np.int64)
    amounts[rows] = [value or 0 for value in bucket.side.take("value_minor", rows)]
    return amounts


def _live_rows(bucket: Bucket) -> NDArray[np.int64]:
    from trodden.methods.journeys.kernels_units import span_rows

    return span_rows(frozen(bucket.starts[:]), frozen(bucket.ends[:]))


def _add_score(ending: Ending, bucket: Bucket, spans: _Spans, values: NDArray[np.int64]) -> None:
    from trodden.methods.journeys.kernels_units import codes_at

    if ending.score is None or ending.score.name not in bucket.properties:
        return
    column = bucket.properties[ending.score.name]
    codes = codes_at(frozen(spans.fork + 1), frozen(spans.until - 1), column)
    has = (codes > 0) & spans.is_followed
    score = np.where(has, np.array(ending.score.values, dtype=np.int64)[codes], 0)
    values[:, SCORED], values[:, SCORE_SUM], values[:, SCORE_SQ] = has, score, score**2
