"""Kernels: which rows of a bucket make which unit."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trodden.methods.kernels import kernel
from trodden.model.walks import TIE

IN_SCOPE = 1
STARTS = 2
REACHES = 4
ABANDONS = 8
ALONE = 16
AGAIN = 32
"""Bits of an event's class: it counts, it may start a journey, it ends one as reached or as abandoned,
it is a whole journey by itself, it may start the next journey although it has just ended one."""

OPEN, REACHED, ABANDONED, SILENT = 0, 1, 2, 3
CHANNELS = 16
NOT_TIED = np.uint8(0xFF ^ TIE)


class Walks(NamedTuple):
    """Customers of a bucket, cut at ``as_of``: rows ``starts[c]:ends[c]``, and the times of all rows."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    occurred_at: NDArray[np.int64]


class Columns(NamedTuple):
    """What a step is read from and written to; see `trodden.methods.journeys.units.Units`."""

    occurred_at: NDArray[np.int64]
    touchpoint: NDArray[np.uint16]
    channel_outcome: NDArray[np.uint8]
    flags: NDArray[np.uint8]


class Journeys(NamedTuple):
    """Arrays journeys are written to, and how many units and steps of them are in use."""

    rows: NDArray[np.int64]
    first: NDArray[np.int64]
    customer: NDArray[np.int64]
    state: NDArray[np.uint8]
    closed_at: NDArray[np.int64]
    used: NDArray[np.int64]


@kernel
def cut_ends(walks: Walks, as_of: int) -> NDArray[np.int64]:
    """Return the row behind each customer's last event that is not later than ``as_of``."""
    found = walks.ends.copy()
    for customer in range(len(found)):
        while found[customer] > walks.starts[customer] and walks.occurred_at[found[customer] - 1] > as_of:
            found[customer] -= 1
    return found


