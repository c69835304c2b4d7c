"""Kernels: the cheapest alignment of each journey with a map, exact, ties decided.

For a journey of events ``0..n-1`` and the automaton of a map, ``best(i, s)`` is the best way to end from
state ``s`` with events ``i..`` still to come: backward over events, a column of states each. A *key*
packs what "best" means into one integer, most significant first: cost; events left unmatched; for
each event of the block a bit that is 1 where it is left unmatched, the earliest highest; and the rank of
the same bits of all later blocks. The smallest key is therefore the least cost, then the most matches,
then the lexicographically smallest list of matched positions. Where a journey is longer than the bits
of one block, a column is kept at each block's end with its lower bits replaced by their rank among all
states, and a block is computed again when the way forward comes to it.

The way forward takes, of all moves that keep the key, first walking on past an event, then the move of the
smallest step: that makes the run the lexicographically smallest. It needs no backtracking. Positions in
the key say which events are matched, so walking past one is never a choice. And where a step may
either match the next event or be passed over while the event matches the same step later, matching it at
once leaves every such run possible (exchange the two moves), so the automaton's state and the next
event are determined by the run so far.

Events that match no step anywhere cost 1 each and are left out before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.journeys.automaton_tables import Tables

OPEN = 0
NO_STEP = -1
KEY_BITS = 62
MANY = 1 << 30
MOST_CELLS = 1 << 30


class Journeys(NamedTuple):
    """What is aligned: ``offsets`` (units + 1,), ``state`` (units,), ``symbol`` (steps,)."""

    offsets: NDArray[np.int64]
    state: NDArray[np.uint8]
    symbol: NDArray[np.int32]


class Found(NamedTuple):
    """Alignments, filled in by :func:`align`; see `trodden.methods.journeys.align.Alignments`."""

    cost: NDArray[np.int32]
    event_step: NDArray[np.int16]
    run_offsets: NDArray[np.int64]
    run_step: NDArray[np.int16]
    run_event: NDArray[np.int32]


class Scratch(NamedTuple):
    """Room for one journey: a block of columns, the columns at block ends, the events that can match."""

    work: NDArray[np.int64]
    tails: NDArray[np.int64]
    kept: NDArray[np.int64]
    symbol: NDArray[np.int32]


class Layout(NamedTuple):
    """How a key is packed: ``one`` is a cost of 1, ``apart`` that and one event left unmatched.

    ``low`` bits hold positions and rank, ``rank`` bits the rank alone; ``block`` events have a bit each.
    """

    one: int
    apart: int
    low: int
    rank: int
    block: int


@njit(nogil=True, cache=True)
def look_up(
    row_of_touchpoint: NDArray[np.int32],
    table: NDArray[np.int32],
    touchpoint: NDArray[np.uint16],
    channel_outcome: NDArray[np.uint8],
) -> NDArray[np.int32]:
    """Return the symbol of each event, by touchpoint and outcome as if all property tests held."""
    found = np.empty(len(touchpoint), dtype=np.int32)
    for event in range(len(touchpoint)):
        found[event] = table[row_of_touchpoint[touchpoint[event]], channel_outcome[event] >> 4]
    return found


@njit(nogil=True, cache=True)
def bits_for(value: int) -> int:
    """Return how many binary digits hold every number up to ``value``."""
    bits = 0
    while value >> bits:
        bits += 1
    return bits


@njit(nogil=True, cache=True)
def layout_for(events: int, tables: Tables) -> Layout:
    """Lay out the key for a journey of this many matchable events; ``block`` is below 1 where none fits."""
    rank = bits_for(len(tables.to_end) - 1)
    unmatched = bits_for(events)
    cost = bits_for(events + tables.to_end.max() + 1)
    block = min(KEY_BITS - rank - unmatched - cost, max(events, 1))
    low = rank + block
    one = 1 << (low + unmatched)
    return Layout(one, one + (1 << low), low, rank, block)


@njit(nogil=True, cache=True)
def align(tables: Tables, journeys: Journeys, found: Found) -> int:
    """Align every journey; return the first that is too large to be, or -1.

    Too large are more than MOST_CELLS events by states, and more events than leave a key a free bit.
    """
    scratch = _make_room(tables, journeys)
    run_at = 0
    for unit in range(len(journeys.state)):
        first, last = journeys.offsets[unit], journeys.offsets[unit + 1]
        found.run_offsets[unit] = run_at
        if _follows(tables, journeys, unit):
            _write_fitting(tables, journeys, found, unit, run_at)
            run_at += last - first
            continue
        kept = _keep_matchable(journeys, scratch, first, last)
        layout = layout_for(kept, tables)
        if layout.block < 1 or kept * len(tables.to_end) > MOST_CELLS:
            return unit
        found.event_step[first:last] = NO_STEP
        key = _solve(tables, layout, scratch, kept, journeys.state[unit] == OPEN)
        found.cost[unit] = (key // layout.one) + (last - first - kept)
        run_at = _trace(tables, layout, scratch, found, kept, run_at)
    found.run_offsets[len(journeys.state)] = run_at
    return -1


@njit(nogil=True, cache=True)
def _make_room(tables: Tables, journeys: Journeys) -> Scratch:
    longest = 0
    for unit in range(len(journeys.state)):
        longest = max(longest, journeys.offsets[unit + 1] - journeys.offsets[unit])
    states = len(tables.to_end)
    smallest_block = max(layout_for(longest, tables).block, 1)
    widest = min(KEY_BITS, max(longest, 1))
    return Scratch(
        np.empty((widest + 1, states), dtype=np.int64),
        np.empty((longest // smallest_block + 1, states), dtype=np.int64),
        np.empty(longest, dtype=np.int64),
        np.empty(longest, dtype=np.int32),
    )


@njit(nogil=True, cache=True)
def _follows(tables: Tables, journeys: Journeys, unit: int) -> bool:
    """Tell whether the journey is a run as it stands: then nothing else is as cheap."""
    state = 0
    for event in range(journeys.offsets[unit], journeys.offsets[unit + 1]):
        state = tables.match_to[journeys.symbol[event], state]
        if state < 0:
            return False
    return journeys.state[unit] == OPEN or tables.to_end[state] == 0


@njit(nogil=True, cache=True)
def _write_fitting(tables: Tables, journeys: Journeys, found: Found, unit: int, run_at: int) -> None:
    found.cost[unit] = 0
    state = 0
    for event in range(journeys.offsets[unit], journeys.offsets[unit + 1]):
        symbol = journeys.symbol[event]
        step = tables.match_step[symbol, state]
        state = tables.match_to[symbol, state]
        found.event_step[event] = step
        found.run_step[run_at] = step
        found.run_event[run_at] = event
        run_at += 1


@njit(nogil=True, cache=True)
def _keep_matchable(journeys: Journeys, scratch: Scratch, first: int, last: int) -> int:
    kept = 0
    for event in range(first, last):
        if journeys.symbol[event] != 0:
            scratch.kept[kept] = event
            scratch.symbol[kept] = journeys.symbol[event]
            kept += 1
    return kept


@njit(nogil=True, cache=True)
def _solve(tables: Tables, layout: Layout, scratch: Scratch, events: int, is_open: bool) -> int:  # noqa: FBT001 - Numba takes it by place
    """Fill the columns from the last event to the first; return the key of the whole journey."""
    blocks = max((events + layout.block - 1) // layout.block, 1)
    for state in range(len(tables.to_end)):
        scratch.tails[blocks - 1, state] = 0 if is_open else tables.to_end[state] * layout.one
    for block in range(blocks - 1, -1, -1):
        _fill(tables, layout, scratch, block, events)
        if block > 0:
            _rank_into(layout, scratch, block - 1)
    return scratch.work[0, 0]


@njit(nogil=True, cache=True)
def _fill(tables: Tables, layout: Layout, scratch: Scratch, block: int, events: int) -> None:
    """Compute the columns of one block from the column at its end; row 0 is before its first event."""
    first = block * layout.block
    length = min(layout.block, events - first)
    for state in range(len(tables.to_end)):
        scratch.work[length, state] = scratch.tails[block, state]
    for row in range(length - 1, -1, -1):
        _step_back(tables, layout, scratch.work, row, scratch.symbol[first + row])


@njit(nogil=True, cache=True)
def _unmatched(layout: Layout, row: int) -> int:
    """Return what the key grows by where the event of this row is left unmatched."""
    return layout.apart + (1 << (layout.low - 1 - row))


@njit(nogil=True, cache=True)
def _step_back(tables: Tables, layout: Layout, work: NDArray[np.int64], row: int, symbol: int) -> None:
    """Compute the column before an event from the one after it."""
    unmatched = _unmatched(layout, row)
    for state in range(work.shape[1]):
        work[row, state] = work[row + 1, state] + unmatched
    highest = -1
    for edge in range(tables.edge_from[symbol], tables.edge_from[symbol + 1]):
        state = tables.edge_state[edge]
        matched = work[row + 1, tables.match_to[symbol, state]]
        if matched < work[row, state]:
            work[row, state] = matched
            highest = max(highest, state)
    if highest >= 0:
        _spread(tables, layout.one, work, row, highest)


@njit(nogil=True, cache=True)
def _spread(tables: Tables, one: int, work: NDArray[np.int64], row: int, highest: int) -> None:
    """Let states reach better ones over steps no event stands for, at a cost of one each."""
    again = True
    while again:
        for state in range(highest - 1, -1, -1):
            best = work[row, state]
            for move in range(tables.move_from[state], tables.move_from[state + 1]):
                best = min(best, work[row, tables.move_to[move]] + one)
            work[row, state] = best
        again = False
        for back in range(len(tables.back_moves)):
            state = tables.back_moves[back, 0]
            over = work[row, tables.back_moves[back, 1]] + one
            if over < work[row, state]:
                work[row, state] = over
                highest = max(highest, state)
                again = True


@njit(nogil=True, cache=True)
def _rank_into(layout: Layout, scratch: Scratch, block: int) -> None:
    """Keep the first column as the end of the block before, positions replaced by their rank."""
    column = scratch.work[0]
    low = column & ((1 << layout.low) - 1)
    order = np.argsort(low)
    rank = 0
    for place in range(len(order)):
        state = order[place]
        if place > 0 and low[state] != low[order[place - 1]]:
            rank += 1
        scratch.tails[block, state] = column[state] - low[state] + rank


@njit(nogil=True, cache=True)
def _trace(tables: Tables, layout: Layout, scratch: Scratch, found: Found, events: int, run_at: int) -> int:
    """Walk forward along the best keys and write the run down; return where the next run begins."""
    state = 0
    blocks = max((events + layout.block - 1) // layout.block, 1)
    length = 0
    for block in range(blocks):
        if blocks > 1:
            _fill(tables, layout, scratch, block, events)
        first = block * layout.block
        length = min(layout.block, events - first)
        state, run_at = _trace_block(tables, layout, scratch, found, (first, length, state, run_at))
    while scratch.work[length, state] != 0:
        move = _first_best_move(tables, layout.one, scratch.work[length], state, MANY)
        state, run_at = _write_map_only(tables, found, move, run_at)
    return run_at


@njit(nogil=True, cache=True)
def _trace_block(
    tables: Tables, layout: Layout, scratch: Scratch, found: Found, at: tuple[int, int, int, int]
) -> tuple[int, int]:
    first, length, state, run_at = at
    row = 0
    while row < length:
        key = scratch.work[row, state]
        if scratch.work[row + 1, state] + _unmatched(layout, row) == key:
            row += 1
            continue
        symbol = scratch.symbol[first + row]
        to = tables.match_to[symbol, state]
        is_match = to >= 0 and scratch.work[row + 1, to] == key
        step = tables.match_step[symbol, state] if is_match else MANY
        move = _first_best_move(tables, layout.one, scratch.work[row], state, step)
        if move >= 0:
            state, run_at = _write_map_only(tables, found, move, run_at)
            continue
        event = scratch.kept[first + row]
        found.event_step[event] = step
        found.run_step[run_at] = step
        found.run_event[run_at] = event
        state, row, run_at = to, row + 1, run_at + 1
    return state, run_at


@njit(nogil=True, cache=True)
def _first_best_move(tables: Tables, one: int, column: NDArray[np.int64], state: int, below: int) -> int:
    """Return the move of the smallest step under ``below`` that keeps the key, or -1."""
    for move in range(tables.move_from[state], tables.move_from[state + 1]):
        if tables.move_step[move] >= below:
            break
        if column[tables.move_to[move]] + one == column[state]:
            return move
    return -1


@njit(nogil=True, cache=True)
def _write_map_only(tables: Tables, found: Found, move: int, run_at: int) -> tuple[int, int]:
    found.run_step[run_at] = tables.move_step[move]
    found.run_event[run_at] = NO_STEP
    return tables.move_to[move], run_at + 1
