"""Kernels that number the names and values of properties, over many events."""
# ruff: noqa: PLR0913, PLR0917, ANN001, ANN202, ANN201 -- Numba types the arguments, and passes arrays one by one

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from trodden.store.kernels_json import (
    AS_EXPECTED,
    MALFORMED,
    MOST_PARTS,
    NO_TEXT,
    NO_VALUE,
    TEXT,
    kind_of,
    take_apart,
)
from trodden.store.kernels_text import NONE, Interned, add, entry_in, hash_of, is_same, slot_of

kernel = numba.njit(cache=True, nogil=True)

SKIP, LOOK_UP, READ = 0, 1, 2
"""What is done with a name's values: nothing; number those known; number all."""

NO_COLUMN = -1
SEED = np.uint64(0x51ED270B)

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_HIGH = np.uint64(0xFFFFFFFF00000000)


class Found(NamedTuple):
    """What was found so far, over all events.

    ``names``: property names without quotes. ``values``: values as written, hashed together with
    their name. By name: ``mode``, ``column`` (or NO_COLUMN), ``distinct`` values, ``seen`` events with a
    value, ``unparsed`` ones, ``last_event``. By value: ``value_name``, and ``value_code`` within the name,
    from 1. ``limits``: see the places below; ``columns_used[0]`` counts the columns given away.
    """

    names: Interned
    values: Interned
    mode: NDArray[np.uint8]
    column: NDArray[np.int64]
    distinct: NDArray[np.int64]
    seen: NDArray[np.int64]
    unparsed: NDArray[np.int64]
    last_event: NDArray[np.int64]
    value_name: NDArray[np.int64]
    value_code: NDArray[np.uint16]
    columns_used: NDArray[np.int64]
    limits: NDArray[np.int64]


NAMES, VALUES, VALUES_OF_ONE, LONGEST, COLUMNS, MODE = 0, 1, 2, 3, 4, 5
"""Places in ``limits``: most names, most values in all, most of one name, bytes of the longest value,
columns there are, and what is done with the values of a name that is new."""


@kernel
def name_code(found: Found, data: NDArray[np.uint8], first: np.uint64, last: np.uint64) -> np.uint64:
    """Return the number of a name, adding it where it is new; `NONE` where there are too many."""
    table = found.names
    mixed = hash_of(data, first, last, _ZERO)
    slot = slot_of(table.slots, table.ends, table.arena, data, first, last, mixed)
    entry = entry_in(table.slots[slot])
    if entry == NONE and table.size[0] < np.uint64(found.limits[NAMES]):
        entry = add(table, slot, data, first, last, mixed)
        found.mode[entry] = found.limits[MODE]
        found.column[entry] = NO_COLUMN
        found.last_event[entry] = -1
        if found.columns_used[0] < found.limits[COLUMNS]:
            found.column[entry] = found.columns_used[0]
            found.columns_used[0] += 1
    return entry


@kernel
def note_value(
    found: Found,
    name: np.uint64,
    data: NDArray[np.uint8],
    first: np.uint64,
    last: np.uint64,
    weight: int,
) -> np.uint16:
    """Count one value of a name, ``weight`` times, and return its code, 0 where it has none."""
    kind = kind_of(data, first, last, found.limits[LONGEST])
    found.seen[name] += weight * (kind != NO_VALUE)
    found.unparsed[name] += weight * (kind == NO_TEXT)
    if kind != TEXT or found.mode[name] == SKIP:
        return np.uint16(0)
    return value_code(found, name, data, first, last)


@kernel
def value_seed(name):
    """Return what the values of a name are hashed with."""
    return (np.uint64(name) + _ONE) * SEED


@kernel
def _value_slot(slots, ends, arena, value_name, name, data, first, last, mixed):
    """Return the slot of a value of a name, or the free one where it would stand."""
    mask = np.uint64(len(slots) - 1)
    slot = mixed & mask
    while slots[slot] != _ZERO:
        held = slots[slot]
        entry = entry_in(held)
        if (
            (held & _HIGH) == (mixed & _HIGH)
            and value_name[entry] == np.int64(name)
            and is_same(ends, arena, entry, data, first, last)
        ):
            break
        slot = (slot + _ONE) & mask
    return slot


@kernel
def _new_value(found, slot, name, data, first, last, mixed):
    """Give a value its code, 0 where its name may have no more."""
    if found.mode[name] != READ:
        return np.uint16(0)
    is_full = found.values.size[0] >= np.uint64(found.limits[VALUES])
    if is_full or found.distinct[name] >= found.limits[VALUES_OF_ONE]:
        found.mode[name] = LOOK_UP
        return np.uint16(0)
    entry = add(found.values, slot, data, first, last, mixed)
    found.distinct[name] += 1
    found.value_name[entry] = name
    found.value_code[entry] = found.distinct[name]
    return found.value_code[entry]


