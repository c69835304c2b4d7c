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
def count_repeats(table: Words, again: NDArray[np.uint32], keys: Words, out: Ints) -> int:
    """Write how often each key came before, and remember it; return how many keys are new.

    ``table``: (slots,) uint64, a power of two of them, 0 where free. ``again``: (slots,) uint32, how often
    a key came again. ``keys``: (k,) uint64; 0 counts as 1. ``out``: (k,) int64, written.
    """
    fresh = 0
    for k in range(len(keys)):
        key = max(keys[k], np.uint64(1))
        slot = _slot_of(table, key)
        if table[slot] == 0:
            table[slot] = key
            out[k] = 0
            fresh += 1
        else:
            again[slot] += np.uint32(1)
            out[k] = again[slot]
    return fresh


@numba.njit(nogil=True, cache=True)
def move_keys(table: Words, again: NDArray[np.uint32], wider: Words, wider_again: NDArray[np.uint32]) -> None:
    """Copy every key of a table into a larger empty one."""
    for place in range(len(table)):
        if table[place] != 0:
            slot = _slot_of(wider, table[place])
            wider[slot] = table[place]
            if again[place]:
                wider_again[slot] = again[place]
