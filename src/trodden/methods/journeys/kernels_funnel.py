"""Kernels: how deep each unit comes into a chain of steps, and when, whatever is asked of it."""

import numpy as np
from numpy.typing import NDArray

from trodden.methods.journeys.kernels_funnel_structs import Attempt, Chains, Counts, Reading, Rules, Steps
from trodden.methods.journeys.kernels_transitions import bin_of_gap
from trodden.methods.kernels import kernel

NEVER = -(2**62)
BEST, FIRST, EVERY, EACH = 0, 1, 2, 3
"""Entries."""
EVERY_ANCHOR, FIRST_ANCHOR, LAST_ANCHOR = 0, 1, 2
OPEN_UNIT = 0


@kernel
def new_reading(longest: int, steps: int, any_order: int) -> Reading:
    """Make room for units of up to ``longest`` steps with their ends, and chains of up to ``steps``."""
    return Reading(
        np.empty(longest + 2, np.int32),
        np.empty(longest + 2, np.int64),
        np.empty(longest + 2, np.uint8),
        np.empty(steps + 1, np.int64),
        np.empty(steps + 1, np.int64),
        np.empty(steps + 1, np.int64),
        np.empty(steps + 1, np.int64),
        np.empty(1 << steps if any_order else 0, np.int64),
    )


@kernel
def read_end(chains: Chains, reading: Reading, code: int, at: int, used: int) -> int:
    """Read START, END or OPEN where some step is about it; return how many are read by then."""
    if not chains.read[code]:
        return used
    reading.code[used] = code
    reading.starts[used] = chains.fits[0, code] & np.uint32(1)
    reading.at[used] = at
    return used + 1


@kernel
def read_unit(walks: Steps, chains: Chains, rules: Rules, unit: int, reading: Reading) -> int:
    """Read the events that matter and the unit's ends, backward where asked; return how many they are."""
    first, end = walks.offsets[unit], walks.offsets[unit + 1]
    start_code = len(chains.read) - 3
    used = read_end(chains, reading, start_code, walks.occurred_at[first], 0)
    for place in range(first, end):
        code = walks.touchpoint[place]
        if chains.read[code] or walks.starts[place]:
            reading.code[used] = code
            reading.starts[used] = walks.starts[place]
            reading.at[used] = walks.occurred_at[place]
            used += 1
    end_code = start_code + (2 if walks.state[unit] == OPEN_UNIT else 1)
    used = read_end(chains, reading, end_code, walks.occurred_at[end - 1], used)
    if rules.backward:
        reading.code[:used] = reading.code[:used][::-1].copy()
        reading.starts[:used] = reading.starts[:used][::-1].copy()
        reading.at[:used] = -reading.at[:used][::-1]
    return used


@kernel
def start_places(rules: Rules, reading: Reading, used: int) -> tuple[int, int]:
    """Return between which places starts are tried, the second exclusive."""
    first, last = used, -1
    for place in range(used):
        if reading.starts[place]:
            first = min(first, place)
            last = place
    if last < 0:
        return used, used
    if rules.anchor != EVERY_ANCHOR and (rules.anchor == LAST_ANCHOR) != (rules.backward == 1):
        return last, last + 1
    only_one = rules.anchor != EVERY_ANCHOR or rules.entry == FIRST
    return first, (first if only_one else last) + 1


@kernel
def can_go_on(chains: Chains, chain: int, reading: Reading, depth: int, at: int) -> bool:
    """Say whether a later step may come at ``at`` as far as limits between steps go."""
    for step in range(min(depth, chains.lengths[chain] - 1)):
        if reading.latest[step] != NEVER and at - reading.latest[step] <= chains.limits[chain, step + 1]:
            return True
    return False


@kernel
def take_step(chains: Chains, chain: int, reading: Reading, place: int, depth: int) -> int:
    """Let the event at ``place`` be every step it can be; return the depth with it."""
    at, fits = reading.at[place], chains.fits[chain, reading.code[place]]
    for step in range(min(depth, chains.lengths[chain] - 1), 0, -1):
        before = reading.latest[step - 1]
        if not fits >> np.uint32(step) & 1 or before == NEVER or at - before > chains.limits[chain, step]:
            continue
        reading.latest[step], reading.placed[step] = at, place
        if step == depth:
            reading.done[step] = at
            depth += 1
    return depth


