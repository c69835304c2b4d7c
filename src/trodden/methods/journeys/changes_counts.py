"""Changes of mind counted by place, and patterns by touchpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from trodden.methods.journeys.changes import Found, ping_pongs, reworks
from trodden.methods.journeys.examples import Candidate, Cases, best, costliest
from trodden.methods.journeys.outcomes import Ended, Outcomes, ended, no_outcomes, once, outcomes_of
from trodden.methods.journeys.units import OPEN, REACHED, Units
from trodden.methods.stats.logbins import BINS, bin_of
from trodden.methods.stats.tally import Tally, none_counted, tally

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_changes import Knows
    from trodden.model.walks import Bucket

MET, LEFT, STILL_OPEN = range(3)
ENDS: Final = 3
"""How a unit ended: goal reached, closed without it, open."""

COULD: Final = 5
BACKTRACKED, PING_PONGED, REWORKED, CHANGED, ALL = range(5)
"""Rows of ``units``: what a unit did at least once; the last is every unit."""


class Keys(msgspec.Struct, frozen=True):
    """How a place becomes a number: what kind of change, at which touchpoint, after how much progress."""

    touchpoints: int
    steps: int

    def of(
        self, kind: NDArray[np.int64], touchpoint: NDArray[np.int64], progress: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return the places of some changes."""
        return (kind * self.touchpoints + touchpoint) * (self.steps + 1) + progress + 1

    def split(self, place: int) -> tuple[int, int, int]:
        """Return kind, touchpoint and progress (-1 for none)."""
        rest, progress = divmod(place, self.steps + 1)
        return *divmod(rest, self.touchpoints), progress - 1

    def pair(self, kind: int, code: NDArray[np.int64], between: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of a pattern at two touchpoints."""
        return (kind * self.touchpoints + code) * self.touchpoints + between

    def split_pair(self, key: int) -> tuple[int, int, int]:
        """Return kind and touchpoints of a pattern."""
        rest, between = divmod(key, self.touchpoints)
        return *divmod(rest, self.touchpoints), between


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """Integer counts by place; they add up over any split of the customers.

    ``changes``, ``customers``, ``open_units``: by place. ``could``: keys ``(place * COULD + how) * ENDS +
    end``. ``steps``, ``contacts``, ``time_ms``: sums by place. ``times``: keys ``place * BINS + bin``.
    ``having``: outcomes of closed units by place; ``came``: by progress + 1, of closed units that matched
    that step, under 0 of all. ``units``: (5, ENDS). ``repeats``: keys ``pattern * ENDS + end``, units;
    ``repeated``: how often, by pattern. ``fees``: ((place, currency), minor units), sorted.
    """

    changes: Tally
    customers: Tally
    open_units: Tally
    could: Tally
    steps: Tally
    contacts: Tally
    time_ms: Tally
    times: Tally
    having: Outcomes
    came: Outcomes
    units: NDArray[np.int64]
    repeats: Tally
    repeated: Tally
    fees: tuple[tuple[tuple[int, str], int], ...] = ()
    examples: tuple[Candidate, ...] = ()

    def __add__(self, other: ChangeCounts) -> ChangeCounts:
        """Return the counts of both, which share no customer."""
        return ChangeCounts(
            self.changes + other.changes,
            self.customers + other.customers,
            self.open_units + other.open_units,
            self.could + other.could,
            self.steps + other.steps,
            self.contacts + other.contacts,
            self.time_ms + other.time_ms,
            self.times + other.times,
            self.having + other.having,
            self.came + other.came,
            self.units + other.units,
            self.repeats + other.repeats,
            self.repeated + other.repeated,
            add_fees(self.fees, other.fees),
            best((*self.examples, *other.examples)),
        )


def no_changes() -> ChangeCounts:
    """Return the counts of nobody."""
    none, nobody = none_counted(), no_outcomes()
    units = np.zeros((ALL + 1, ENDS), dtype=np.int64)
    return ChangeCounts(none, none, none, none, none, none, none, none, nobody, nobody, units, none, none)


def add_fees(
    first: tuple[tuple[tuple[int, str], int], ...], second: tuple[tuple[tuple[int, str], int], ...]
) -> tuple[tuple[tuple[int, str], int], ...]:
    """Add two lists of fees; sums of 0 are kept."""
    found: dict[tuple[int, str], int] = {}
    for key, fee in (*first, *second):
        found[key] = found.get(key, 0) + fee
    return tuple(sorted(found.items()))


def count_changes(keys: Keys, knows: Knows, found: Found, bucket: Bucket, units: Units) -> ChangeCounts:
    """Count the changes and patterns of the units of one bucket."""
    if len(units) == 0:
        return no_changes()
    end = _ends(units)
    place = keys.of(found.kind, units.touchpoint[found.first].astype(np.int64), found.progress)
    how = ended(units, end != STILL_OPEN, end == MET)
    at = once((found.unit, place), np.ones(len(units), dtype=np.bool_))
    steps = found.last - found.first + 1
    patterns = _patterns(keys, units, end)
    return ChangeCounts(
        changes=tally(place),
        customers=_customers(units, at),
        open_units=tally(at[1][end[at[0]] == STILL_OPEN]),
        could=tally((place * COULD + found.could) * ENDS + end[found.unit]),
        steps=sums(place, steps),
        contacts=sums(place, found.contacts),
        time_ms=sums(place, found.time // 1_000),
        times=tally(place * BINS + bin_of(found.time // 1_000)),
        having=outcomes_of(once((found.unit, place), how.is_closed), how),
        came=_came(units, found, how),
        units=_units(units, found, end),
        repeats=patterns[0],
        repeated=patterns[1],
        fees=_fees(knows, found, place, bucket, units),
        examples=costliest(bucket, Cases(place, steps, units.rows[found.first], units.customer[found.unit])),
    )


def _ends(units: Units) -> NDArray[np.int64]:
    return np.where(units.state == REACHED, MET, np.where(units.state == OPEN, STILL_OPEN, LEFT))


def sums(keys: NDArray[np.int64], amounts: NDArray[np.int64]) -> Tally:
    """Add up amounts by key; keys whose sum is 0 are left out."""
    found, places = np.unique(keys, return_inverse=True)
    totals = np.zeros(len(found), dtype=np.int64)
    np.add.at(totals, places, amounts)
    return Tally(found[totals != 0], totals[totals != 0])


def _customers(units: Units, at: tuple[NDArray[np.int64], NDArray[np.int64]]) -> Tally:
    pairs = np.unique(np.stack((units.customer[at[0]], at[1])), axis=1)
    return tally(pairs[1])


def _came(units: Units, found: Found, how: Ended) -> Outcomes:
    """Count the closed units by every step they matched, and all of them under 0."""
    event = np.flatnonzero(found.matched >= 0)
    unit = np.repeat(np.arange(len(units)), np.diff(units.offsets))[event]
    everybody = np.arange(len(units))
    pairs = (
        np.concatenate((everybody, unit)),
        np.concatenate((np.zeros(len(units), dtype=np.int64), found.matched[event].astype(np.int64) + 1)),
    )
    return outcomes_of(once(pairs, how.is_closed), how)


def _units(units: Units, found: Found, end: NDArray[np.int64]) -> NDArray[np.int64]:
    unit = np.repeat(np.arange(len(units)), np.diff(units.offsets))
    did = [
        unit[found.backtracks],
        unit[ping_pongs(units)],
        reworks(units, int(units.touchpoint.max()) + 1)[0],
        found.unit,
        np.arange(len(units)),
    ]
    return np.array([np.bincount(end[np.unique(one)], minlength=ENDS) for one in did], dtype=np.int64)


def _patterns(keys: Keys, units: Units, end: NDArray[np.int64]) -> tuple[Tally, Tally]:
    """Return the units of each ping-pong and rework by how they ended, and how often each was."""
    event = ping_pongs(units)
    unit_of = np.repeat(np.arange(len(units)), np.diff(units.offsets))
    code = units.touchpoint.astype(np.int64)
    again_unit, again_code, times = reworks(units, keys.touchpoints)
    pattern = np.concatenate(
        (
            keys.pair(PING_PONGED, code[event], code[event - 1]),
            keys.pair(REWORKED, again_code, again_code),
        )
    )
    unit = np.concatenate((unit_of[event], again_unit))
    often = np.concatenate((np.ones(len(event), dtype=np.int64), times))
    each = once((unit, pattern), np.ones(len(units), dtype=np.bool_))
    return tally(each[1] * ENDS + end[each[0]]), sums(pattern, often)


def _fees(
    knows: Knows, found: Found, place: NDArray[np.int64], bucket: Bucket, units: Units
) -> tuple[tuple[tuple[int, str], int], ...]:
    """Add up the values of the events of changes at touchpoints for them, by place and currency."""
    if bucket.side is None or not len(place):
        return ()
    lengths = found.last - found.first + 1
    change = np.repeat(np.arange(len(place)), lengths)
    before = np.append(0, np.cumsum(lengths)[:-1])
    event: NDArray[np.int64] = np.repeat(found.first - before, lengths) + np.arange(int(lengths.sum()))
    is_for_it = knows.kind[units.touchpoint[event]] > 0
    change, rows = change[is_for_it], units.rows[event[is_for_it]]
    values, currencies = (bucket.side.take(name, rows) for name in ("value_minor", "currency"))
    said = zip(place[change].tolist(), values, currencies, strict=True)
    return add_fees((), tuple(((at, money or ""), int(value)) for at, value, money in said if value))
