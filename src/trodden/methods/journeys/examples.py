"""Customers behind a number, picked by content: the largest cost, then the earliest, never by name.

Where cost and time are equal the event's id decides: it comes from the source and the message, so it stays
the same when customers are renamed, rows are shuffled or buckets are cut otherwise.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from trodden.methods.journeys.periods import moment
from trodden.model.question import Example

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trodden.model.walks import Bucket

KEPT = 3


class Candidate(msgspec.Struct, frozen=True, order=True):
    """One customer for one group of a count; the order of the fields is the order of preference."""

    group: int
    less_cost: int
    """The cost with its sign turned, so that the largest comes first."""
    occurred_at: int
    event_id: bytes
    customer: str


@dataclass(frozen=True, slots=True)
class Cases:
    """What may be shown, (cases,) each: group, cost, the bucket's row of the event, its customer's index."""

    group: NDArray[np.int64]
    cost: NDArray[np.int64]
    row: NDArray[np.int64]
    customer: NDArray[np.int64]


def costliest(bucket: Bucket, cases: Cases, kept: int = KEPT) -> tuple[Candidate, ...]:
    """Return the ``kept`` best cases of each group, at most one for a customer: their costliest, earliest."""
    import numpy as np

    cases = _near_best(bucket, cases, kept)
    times = bucket.occurred_at[cases.row]
    order = np.lexsort((cases.row, times, -cases.cost, cases.customer, cases.group))
    order = order[_changes(cases.group[order], cases.customer[order])]
    order = order[np.lexsort((times[order], -cases.cost[order], cases.group[order]))]
    order = order[_within_best(cases, times, order, kept)]
    columns = (cases.group[order], -cases.cost[order], times[order])
    ids, names = _event_ids(bucket, cases.row[order]), _names(bucket, cases.customer[order])
    rows = zip(*(column.tolist() for column in columns), ids, names, strict=True)
    return best((Candidate(*row) for row in rows), kept)


def _names(bucket: Bucket, customers: NDArray[np.int64]) -> list[str]:
    """Return the key of each customer; each is decoded once, however often it comes."""
    import numpy as np

    distinct, places = np.unique(customers, return_inverse=True)
    names = [bucket.keys[who] for who in distinct.tolist()]
    return [names[place] for place in places.tolist()]


def _near_best(bucket: Bucket, cases: Cases, kept: int) -> Cases:
    """Leave out most of the cases that are not among the best, before anything is sorted."""
    import numpy as np

    from trodden.methods.journeys.kernels_examples import near_best

    order = np.argsort(cases.group, kind="stable")
    columns = [np.ascontiguousarray(one) for one in (cases.group, cases.cost, cases.customer)]
    group, cost, customer = (one.astype(np.int64, copy=False) for one in columns)
    wanted = np.flatnonzero(near_best(order, group, cost, bucket.occurred_at[cases.row], customer, kept))
    return Cases(group[wanted], cost[wanted], cases.row[wanted], customer[wanted])


def _changes(group: NDArray[np.int64], customer: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the first of each run of equal (group, customer)."""
    import numpy as np

    first = np.ones(len(group), dtype=np.bool_)
    first[1:] = (group[1:] != group[:-1]) | (customer[1:] != customer[:-1])
    return first


def _within_best(
    cases: Cases, times: NDArray[np.int64], order: NDArray[np.int64], kept: int
) -> NDArray[np.bool_]:
    """Mark the first ``kept`` of each group and whatever ties with the last of them."""
    import numpy as np

    group, cost, time = cases.group[order], cases.cost[order], times[order]
    starts = np.searchsorted(group, group)
    rank = np.arange(len(group)) - starts
    last = np.minimum(starts + kept - 1, np.searchsorted(group, group, side="right") - 1)
    return (rank < kept) | ((cost == cost[last]) & (time == time[last]))


def _event_ids(bucket: Bucket, rows: NDArray[np.int64]) -> list[bytes]:
    if bucket.side is None or len(rows) == 0:
        return [b""] * len(rows)
    return [bytes(id_) for id_ in bucket.side.take("event_id", rows)]


def best(candidates: Iterable[Candidate], kept: int = KEPT) -> tuple[Candidate, ...]:
    """Return the ``kept`` first of each group, groups ascending: merging what buckets found."""
    found: list[Candidate] = []
    group, held = None, 0
    for one in sorted(candidates):
        group, held = (group, held + 1) if one.group == group else (one.group, 1)
        if held <= kept:
            found.append(one)
    return tuple(found)


def examples_of(candidates: Sequence[Candidate], group: int) -> tuple[Example, ...]:
    """Return the examples of one group; ``candidates`` as `best` returns them, groups ascending."""
    first = bisect_left(candidates, group, key=_group_of)
    last = bisect_right(candidates, group, lo=first, key=_group_of)
    shown = candidates[first:last]
    return tuple(Example(one.customer, moment(one.occurred_at), -one.less_cost) for one in shown)


def _group_of(candidate: Candidate) -> int:
    return candidate.group