@kernel
def cut_off(reading: Reading, place: int, depth: int) -> bool:
    """Forget every choice the excluded event at ``place`` lies behind; return whether one is left."""
    is_left = False
    for step in range(depth):
        if reading.placed[step] == place:
            is_left = True
        else:
            reading.latest[step] = NEVER
    return is_left


@kernel
def try_ordered(
    chains: Chains, chain: int, rules: Rules, reading: Reading, places: tuple[int, int]
) -> Attempt:
    """Follow one start as far as it comes; ``places`` are the start and the end of the reading."""
    start, used = places
    length, depth = chains.lengths[chain], 1
    reading.latest[:] = NEVER
    reading.placed[:] = -1
    reading.latest[0] = reading.done[0] = reading.at[start]
    for place in range(start + 1, used):
        at = reading.at[place]
        if at - reading.at[start] > rules.within or not can_go_on(chains, chain, reading, depth, at):
            return Attempt(start, depth, place, 0, 0)
        depth = take_step(chains, chain, reading, place, depth)
        if depth == length:
            return Attempt(start, depth, place + 1, 0, 0)
        if chains.excluded[reading.code[place]] and not cut_off(reading, place, depth):
            return Attempt(start, depth, place, 0, 1)
    waits = int(is_waiting(chains, chain, rules, reading, depth))
    return Attempt(start, depth, used, waits, 0)


@kernel
def is_waiting(chains: Chains, chain: int, rules: Rules, reading: Reading, depth: int) -> bool:
    """Say whether an event after ``as_of`` could still take the attempt further."""
    in_time = rules.as_of - reading.done[0] <= rules.within
    return rules.backward == 0 and in_time and can_go_on(chains, chain, reading, depth, rules.as_of)


@kernel
def bits_of(number: int) -> int:
    """Count the bits that are set."""
    found = 0
    while number:
        number &= number - 1
        found += 1
    return found


@kernel
def take_any(reading: Reading, fits: int, place: int, steps: int) -> int:
    """Add the event at ``place`` to every set of steps it can join; return the size of the largest made."""
    largest = 0
    for chosen in range((1 << steps) - 1, -1, -1):
        if reading.taken[chosen] < 0:
            continue
        for step in range(steps):
            if fits >> step & 1 and not chosen >> step & 1:
                reading.taken[chosen | 1 << step] = place
                largest = max(largest, bits_of(chosen) + 1)
    return largest


@kernel
def cut_off_any(reading: Reading, place: int) -> bool:
    """Forget every set of steps the excluded event at ``place`` lies behind; return whether one is left."""
    is_left = False
    for chosen in range(len(reading.taken)):
        if reading.taken[chosen] == place:
            is_left = True
        else:
            reading.taken[chosen] = -1
    return is_left


@kernel
def try_any_order(
    chains: Chains, chain: int, rules: Rules, reading: Reading, places: tuple[int, int]
) -> Attempt:
    """Follow one start through the other steps in any order, each event one step."""
    start, used = places
    steps, depth = chains.lengths[chain] - 1, 1
    reading.taken[:] = -1
    reading.taken[0] = start
    reading.done[0] = reading.at[start]
    for place in range(start + 1, used):
        at = reading.at[place]
        if at - reading.at[start] > rules.within:
            return Attempt(start, depth, place, 0, 0)
        fits = np.int64(chains.fits[chain, reading.code[place]] >> np.uint32(1))
        if take_any(reading, fits, place, steps) == depth:
            reading.done[depth] = at
            depth += 1
        if depth == steps + 1:
            return Attempt(start, depth, place + 1, 0, 0)
        if chains.excluded[reading.code[place]] and not cut_off_any(reading, place):
            return Attempt(start, depth, place, 0, 1)
    waits = int(rules.backward == 0 and rules.as_of - reading.done[0] <= rules.within)
    return Attempt(start, depth, used, waits, 0)


@kernel
def try_start(chains: Chains, chain: int, rules: Rules, reading: Reading, places: tuple[int, int]) -> Attempt:
    """Follow one start as far as it comes."""
    if rules.any_order:
        return try_any_order(chains, chain, rules, reading, places)
    return try_ordered(chains, chain, rules, reading, places)


