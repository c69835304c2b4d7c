"""Kernels: what became of each unit after its last step, and how many units came to each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPEN = 0
REACHED = 1

GONE, ELSEWHERE, AGAIN, PENDING, STAYED = range(5)
"""What became of a unit; the names stand in `trodden.methods.journeys.departures`."""

NOWHERE = -1


class Ends(NamedTuple):
    """Units by their last step: row, customer, state; ``until``: (customers,) where their rows end."""

    row: NDArray[np.int64]
    customer: NDArray[np.int64]
    state: NDArray[np.uint8]
    until: NDArray[np.int64]


class Limits(NamedTuple):
    """Microseconds: up to when units are followed and how long a silence closes them.

    ``again``: 1 where an event in scope after the last step begins anew (journeys), 0 where it is elsewhere.
    """

    as_of: int
    silence: int
    again: int


@njit(nogil=True, cache=True)
def what_became(
    ends: Ends, occurred_at: NDArray[np.int64], in_scope: NDArray[np.bool_], limits: Limits
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return what became of every unit, and the row of the first event after it (-1 for none)."""
    kind = np.empty(len(ends.row), dtype=np.uint8)
    to = np.full(len(ends.row), NOWHERE, dtype=np.int64)
    for unit in range(len(ends.row)):
        if ends.state[unit] == REACHED:
            kind[unit] = STAYED
        elif ends.state[unit] == OPEN:
            kind[unit] = PENDING
        else:
            kind[unit] = _after(ends, occurred_at, limits, unit)
        if kind[unit] == ELSEWHERE:
            to[unit] = ends.row[unit] + 1
            if limits.again and in_scope[to[unit]]:
                kind[unit] = AGAIN
    return kind, to


@njit(nogil=True, cache=True)
def _after(ends: Ends, occurred_at: NDArray[np.int64], limits: Limits, unit: int) -> int:
    """Say whether an event follows the last step of a closed unit within the limit, or still may."""
    row = ends.row[unit]
    last = occurred_at[row]
    following = row + 1
    if following < ends.until[ends.customer[unit]] and occurred_at[following] - last <= limits.silence:
        return ELSEWHERE
    return PENDING if limits.as_of - last <= limits.silence else GONE


@njit(nogil=True, cache=True)
def came_by(
    offsets: NDArray[np.int64], touchpoint: NDArray[np.uint16], kind: NDArray[np.uint8], touchpoints: int
) -> NDArray[np.int64]:
    """Count the decided units with a step at each touchpoint, each once: (touchpoints,)."""
    found = np.zeros(touchpoints, dtype=np.int64)
    seen_in = np.full(touchpoints, -1, dtype=np.int64)
    for unit in range(len(kind)):
        if kind[unit] == PENDING:
            continue
        for step in range(offsets[unit], offsets[unit + 1]):
            if seen_in[touchpoint[step]] != unit:
                seen_in[touchpoint[step]] = unit
                found[touchpoint[step]] += 1
    return found
