"""Variants: the distinct sequences of steps that units walked.

The **sequence** of a unit are the touchpoints of its steps in the order of its walk, equal times included;
collapsed, successive steps at one touchpoint are one. Units of the same sequence are one **variant**. Only
units that are over have one: a unit still open may yet go on, and is counted apart at the sequence it has
walked so far.

Sequences are told apart by a key of 128 bits: 16 for the number of steps and 112 of a hash of the names of
their touchpoints, so that neither the order rows arrived in nor the number of buckets changes a key. Two
million different sequences, the most a state may hold, share a key with probability below 1e-21; keys are
not verified. Key order decides nothing but which of equally frequent and equally long variants are the last
to be shown.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.deviations import deviations_of
from trodden.methods.journeys.deviations_rows import rows_of
from trodden.methods.journeys.units import OPEN, frozen
from trodden.methods.stats.logbins import BINS, quantile
from trodden.methods.stats.tally import Tally, none_counted, tally
from trodden.model.errors import TooLargeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.align import Alignments
    from trodden.methods.journeys.automaton import Automaton
    from trodden.methods.journeys.deviations_rows import Keys
    from trodden.methods.journeys.kernels_variants import Walked
    from trodden.methods.journeys.units import Units

MOST_VARIANTS: Final = 2_000_000
"""Different sequences that fit a state of 64 MB."""

COST, EVENTS, FITS, DESIGNED = range(4)
"""Columns of what alignments of a variant's units add up to."""


@dataclass(frozen=True, slots=True)
class VariantTally:
    """Units by sequence: a state that adds up.

    ``keys``: (k, 2) uint64, ascending, each once. ``counts``: (k, 2) units that are over, and open ones.
    """

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]

    def __add__(self, other: VariantTally) -> VariantTally:
        """Return the counts of both together.

        Raises
        ------
        TooLargeError
            There are more different sequences than a state may hold.
        """
        from trodden.methods.journeys.kernels_variants import add_keys

        keys, counts = add_keys(
            frozen(self.keys), frozen(self.counts), frozen(other.keys), frozen(other.counts)
        )
        if len(keys) > MOST_VARIANTS:
            raise TooLargeError(
                f"There are more than {MOST_VARIANTS:,} different sequences of steps.",
                hint="Collapse repeats, name a map whose scope leaves out what does not matter, or narrow the"
                " period or the segment.",
            )
        return VariantTally(keys, counts)

    def top(self, limit: int, min_count: int) -> NDArray[np.uint64]:
        """Return the keys of the most frequent variants, ascending.

        At most ``limit``, each of at least ``min_count`` units that are over; of equally frequent ones the
        shorter, then those with the lower key.
        """
        import numpy as np

        order = np.lexsort((np.arange(len(self.keys)), -self.counts[:, 0]))[:limit]
        order = order[self.counts[order, 0] >= min_count]
        return self.keys[np.sort(order)]


def no_variants() -> VariantTally:
    """Return the tally of no unit at all."""
    import numpy as np

    return VariantTally(np.zeros((0, 2), dtype=np.uint64), np.zeros((0, 2), dtype=np.int64))


def salts_of(names: tuple[str, ...]) -> NDArray[np.uint64]:
    """Return two random-looking numbers for each touchpoint, by its name alone; (touchpoints, 2)."""
    import numpy as np

    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=16).digest() for name in names)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64).reshape(-1, 2)


def keys_of_units(units: Units, names: tuple[str, ...], *, collapse: bool) -> NDArray[np.uint64]:
    """Return the key of each unit's sequence; (units, 2)."""
    from trodden.methods.journeys.kernels_variants import keys_of

    return keys_of(_walked(units), frozen(salts_of(names)), int(collapse))


def key_of(steps: Sequence[int], names: tuple[str, ...]) -> NDArray[np.uint64]:
    """Return the key of one sequence of touchpoint codes; (1, 2)."""
    import numpy as np

    from trodden.methods.journeys.kernels_variants import Walked, keys_of

    times, ends = np.zeros(len(steps), dtype=np.int64), np.array([0, len(steps)], dtype=np.int64)
    nobody, state = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.uint8)
    codes = np.array(steps, dtype=np.uint16)
    walked = Walked(frozen(ends), frozen(codes), frozen(times), frozen(nobody), frozen(state))
    return keys_of(walked, frozen(salts_of(names)), 0)


