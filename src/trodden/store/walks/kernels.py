"""Kernels that put events into the order of walks."""
# ruff: noqa: PLR0913, PLR0917, ANN001, ANN202 -- Numba types the arguments, and passes arrays one by one

import numba
import numpy as np
from numpy.typing import NDArray

kernel = numba.njit(cache=True, nogil=True)

_SHORT = 24
"""Rows up to which a walk is sorted by insertion."""


@kernel
def _is_before(a, b, occurred_at, seq, high, low, row):
    """Tell whether row ``a`` stands before row ``b`` in a walk."""
    if occurred_at[a] != occurred_at[b]:
        return occurred_at[a] < occurred_at[b]
    if seq[a] != seq[b]:
        return seq[a] < seq[b]
    if high[a] != high[b]:
        return high[a] < high[b]
    if low[a] != low[b]:
        return low[a] < low[b]
    return row[a] < row[b]


@kernel
def _insert(order, first, last, occurred_at, seq, high, low, row):
    for place in range(first + 1, last):
        this = order[place]
        at = place
        while at > first and _is_before(this, order[at - 1], occurred_at, seq, high, low, row):
            order[at] = order[at - 1]
            at -= 1
        order[at] = this


@kernel
def _merge(order, held, first, middle, last, occurred_at, seq, high, low, row):
    """Merge the sorted ``first:middle`` and ``middle:last`` of ``order``; ``held`` has room for the first."""
    count = middle - first
    held[:count] = order[first:middle]
    left, right, to = 0, middle, first
    while left < count and right < last:
        if _is_before(order[right], held[left], occurred_at, seq, high, low, row):
            order[to] = order[right]
            right += 1
        else:
            order[to] = held[left]
            left += 1
        to += 1
    order[to : to + count - left] = held[left:count]


@kernel
def _merge_sort(order, held, first, last, occurred_at, seq, high, low, row):
    for start in range(first, last, _SHORT):
        _insert(order, start, min(start + _SHORT, last), occurred_at, seq, high, low, row)
    width = _SHORT
    while width < last - first:
        for start in range(first, last - width, 2 * width):
            end = min(start + 2 * width, last)
            _merge(order, held, start, start + width, end, occurred_at, seq, high, low, row)
        width *= 2


@kernel
def sort_walks(
    place: NDArray[np.int64],
    customers: int,
    occurred_at: NDArray[np.int64],
    seq: NDArray[np.int64],
    high: NDArray[np.uint64],
    low: NDArray[np.uint64],
    row: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the rows by customer, each customer's by ``(occurred_at, seq, event id, row)``.

    A counting sort by customer, which keeps rows in the order given, then an insertion or merge sort
    of each walk: rows that come in the order of time cost one comparison each.

    Parameters
    ----------
    place
        (rows,) place of each row's customer, ``0 <= place < customers``.
    """
    starts = np.zeros(customers + 1, np.int64)
    for this in range(len(place)):
        starts[place[this] + 1] += 1
    longest = 0
    for customer in range(customers):
        longest = max(longest, starts[customer + 1])
        starts[customer + 1] += starts[customer]
    order = np.empty(len(place), np.int64)
    ends = starts[:-1].copy()
    for this in range(len(place)):
        order[ends[place[this]]] = this
        ends[place[this]] += 1
    held = np.empty(longest, np.int64)
    for customer in range(customers):
        first, last = starts[customer], starts[customer + 1]
        if last - first <= _SHORT:
            _insert(order, first, last, occurred_at, seq, high, low, row)
        else:
            _merge_sort(order, held, first, last, occurred_at, seq, high, low, row)
    return order
