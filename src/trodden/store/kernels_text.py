"""Kernels over bytes: give every distinct text a number.

Texts come as Arrow keeps them: one array of bytes and (texts + 1,) offsets into it. Places are
unsigned throughout, which spares Numba the care for negative ones. Hot loops take arrays out of
their tuple once: taking them out costs a counted reference each time.
"""
# ruff: noqa: PLR0913, PLR0917, ANN001, ANN201, ANN202 -- Numba types the arguments, and passes arrays one by one

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

NONE = np.uint64(0xFFFFFFFF)
"""No entry: what a look-up gives for a text that is not there."""

AT_ONCE = 256
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_WORD = np.uint64(8)
_LOW = np.uint64(0xFFFFFFFF)
_HIGH = np.uint64(0xFFFFFFFF00000000)
_K1 = np.uint64(0x9E3779B97F4A7C15)
_K2 = np.uint64(0xC2B2AE3D27D4EB4F)
_SHIFT = np.uint64(29)

kernel = numba.njit(cache=True, nogil=True)


class Interned(NamedTuple):
    """Distinct texts: entry ``e`` is ``arena[ends[e]:ends[e + 1]]``.

    ``slots`` is an open hash table, a power of two long: the upper half of a text's hash, and its entry
    plus one (0: free). ``size[0]`` counts the entries. Arrays are as long as there is room; see
    `trodden.store.coding.Interner`.
    """

    slots: NDArray[np.uint64]
    ends: NDArray[np.uint64]
    arena: NDArray[np.uint8]
    size: NDArray[np.uint64]


@kernel
def word_at(data, at):
    """Return the eight bytes from ``at`` on as one number, the first byte lowest: one load."""
    word = _ZERO
    for place in range(8):
        word |= np.uint64(data[at + np.uint64(place)]) << np.uint64(8 * place)
    return word


@kernel
def hash_of(data, first, last, seed):
    """Mix the bytes ``data[first:last]`` into 64 bits; not a cryptographic hash."""
    mixed = seed ^ ((last - first) * _K1)
    at = first
    while at + _WORD <= last:
        mixed = (mixed ^ word_at(data, at)) * _K2
        mixed ^= mixed >> _SHIFT
        at += _WORD
    while at < last:
        mixed = (mixed ^ np.uint64(data[at])) * _K1
        at += _ONE
    mixed ^= mixed >> _SHIFT
    mixed *= _K2
    return mixed ^ (mixed >> _SHIFT)


@kernel
def are_equal(arena, place, data, first, last):
    """Tell whether the bytes ``data[first:last]`` stand in ``arena`` from ``place`` on."""
    at = first
    while at + _WORD <= last:
        if word_at(arena, place) != word_at(data, at):
            return False
        at += _WORD
        place += _WORD
    while at < last:
        if arena[place] != data[at]:
            return False
        at += _ONE
        place += _ONE
    return True


@kernel
def is_same(ends, arena, entry, data, first, last):
    """Tell whether an entry is the text ``data[first:last]``."""
    place = ends[entry]
    return ends[entry + _ONE] - place == last - first and are_equal(arena, place, data, first, last)


@kernel
def slot_of(slots, ends, arena, data, first, last, mixed):
    """Return the slot where a text stands, or the free one where it would."""
    mask = np.uint64(len(slots) - 1)
    slot = mixed & mask
    while slots[slot] != _ZERO:
        held = slots[slot]
        if (held & _HIGH) == (mixed & _HIGH) and is_same(ends, arena, entry_in(held), data, first, last):
            break
        slot = (slot + _ONE) & mask
    return slot


@kernel
def entry_in(held):
    """Return the entry a slot's content stands for, `NONE` where it is free."""
    return ((held & _LOW) - _ONE) & _LOW


@kernel
def add(table, slot, data, first, last, mixed):
    """Make a text the next entry and return it; the caller has seen to the room."""
    entry = table.size[0]
    start = table.ends[entry]
    for place in range(last - first):
        table.arena[start + np.uint64(place)] = data[first + np.uint64(place)]
    table.ends[entry + _ONE] = start + last - first
    table.slots[slot] = (mixed & _HIGH) | (entry + _ONE)
    table.size[0] = entry + _ONE
    return entry


@kernel
def _intern_one(table, data, first, last, mixed):
    slot = slot_of(table.slots, table.ends, table.arena, data, first, last, mixed)
    entry = entry_in(table.slots[slot])
    return add(table, slot, data, first, last, mixed) if entry == NONE else entry


@kernel
def intern_all(
    table: Interned, data: NDArray[np.uint8], offsets: NDArray[np.int64], codes: NDArray[np.int64]
) -> None:
    """Write the entry of every text to ``codes``, adding those that are new.

    Some texts at a time, step by step: hash, slot, place, bytes. So the memory of many is fetched at once,
    which is three times as fast where the table does not fit the cache.
    """
    slots, ends, arena = table.slots, table.ends, table.arena
    mask = np.uint64(len(slots) - 1)
    mixed = np.empty(AT_ONCE, np.uint64)
    held = np.empty(AT_ONCE, np.uint64)
    places = np.empty(AT_ONCE, np.uint64)
    for begin in range(0, len(offsets) - 1, AT_ONCE):
        count = min(AT_ONCE, len(offsets) - 1 - begin)
        for this in range(count):
            first, last = np.uint64(offsets[begin + this]), np.uint64(offsets[begin + this + 1])
            mixed[this] = hash_of(data, first, last, _ZERO)
        for this in range(count):
            held[this] = slots[mixed[this] & mask]
        for this in range(count):
            places[this] = ends[entry_in(held[this])] if held[this] != _ZERO else NONE
        for this in range(count):
            first, last = np.uint64(offsets[begin + this]), np.uint64(offsets[begin + this + 1])
            entry = entry_in(held[this])
            is_likely = entry != NONE and (held[this] & _HIGH) == (mixed[this] & _HIGH)
            if is_likely and ends[entry + _ONE] - places[this] == last - first:
                is_likely = are_equal(arena, places[this], data, first, last)
            else:
                is_likely = False
            codes[begin + this] = entry if is_likely else _intern_one(table, data, first, last, mixed[this])


@kernel
def fill_slots(
    slots: NDArray[np.uint64], ends: NDArray[np.uint64], arena: NDArray[np.uint8], seeds: NDArray[np.uint64]
) -> None:
    """Enter every text into an empty hash table; ``seeds[e]`` is what entry ``e`` is hashed with."""
    mask = np.uint64(len(slots) - 1)
    for entry in range(len(seeds)):
        this = np.uint64(entry)
        mixed = hash_of(arena, ends[this], ends[this + _ONE], seeds[this])
        slot = mixed & mask
        while slots[slot] != _ZERO:
            slot = (slot + _ONE) & mask
        slots[slot] = (mixed & _HIGH) | (this + _ONE)