def group_of_keys(keys: NDArray[np.uint64], shown: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the place of each key among those shown, which ascend; their number where it is not there."""
    from trodden.methods.journeys.kernels_variants import groups_of

    return groups_of(frozen(keys), frozen(shown))


def _walked(units: Units) -> Walked:
    from trodden.methods.journeys.kernels_variants import Walked

    return Walked(units.offsets, units.touchpoint, units.occurred_at, units.customer, units.state)


def tally_variants(keys: NDArray[np.uint64], is_open: NDArray[np.bool_]) -> VariantTally:
    """Count units by their keys; ``keys``: (units, 2), ``is_open``: (units,)."""
    import numpy as np

    order = np.lexsort((keys[:, 1], keys[:, 0]))
    sorted_keys = keys[order]
    is_first = np.ones(len(keys), dtype=np.bool_)
    is_first[1:] = (sorted_keys[1:] != sorted_keys[:-1]).any(axis=1)
    starts = np.flatnonzero(is_first)
    counts = np.stack([~is_open[order], is_open[order]], axis=1).astype(np.int64)
    sums = np.add.reduceat(counts, starts, axis=0) if len(starts) else counts
    return VariantTally(sorted_keys[starts], np.ascontiguousarray(sums))


@dataclass(slots=True)
class VariantGroups:
    """The shown variants, and all others as one behind them: a state that adds up.

    ``units``: (groups, 2), over and open. ``customers``: (groups,). ``times``: from first step to last, by
    ``group * BINS + bin``. ``fit``: (groups, 4), sums over aligned units that are over: COST, EVENTS, FITS,
    DESIGNED. ``sequences``: codes of each shown variant that has been met, by group.
    """

    units: NDArray[np.int64]
    customers: NDArray[np.int64]
    times: Tally
    fit: NDArray[np.int64]
    sequences: dict[int, tuple[int, ...]]

    def add(self, other: VariantGroups) -> VariantGroups:
        """Add the counts of other customers; neither is used again but for the result."""
        self.units += other.units
        self.customers += other.customers
        self.times = self.times + other.times
        self.fit += other.fit
        self.sequences |= other.sequences
        return self

    def quantile(self, group: int, share: float) -> float | None:
        """Return a quantile of a group's times in seconds; None where it has none."""
        times = self.times.within(group * BINS, (group + 1) * BINS)
        return quantile(times.counts, share, times.keys - group * BINS)


def no_groups(group_count: int) -> VariantGroups:
    """Return the counts of no unit at all."""
    import numpy as np

    return VariantGroups(
        units=np.zeros((group_count, 2), dtype=np.int64),
        customers=np.zeros(group_count, dtype=np.int64),
        times=none_counted(),
        fit=np.zeros((group_count, 4), dtype=np.int64),
        sequences={},
    )


def count_variants(
    units: Units, keys: NDArray[np.uint64], shown: NDArray[np.uint64], *, collapse: bool
) -> tuple[VariantGroups, NDArray[np.int64]]:
    """Count the units of one bucket by variant; return the group of each unit as well.

    ``keys``: (units, 2). ``shown``: (k, 2) keys, ascending; the others are group ``k``.
    """
    from trodden.methods.journeys.kernels_variants import count_groups, groups_of

    groups = frozen(groups_of(frozen(keys), frozen(shown)))
    found = count_groups(_walked(units), groups, len(shown) + 1)
    met: list[int] = [group for group in range(len(shown)) if found.example[group] >= 0]
    sequences = {group: _sequence(units, int(found.example[group]), collapse=collapse) for group in met}
    fit = no_groups(len(shown) + 1).fit
    return VariantGroups(found.units, found.customers, tally(found.times), fit, sequences), groups


def _sequence(units: Units, unit: int, *, collapse: bool) -> tuple[int, ...]:
    """Return the touchpoint codes of a unit's sequence."""
    codes: list[int] = units.touchpoint[units.offsets[unit] : units.offsets[unit + 1]].tolist()
    if not collapse:
        return tuple(codes)
    return tuple(code for place, code in enumerate(codes) if place == 0 or code != codes[place - 1])


def fit_of_units(
    automaton: Automaton, keys: Keys, units: Units, aligned: Alignments, accepted: frozenset[int]
) -> NDArray[np.int64]:
    """Return what each unit's alignment says: (units, 4) COST, EVENTS, FITS, DESIGNED; 0 for open ones.

    A unit went as designed where it has no deviation and no flag, accepted variations aside.
    """
    import numpy as np

    rows = rows_of(keys, units, aligned, deviations_of(automaton, units, aligned))
    is_accepted = np.zeros(len(keys), dtype=np.bool_)
    is_accepted[list(accepted)] = True
    designed = np.ones(len(units), dtype=np.bool_)
    designed[rows.unit[~is_accepted[rows.key]]] = False
    columns = (aligned.cost, np.diff(units.offsets), aligned.cost == 0, designed)
    found = np.stack([column.astype(np.int64) for column in columns], axis=1)
    found[units.state == OPEN] = 0
    return found
