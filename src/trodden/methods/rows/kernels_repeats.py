"""Kernel: how often each key was seen before, in an open-addressing table of 64-bit keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.rows.arrays import Ints, Words


@numba.njit(nogil=True)
def _slot_of(table: Words, key: np.uint64) -> int:
    mask = len(table) - 1
    slot = np.int64(key & np.uint64(mask))
    while table[slot] != 0 and table[slot] != key:
        slot = (slot + 1) & mask
    return slot


@numba.njit(nogil=True, cache=True)
def count_repeats(
    table: Words, again: Words, counts: NDArray[np.uint32], keys: Words, out: Ints
) -> tuple[int, int]:
    """Write how often each key came before, and remember it.

    ``table``: (slots,) uint64, a power of two of them, 0 where free: every key. ``again``: such a table of
    the keys that came again, and ``counts``, (slots,) uint32, how often; both have room for all of ``keys``.
    ``keys``: (k,) uint64; 0 counts as 1. ``out``: (k,) int64, written. Returned: how many keys are new, and
    how many came again for the first time.
    """
    fresh = twice = 0
    for k in range(len(keys)):
        key = max(keys[k], np.uint64(1))
        slot = _slot_of(table, key)
        if table[slot] == 0:
            table[slot] = key
            out[k] = 0
            fresh += 1
        else:
            place = _slot_of(again, key)
            twice += again[place] == 0
            again[place] = key
            counts[place] += np.uint32(1)
            out[k] = counts[place]
    return fresh, twice


@numba.njit(nogil=True, cache=True)
def move_keys(table: Words, wider: Words) -> None:
    """Copy every key of a table into a larger empty one."""
    for place in range(len(table)):
        if table[place] != 0:
            wider[_slot_of(wider, table[place])] = table[place]


@numba.njit(nogil=True, cache=True)
def move_counts(
    table: Words, counts: NDArray[np.uint32], wider: Words, wider_counts: NDArray[np.uint32]
) -> None:
    """Copy every key of a table, and what was counted of it, into a larger empty one."""
    for place in range(len(table)):
        if table[place] != 0:
            slot = _slot_of(wider, table[place])
            wider[slot] = table[place]
            wider_counts[slot] = counts[place]
