"""Kernels: event ids in order, and which of them are known; ids are hashes, spread evenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trodden.methods.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_MOVES = 64
"""Moves for each id beyond which putting ids in order by insertion takes too long."""


@kernel
def order_ids(high: NDArray[np.uint64], low: NDArray[np.uint64], bits: int, order: NDArray[np.int64]) -> bool:
    """Write the order of ids by both halves; equal ids keep the order of their rows.

    Two passes of a radix sort by the first twice ``bits`` bits, then insertion. False where so many ids begin
    alike that this would take too long; ``order`` is worth nothing then.
    """
    middle_high, middle = np.empty_like(high), np.empty_like(order)
    _pass(high, np.arange(len(high)), 64 - 2 * bits, bits, middle_high, middle)
    ordered = np.empty_like(high)
    _pass(middle_high, middle, 64 - bits, bits, ordered, order)
    moves = 0
    for place in range(1, len(order)):
        this, row, at = ordered[place], order[place], place
        while at > 0 and _is_before(this, ordered[at - 1], low, row, order[at - 1]):
            ordered[at], order[at] = ordered[at - 1], order[at - 1]
            at -= 1
        ordered[at], order[at] = this, row
        moves += place - at
        if moves > MOST_MOVES * len(order):
            return False
    return True


@kernel
def _pass(
    high: NDArray[np.uint64],
    rows: NDArray[np.int64],
    shift: int,
    bits: int,
    to_high: NDArray[np.uint64],
    to_rows: NDArray[np.int64],
) -> None:
    """Put ids in order by some bits, keeping the order given where these are equal."""
    mask = (1 << bits) - 1
    starts = np.zeros(mask + 2, np.int64)
    for place in range(len(high)):
        starts[(np.int64(high[place] >> np.uint64(shift)) & mask) + 1] += 1
    starts = np.cumsum(starts)
    for place in range(len(high)):
        key = np.int64(high[place] >> np.uint64(shift)) & mask
        to_high[starts[key]], to_rows[starts[key]] = high[place], rows[place]
        starts[key] += 1


@kernel
def _is_before(one: np.uint64, other: np.uint64, low: NDArray[np.uint64], row: int, held: int) -> bool:
    return one < other or (one == other and low[row] < low[held])


@kernel
def mark_known(
    known_high: NDArray[np.uint64],
    known_low: NDArray[np.uint64],
    high: NDArray[np.uint64],
    low: NDArray[np.uint64],
    found: NDArray[np.bool_],
) -> None:
    """Set ``found`` for each of some ids that is among the known ones; both are sorted by ``high``."""
    at = 0
    for row in range(len(high)):
        at = _first_from(known_high, at, high[row])
        place = at
        while place < len(known_high) and known_high[place] == high[row]:
            found[row] |= known_low[place] == low[row]
            place += 1


@kernel
def _first_from(sorted_numbers: NDArray[np.uint64], at: int, wanted: np.uint64) -> int:
    """Return the first place from ``at`` on that is not below a number: by steps that double, then halve."""
    step = 1
    while at + step <= len(sorted_numbers) and sorted_numbers[at + step - 1] < wanted:
        at += step
        step *= 2
    while step:
        if at + step <= len(sorted_numbers) and sorted_numbers[at + step - 1] < wanted:
            at += step
        step //= 2
    return at