@kernel
def value_code(
    found: Found, name: np.uint64, data: NDArray[np.uint8], first: np.uint64, last: np.uint64
) -> np.uint16:
    """Return the code of a value of a name, 0 where it has none and may not get one."""
    table = found.values
    mixed = hash_of(data, first, last, value_seed(name))
    slot = _value_slot(table.slots, table.ends, table.arena, found.value_name, name, data, first, last, mixed)
    entry = entry_in(table.slots[slot])
    return (
        _new_value(found, slot, name, data, first, last, mixed) if entry == NONE else found.value_code[entry]
    )


@kernel
def _has_room(slots, ends, arena, size, parts, more):
    """Tell whether so many texts, of so many bytes together, can be added."""
    entries = size[0] + np.uint64(parts)
    return (
        ends[size[0]] + more <= np.uint64(len(arena))
        and entries < np.uint64(len(ends))
        and entries + entries // np.uint64(2) < np.uint64(len(slots))
    )


@kernel
def _are_expected(places, count):
    for part in range(count):  # noqa: SIM110 -- Numba has no all() over a generator
        if places[part, 1] != AS_EXPECTED:
            return False
    return True


@kernel
def _names_of(found, data, places, count, names, event):
    """Write the numbers of an event's names; return how many to expect again, -1 where one stands twice.

    A name there is no room for has the number `NONE`; it and those after it are not expected again.
    """
    last_event = found.last_event
    sure = count
    for part in range(count):
        if places[part, 1] != AS_EXPECTED:
            names[part] = name_code(found, data, places[part, 0], places[part, 1])
        name = names[part]
        if name == NONE:
            sure = min(sure, part)
        elif last_event[name] == event:
            return -1
        else:
            last_event[name] = event
    return sure


@kernel
def read_all(  # noqa: C901, PLR0912 -- one hot loop: calls that pass the tuple of arrays on cost more than the work
    found: Found,
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    begin: int,
    first_number: int,
    weights: NDArray[np.int64],
    codes: NDArray[np.uint16],
    is_slow: NDArray[np.bool_],
) -> int:
    """Read events from ``begin`` on; return the first one there was no room for, or their number.

    Parameters
    ----------
    found
        What was found before; added to.
    data, offsets
        (events,) JSON objects.
    first_number
        A number no event before had; event ``e`` has ``first_number + e``.
    weights
        (events,) how often each stands for itself: 0 and it is passed over.
    codes
        (columns, events), zeros; gets the code of each value.
    is_slow
        (events,), falses; set for events this kernel does not take.
    """
    places = np.empty((MOST_PARTS, 4), np.uint64)
    names = np.full(MOST_PARTS, NONE, np.uint64)
    slots, ends, arena, size = found.values.slots, found.values.ends, found.values.arena, found.values.size
    name_ends, name_arena, name_size = found.names.ends, found.names.arena, found.names.size
    value_name, value_codes = found.value_name, found.value_code
    mode, column, seen, unparsed = found.mode, found.column, found.seen, found.unparsed
    longest = found.limits[LONGEST]
    sure = 0
    for event in range(begin, len(offsets) - 1):
        at, end, weight = np.uint64(offsets[event]), np.uint64(offsets[event + 1]), weights[event]
        if weight == 0:
            continue
        count = take_apart(data, at, end, places, names, sure, name_ends, name_arena)
        if count == MALFORMED:
            is_slow[event] = True
            continue
        if name_ends[name_size[0]] + end - at > np.uint64(len(name_arena)):
            return event
        if not _has_room(slots, ends, arena, size, count, end - at):
            return event
        if not _are_expected(places, count):
            sure = _names_of(found, data, places, count, names, first_number + event)
            if sure < 0:
                sure = 0
                is_slow[event] = True
                continue
        for part in range(count):
            name, first, last = names[part], places[part, 2], places[part, 3]
            if name == NONE:
                continue
            kind = kind_of(data, first, last, longest)
            seen[name] += weight * (kind != NO_VALUE)
            unparsed[name] += weight * (kind == NO_TEXT)
            if kind != TEXT or mode[name] == SKIP:
                continue
            mixed = hash_of(data, first, last, value_seed(name))
            slot = _value_slot(slots, ends, arena, value_name, name, data, first, last, mixed)
            entry = entry_in(slots[slot])
            if entry == NONE:
                code = _new_value(found, slot, name, data, first, last, mixed)
            else:
                code = value_codes[entry]
            if column[name] != NO_COLUMN:
                codes[column[name], event] = code
    return len(offsets) - 1
