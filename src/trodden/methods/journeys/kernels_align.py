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

Events that match no step anywhere cost 1 each and are left out before. What runs once a journey is inlined:
handing over that many arrays would cost a fifth of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from trodden.methods.journeys.kernels_align_structs import Found, Journeys, Layout, Scratch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.journeys.automaton_tables import Tables

OPEN = 0
NO_STEP = -1
KEY_BITS = 62
MANY = 1 << 30
MOST_CELLS = 1 << 30


@njit(nogil=True, cache=True)
def bits_for(value: int) -> int:
    """Return how many binary digits hold every number up to ``value``."""
    bits = 0
    while value >> bits:
        bits += 1
    return bits


@njit(nogil=True, cache=True)
def layout_for(events: int, states: int) -> Layout:
    """Lay out the key for journeys of up to this many matchable events; at least one has a bit.

    That holds while events by states are at most MOST_CELLS.
    """
    rank = bits_for(states - 1)
    unmatched = bits_for(events)
    cost = bits_for(events + states)
    low = rank + min(KEY_BITS - rank - unmatched - cost, max(events, 1))
    shift = low + unmatched
    return Layout(1 << shift, (1 << shift) + (1 << low), shift, low, low - rank)


@njit(nogil=True, cache=True)
def align(tables: Tables, journeys: Journeys, found: Found) -> int:
    """Align every journey; return the first that is too large to be, or -1.

    Too large are more than MOST_CELLS events by states, and more events than leave a key a free bit.
    """
    states = len(tables.to_end)
    longest = _longest(journeys.offsets)
    layout = layout_for(min(longest, MOST_CELLS // states), states)
    scratch = _make_room(layout, longest, states)
    run_at = 0
    for unit in range(len(journeys.state)):
        first, last = journeys.offsets[unit], journeys.offsets[unit + 1]
        is_open = journeys.state[unit] == OPEN
        found.run_offsets[unit] = run_at
        found.cost[unit] = 0
        state, event = _go_straight(tables.match_to, tables.is_forced, journeys.symbol, first, last)
        is_run = _follows(tables.match_to, tables.to_end, journeys.symbol, (state, event, last), is_open)
        run_at = _write_matched(tables, journeys.symbol, found, (first, last if is_run else event), run_at)
        if is_run:
            continue
        kept = _keep_matchable(journeys.symbol, scratch.kept, scratch.symbol, event, last)
        if kept * states > MOST_CELLS:
            return unit
        found.event_step[event:last] = NO_STEP
        key = _solve(tables, layout, scratch, kept, (state, is_open))
        found.cost[unit] = (key >> layout.shift) + (last - event - kept)
        run_at = _trace(tables, layout, scratch, found, kept, (state, run_at))
    found.run_offsets[len(journeys.state)] = run_at
    return -1


@njit(nogil=True, cache=True)
def _longest(offsets: NDArray[np.int64]) -> int:
    longest = 0
    for unit in range(len(offsets) - 1):
        longest = max(longest, offsets[unit + 1] - offsets[unit])
    return longest


@njit(nogil=True, cache=True)
def _make_room(layout: Layout, longest: int, states: int) -> Scratch:
    blocks = min(longest, MOST_CELLS // states) // layout.block + 1
    return Scratch(
        np.empty((layout.block + 1, states), dtype=np.int64),
        np.empty((blocks, states), dtype=np.int64),
        np.empty(longest, dtype=np.int64),
        np.empty(longest, dtype=np.int32),
    )


@njit(nogil=True, cache=True)
def _blocks(events: int, block: int) -> int:
    """Return how many blocks hold these events; at least one."""
    return 1 if events <= block else (events + block - 1) // block


@njit(nogil=True, cache=True)
def _go_straight(
    match_to: NDArray[np.int32],
    is_forced: NDArray[np.bool_],
    symbol: NDArray[np.int32],
    event: int,
    last: int,
) -> tuple[int, int]:
    """Match events while there is one way on and they take it; return the state and the first event left.

    No alignment is better: had the event not matched the step at once, the step would be map-only, or
    matched by a later event, and matching it at once would cost less, or have a smaller position.
    """
    state = 0
    while event < last and is_forced[state] and match_to[symbol[event], state] >= 0:
        state = match_to[symbol[event], state]
        event += 1
    return state, event


@njit(nogil=True, cache=True)
def _follows(
    match_to: NDArray[np.int32],
    to_end: NDArray[np.int64],
    symbol: NDArray[np.int32],
    at: tuple[int, int, int],
    is_open: bool,  # noqa: FBT001 - Numba takes it by place
) -> bool:
    """Tell whether the events left are a run as they stand: then nothing else is as cheap."""
    state, event, last = at
    while event < last:
        state = match_to[symbol[event], state]
        if state < 0:
            return False
        event += 1
    return is_open or to_end[state] == 0


@njit(nogil=True, cache=True)
def _write_matched(
    tables: Tables, symbol: NDArray[np.int32], found: Found, span: tuple[int, int], run_at: int
) -> int:
    """Write down that every event of the span matches; return where the run goes on."""
    match_to, match_step = tables.match_to, tables.match_step
    event_step, run_step, run_event = found.event_step, found.run_step, found.run_event
    state = 0
    for event in range(span[0], span[1]):
        step = match_step[symbol[event], state]
        state = match_to[symbol[event], state]
        event_step[event] = step
        run_step[run_at] = step
        run_event[run_at] = event
        run_at += 1
    return run_at


@njit(nogil=True, cache=True)
def _keep_matchable(
    symbol: NDArray[np.int32],
    kept: NDArray[np.int64],
    kept_symbol: NDArray[np.int32],
    first: int,
    last: int,
) -> int:
    """Collect the events that could match some step; return how many there are."""
    many = 0
    for event in range(first, last):
        if symbol[event] != 0:
            kept[many] = event
            kept_symbol[many] = symbol[event]
            many += 1
    return many


@njit(nogil=True, cache=True, inline="always")
def _solve(tables: Tables, layout: Layout, scratch: Scratch, events: int, at: tuple[int, bool]) -> int:
    """Fill the columns from the last event to the first; return the key of the state the journey is in."""
    state, is_open = at
    blocks = _blocks(events, layout.block)
    for end in range(len(tables.to_end)):
        scratch.tails[blocks - 1, end] = 0 if is_open else tables.to_end[end] * layout.one
    for block in range(blocks - 1, -1, -1):
        _fill(tables, layout, scratch, (block, events, state))
        if block > 0:
            _rank_into(layout, scratch, block - 1)
    return scratch.work[0, state]


@njit(nogil=True, cache=True, inline="always")
def _fill(tables: Tables, layout: Layout, scratch: Scratch, at: tuple[int, int, int]) -> None:  # noqa: C901 - a call for each row would cost more than the row
    """Compute the columns of one block from the column at its end; row 0 is before its first event.

    ``at`` is the block, the events of the journey, and the state it is in: without loops nothing leads
    to a lower state any more, so those are left out.
    """
    block, events, state = at
    first = block * layout.block
    length = min(layout.block, events - first)
    work, symbols, states, one = scratch.work, scratch.symbol, len(tables.to_end), layout.one
    move_from, move_to, back_moves = tables.move_from, tables.move_to, tables.back_moves
    edge_from, edge_state, edge_to = tables.edge_from, tables.edge_state, tables.edge_to
    lowest = state if len(back_moves) == 0 else 0
    for end in range(lowest, states):
        work[length, end] = scratch.tails[block, end]
    for row in range(length - 1, -1, -1):
        symbol = symbols[first + row]
        unmatched = _unmatched(layout.apart, layout.low, row)
        for here in range(lowest, states):
            work[row, here] = work[row + 1, here] + unmatched
        highest = -1
        for edge in range(edge_from[symbol], edge_from[symbol + 1]):
            here = edge_state[edge]
            matched = work[row + 1, edge_to[edge]]
            if here >= lowest and matched < work[row, here]:
                work[row, here] = matched
                highest = max(highest, here)
        for here in range(highest - 1, lowest - 1, -1):
            best = work[row, here]
            for move in range(move_from[here], move_from[here + 1]):
                best = min(best, work[row, move_to[move]] + one)
            work[row, here] = best
        if highest >= 0 and len(back_moves) > 0:
            _spread_back(tables, work, row, one)


@njit(nogil=True, cache=True)
def _unmatched(apart: int, low: int, row: int) -> int:
    """Return what the key grows by where the event of this row is left unmatched."""
    return apart + (1 << (low - 1 - row))


@njit(nogil=True, cache=True)
def _spread_back(tables: Tables, work: NDArray[np.int64], row: int, one: int) -> None:
    """Let states reach better ones over the back moves of loops too, until nothing gains."""
    back_moves, move_from, move_to = tables.back_moves, tables.move_from, tables.move_to
    highest = 0
    while highest >= 0:
        highest = -1
        for back in range(len(back_moves)):
            state = back_moves[back, 0]
            over = work[row, back_moves[back, 1]] + one
            if over < work[row, state]:
                work[row, state] = over
                highest = max(highest, state)
        for state in range(highest - 1, -1, -1):
            for move in range(move_from[state], move_from[state + 1]):
                work[row, state] = min(work[row, state], work[row, move_to[move]] + one)


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


@njit(nogil=True, cache=True, inline="always")
def _trace(
    tables: Tables, layout: Layout, scratch: Scratch, found: Found, events: int, at: tuple[int, int]
) -> int:
    """Walk forward along the best keys and write the run down; return where the next run begins."""
    start, run_at = at
    state = start
    length = 0
    blocks = _blocks(events, layout.block)
    for block in range(blocks):
        if blocks > 1:
            _fill(tables, layout, scratch, (block, events, start))
        first = block * layout.block
        length = min(layout.block, events - first)
        state, run_at = _trace_block(tables, layout, scratch, found, (first, length, state, run_at))
    if scratch.work[length, state] != 0:
        run_at = _finish(tables, layout.one, scratch.work[length], found, (state, run_at))
    return run_at


@njit(nogil=True, cache=True, inline="always")
def _trace_block(
    tables: Tables, layout: Layout, scratch: Scratch, found: Found, at: tuple[int, int, int, int]
) -> tuple[int, int]:
    """Go through one block from a state; ``at`` is its first event, its length, the state, the run's end."""
    first, length, state, run_at = at
    work, one, match_to, match_step = scratch.work, layout.one, tables.match_to, tables.match_step
    move_from, move_step, move_to = tables.move_from, tables.move_step, tables.move_to
    run_step, run_event = found.run_step, found.run_event
    row = 0
    while row < length:
        key = work[row, state]
        if work[row + 1, state] + _unmatched(layout.apart, layout.low, row) == key:
            row += 1
            continue
        symbol = scratch.symbol[first + row]
        to = match_to[symbol, state]
        is_match = to >= 0 and work[row + 1, to] == key
        step = match_step[symbol, state] if is_match else MANY
        event = NO_STEP
        for move in range(move_from[state], move_from[state + 1]):
            if move_step[move] >= step:
                break
            if work[row, move_to[move]] + one == key:
                is_match = False
                step, to = move_step[move], move_to[move]
                break
        if is_match:
            event = scratch.kept[first + row]
            found.event_step[event] = step
            row += 1
        run_step[run_at] = step
        run_event[run_at] = event
        state, run_at = to, run_at + 1
    return state, run_at


@njit(nogil=True, cache=True)
def _finish(tables: Tables, one: int, column: NDArray[np.int64], found: Found, at: tuple[int, int]) -> int:
    """Go from the last column to the nearest end; return where the next run begins."""
    state, run_at = at
    while column[state] != 0:
        for move in range(tables.move_from[state], tables.move_from[state + 1]):
            to = tables.move_to[move]
            if column[to] + one == column[state]:
                found.run_step[run_at] = tables.move_step[move]
                found.run_event[run_at] = NO_STEP
                state, run_at = to, run_at + 1
                break
    return run_at