@kernel
def span_rows(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return every row of every span, one span after the other."""
    rows = np.empty((ends - starts).sum(), np.int64)
    used = 0
    for span in range(len(starts)):
        for row in range(starts[span], ends[span]):
            rows[used] = row
            used += 1
    return rows


@kernel
def whole_walks(walks: Walks, classes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return for each row the number of the customer it counts for, -1 where it does not count."""
    numbers = np.full(len(walks.occurred_at), -1, np.int64)
    for customer in range(len(walks.starts)):
        for row in range(walks.starts[customer], walks.ends[customer]):
            if classes[row] & IN_SCOPE:
                numbers[row] = customer
    return numbers


@kernel
def session_numbers(
    walks: Walks, classes: NDArray[np.uint8], channel_outcome: NDArray[np.uint8], gap: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each row the number of its session, -1 where it does not count, and each one's customer.

    A session holds events of one channel of one customer; one more than ``gap`` microseconds after
    the last of its channel starts the next session. Sessions are numbered by their first row.
    """
    numbers = np.full(len(walks.occurred_at), -1, np.int64)
    customers = np.empty(len(walks.occurred_at), np.int64)
    latest = np.zeros(CHANNELS, np.int64)
    current = np.empty(CHANNELS, np.int64)
    units = 0
    for customer in range(len(walks.starts)):
        current[:] = -1
        for row in range(walks.starts[customer], walks.ends[customer]):
            if not classes[row] & IN_SCOPE:
                continue
            channel = channel_outcome[row] & (CHANNELS - 1)
            if current[channel] < 0 or walks.occurred_at[row] - latest[channel] > gap:
                current[channel] = units
                customers[units] = customer
                units += 1
            latest[channel] = walks.occurred_at[row]
            numbers[row] = current[channel]
    return numbers, customers[:units].copy()


@kernel
def grouped_rows(numbers: NDArray[np.int64], units: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return offsets and rows of units from the unit number of each row, rows ascending in each unit."""
    offsets = np.zeros(units + 1, np.int64)
    for number in numbers:
        if number >= 0:
            offsets[number + 1] += 1
    for unit in range(units):
        offsets[unit + 1] += offsets[unit]
    rows = np.empty(offsets[units], np.int64)
    place = offsets[:units].copy()
    for row in range(len(numbers)):
        if numbers[row] >= 0:
            rows[place[numbers[row]]] = row
            place[numbers[row]] += 1
    return offsets, rows


@kernel
def new_journeys(rows: int) -> Journeys:
    """Make room for the journeys of this many rows; an ending event may belong to two."""
    return Journeys(
        np.empty(2 * rows, np.int64),
        np.empty(rows + 1, np.int64),
        np.empty(rows, np.int64),
        np.empty(rows, np.uint8),
        np.empty(rows, np.int64),
        np.zeros(2, np.int64),
    )


@kernel
def begin_journey(made: Journeys, customer: int, row: int) -> None:
    """Open the next journey with this row as its first step."""
    made.first[made.used[0]] = made.used[1]
    made.customer[made.used[0]] = customer
    made.rows[made.used[1]] = row
    made.used[1] += 1


@kernel
def close_journey(made: Journeys, state: int, closed_at: int) -> None:
    """Close the journey that was begun last."""
    made.state[made.used[0]] = state
    made.closed_at[made.used[0]] = closed_at
    made.used[0] += 1


@kernel
def ending(kind: int) -> int:
    """Return how an event of this class ends the journey it continues, OPEN where it does not."""
    if kind & REACHES:
        return REACHED
    return ABANDONED if kind & ABANDONS else OPEN


@kernel
def continue_journey(made: Journeys, customer: int, row: int, kind: int, at: int) -> bool:
    """Add a step to the open journey; return whether a journey is open behind it."""
    made.rows[made.used[1]] = row
    made.used[1] += 1
    state = ending(kind)
    if state == OPEN:
        return True
    close_journey(made, state, at)
    if not kind & AGAIN or kind & ALONE:
        return False
    begin_journey(made, customer, row)
    return True


@kernel
def start_journey(made: Journeys, customer: int, row: int, kind: int, at: int) -> bool:
    """Begin a journey where the event may start one; return whether it is open behind it."""
    if not kind & STARTS:
        return False
    begin_journey(made, customer, row)
    if kind & ALONE:
        close_journey(made, REACHED, at)
        return False
    return True


@kernel
def walk_journeys(
    walks: Walks, classes: NDArray[np.uint8], customer: int, limits: tuple[int, int], made: Journeys
) -> None:
    """Cut one customer's walk into journeys; ``limits`` are the silence limit and ``as_of``."""
    silence, as_of = limits
    is_open, latest = False, 0
    for row in range(walks.starts[customer], walks.ends[customer]):
        kind, at = classes[row], walks.occurred_at[row]
        if not kind & IN_SCOPE:
            continue
        if is_open and at - latest > silence:
            close_journey(made, SILENT, latest + silence)
            is_open = False
        if is_open:
            is_open = continue_journey(made, customer, row, kind, at)
        else:
            is_open = start_journey(made, customer, row, kind, at)
        latest = at
    if is_open:
        close_journey(made, SILENT if as_of - latest > silence else OPEN, latest + silence)


@kernel
def journeys(walks: Walks, classes: NDArray[np.uint8], silence: int, as_of: int) -> Journeys:
    """Cut every customer's walk into journeys: see `trodden.methods.journeys.select`."""
    made = new_journeys((walks.ends - walks.starts).sum())
    for customer in range(len(walks.starts)):
        walk_journeys(walks, classes, customer, (silence, as_of), made)
    made.first[made.used[0]] = made.used[1]
    return made


@kernel
def gather(columns: Columns, offsets: NDArray[np.int64], rows: NDArray[np.int64]) -> Columns:
    """Copy the rows of units, without ties to an event that is not the step before; (steps,) each."""
    steps = len(rows)
    found = Columns(
        np.empty(steps, np.int64),
        np.empty(steps, np.uint16),
        np.empty(steps, np.uint8),
        np.empty(steps, np.uint8),
    )
    for unit in range(len(offsets) - 1):
        before = -1
        for step in range(offsets[unit], offsets[unit + 1]):
            row = rows[step]
            found.occurred_at[step] = columns.occurred_at[row]
            found.touchpoint[step] = columns.touchpoint[row]
            found.channel_outcome[step] = columns.channel_outcome[row]
            found.flags[step] = (
                columns.flags[row] if row == before + 1 and before >= 0 else columns.flags[row] & NOT_TIED
            )
            before = row
    return found


@kernel
def codes_at(
    starts: NDArray[np.int64], rows: NDArray[np.int64], codes: NDArray[np.uint16]
) -> NDArray[np.uint16]:
    """Return each unit's property code at its row: the last that is not null, back to its customer's start.

    ``starts``: (units,) first row of the unit's customer. ``rows``: (units,) the row told at.
    """
    found = np.zeros(len(rows), np.uint16)
    for unit in range(len(rows)):
        row = rows[unit]
        while row >= starts[unit] and codes[row] == 0:
            row -= 1
        if row >= starts[unit]:
            found[unit] = codes[row]
    return found