@kernel
def best_attempt(
    chains: Chains, rules: Rules, reading: Reading, starts: tuple[int, int], used: int
) -> Attempt:
    """Try every start between two places; keep the earliest of greatest depth, open where any is."""
    best = Attempt(-1, 0, used, 0, 0)
    for start in range(starts[0], starts[1]):
        if not reading.starts[start]:
            continue
        found = try_start(chains, 0, rules, reading, (start, used))
        waits = best.waits | found.waits
        if found.depth > best.depth:
            reading.kept[:] = reading.done
            best = found
        best = Attempt(best.start, best.depth, best.end, waits, best.excluded)
        if best.depth == chains.lengths[0]:
            return Attempt(best.start, best.depth, best.end, 0, 0)
    return best


@kernel
def count_attempt(
    chains: Chains, rules: Rules, reading: Reading, attempt: Attempt, grows: int, counts: Counts
) -> None:
    """Count an attempt by its depth, its times, what became of it and the optional steps on its way."""
    depth = attempt.depth
    counts.reached[depth] += 1
    counts.pending[depth] += grows & attempt.waits
    counts.excluded[depth] += attempt.excluded
    for step in range(depth):
        counts.times[step, bin_of_gap(reading.kept[step] - reading.kept[0])] += 1
    for chain in range(1, len(chains.lengths)):
        if depth >= chains.behind[chain]:
            found = try_start(chains, chain, rules, reading, (attempt.start, attempt.end))
            counts.optional[chain] += found.depth > depth


@kernel
def count_every_attempt(
    chains: Chains, rules: Rules, reading: Reading, places: tuple[int, int, int], grows: int, counts: Counts
) -> None:
    """Count attempts: of *each* start, or such that do not overlap.

    Of these the next begins where the one before can come to nothing more.
    """
    start, last, used = places
    while start < last:
        if not reading.starts[start]:
            start += 1
            continue
        found = try_start(chains, 0, rules, reading, (start, used))
        reading.kept[:] = reading.done
        count_attempt(chains, rules, reading, found, grows, counts)
        start = start + 1 if rules.entry == EACH else max(found.end, start + 1)


@kernel
def count_unit(
    walks: Steps, chains: Chains, rules: Rules, place: tuple[int, Reading], counts: Counts
) -> None:
    """Count one unit, or each of its attempts; ``place``: which, and room to read it."""
    unit, reading = place
    used = read_unit(walks, chains, rules, unit, reading)
    first, last = start_places(rules, reading, used)
    if first >= used:
        return
    counts.entered[0] += 1
    grows = walks.grows[unit]
    if rules.entry >= EVERY:
        count_every_attempt(chains, rules, reading, (first, last, used), grows, counts)
    else:
        best = best_attempt(chains, rules, reading, (first, last), used)
        count_attempt(chains, rules, reading, best, grows, counts)


@kernel
def room_for(walks: Steps, chains: Chains, rules: Rules) -> Reading:
    """Make room for the longest unit."""
    lengths = walks.offsets[1:] - walks.offsets[:-1]
    longest = np.max(lengths) if len(lengths) else 0
    return new_reading(longest, np.max(chains.lengths), rules.any_order)


@kernel
def count_units(walks: Steps, chains: Chains, rules: Rules, counts: Counts) -> None:
    """Count every unit, or every attempt: see `trodden.methods.journeys.funnel`."""
    reading = room_for(walks, chains, rules)
    for unit in range(len(walks.offsets) - 1):
        count_unit(walks, chains, rules, (unit, reading), counts)


@kernel
def depths_of_units(walks: Steps, chains: Chains, rules: Rules, counts: Counts) -> NDArray[np.int64]:
    """Return of each unit its greatest depth and, behind it, attempts with each optional step.

    (units, chains); ``counts`` is room for those of one unit.
    """
    reading = room_for(walks, chains, rules)
    found = np.zeros((len(walks.offsets) - 1, len(chains.lengths)), np.int64)
    for unit in range(len(found)):
        counts.reached[:] = 0
        counts.optional[:] = 0
        count_unit(walks, chains, rules, (unit, reading), counts)
        found[unit] = counts.optional
        found[unit, 0] = 0
        for depth in range(len(counts.reached)):
            if counts.reached[depth]:
                found[unit, 0] = depth
    return found
