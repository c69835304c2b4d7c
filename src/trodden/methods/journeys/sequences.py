"""Sequences: which touchpoints follow each other, in how many units, and in which of two groups more often.

**Containment.** A unit contains a sequence where some of its steps, in the order of the walk, are at the
sequence's touchpoints. Other steps may lie between; ``max_gap`` bounds how many between two neighbours (0:
none), ``longest_wait`` the time between two neighbours, inclusive. A unit counts once, however often it
contains it.

**Groups.** Units are compared by a goal, a pattern: those that contain it, read up to the step before its
first match, and those that do not, read whole; by the goal of their map: those that reached it and those that
ended otherwise, both read without the event that ended them by reaching or abandoning; or by a
segment: those for whom it holds and all others, read whole. Where there is a goal, units that are still open
and have not come to it are left out.

**Frequent.** A sequence is frequent where at least ``min_support`` of all units counted contain it. Every
part of a frequent sequence without a gap, its first or its last touchpoint taken away, is frequent too,
whatever the bounds. So sequences of a length are sought among those both of whose parts are frequent (GSP,
PrefixSpan), and each length is one pass that counts exactly.

References
----------
Srikant, R. and Agrawal, R. (1996). Mining sequential patterns: generalizations and performance improvements.
EDBT, 3-17 (bounds between neighbours, contiguous parts). Pei, J. et al. (2004). Mining sequential patterns by
pattern-growth: the PrefixSpan approach. IEEE Transactions on Knowledge and Data Engineering 16, 1424-1440.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from trodden.methods.journeys.patterns_dfa import Finder
from trodden.methods.journeys.patterns_match import find_matches
from trodden.methods.journeys.segments_codes import SegmentTest
from trodden.methods.journeys.select_units import in_segment
from trodden.methods.journeys.units import ABANDONED, OPEN, REACHED, Units, frozen
from trodden.model.errors import TooLargeError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_sequences import Sought
    from trodden.methods.journeys.select import Selection
    from trodden.model.walks import Bucket

Steps = tuple[int, ...]
Split = Literal["none", "goal", "reached", "segment"]

MOST_CANDIDATES: Final = 300_000
"""Sequences of one length that are counted at once."""


class SequencePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is sought, in codes and microseconds, -1 for no limit; and what units are compared by."""

    sought: tuple[Steps, ...]
    max_gap: int
    longest_wait: int
    split: Split = "none"
    goal: Finder | None = None
    segment: SegmentTest | None = None


def candidates(frequent: Iterable[Steps], touchpoints: int, length: int) -> tuple[Steps, ...]:
    """Return the sequences of a length that can be frequent, in lexicographic order.

    ``frequent``: those of the length before; not looked at for the first.

    Raises
    ------
    TooLargeError
        There are more than can be counted.
    """
    if length == 1:
        return tuple((code,) for code in range(touchpoints))
    known = sorted(frequent)
    behind: dict[Steps, list[int]] = {}
    for steps in known:
        behind.setdefault(steps[:-1], []).append(steps[-1])
    many = sum(len(behind.get(steps[1:], ())) for steps in known)
    if many > MOST_CANDIDATES:
        raise TooLargeError(
            f"{len(known):,} frequent sequences of length {length - 1} make {many:,} possible ones of length"
            f" {length}; {MOST_CANDIDATES:,} can be counted.",
            hint="Ask for a larger min_support, a smaller longest, or narrower max_gap and longest_wait.",
        )
    return tuple((*steps, last) for steps in known for last in behind.get(steps[1:], ()))


def count_sequences(
    bucket: Bucket, selection: Selection, units: Units, plan: SequencePlan
) -> tuple[NDArray[np.int64], tuple[int, int, int]]:
    """Count the units of one bucket that contain each sequence, by group: (sequences, 2).

    Also return how many units are in the second group (0), in the first (1), and left out.
    """
    import numpy as np

    from trodden.methods.journeys import kernels_sequences as kernels

    until, group = _groups(bucket, selection, units, plan)
    read = kernels.Read(units.offsets, units.touchpoint, units.occurred_at, frozen(until), frozen(group))
    sizes = np.bincount(group, minlength=3)
    return kernels.count_sequences(read, _sought(plan)), (int(sizes[0]), int(sizes[1]), int(sizes[2]))


def units_containing(
    bucket: Bucket, selection: Selection, units: Units, plan: SequencePlan
) -> NDArray[np.bool_]:
    """Say of every unit whether it is counted and contains the one sequence that is sought; (units,)."""
    from trodden.methods.journeys import kernels_sequences as kernels

    until, group = _groups(bucket, selection, units, plan)
    read = kernels.Read(units.offsets, units.touchpoint, units.occurred_at, frozen(until), frozen(group))
    return kernels.units_containing(read, _sought(plan))


def _groups(
    bucket: Bucket, selection: Selection, units: Units, plan: SequencePlan
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return up to which step each unit is read, and its group."""
    import numpy as np

    until = units.offsets[1:].copy()
    group = np.zeros(len(units), dtype=np.uint8)
    if plan.split == "goal" and plan.goal is not None:
        matches = find_matches(units, plan.goal, "first")
        until[matches.unit] = matches.first
        group[matches.unit] = 1
        group[(units.state == OPEN) & (group == 0)] = _left_out()
    elif plan.split == "reached":
        until -= (units.state == REACHED) | (units.state == ABANDONED)
        group[units.state == REACHED] = 1
        group[units.state == OPEN] = _left_out()
    elif plan.split == "segment":
        inside = in_segment(bucket, msgspec.structs.replace(selection, segment=plan.segment), units)
        group[inside] = 1
    return until, group


def _left_out() -> int:
    from trodden.methods.journeys.kernels_sequences import LEFT_OUT

    return LEFT_OUT


def _sought(plan: SequencePlan) -> Sought:
    import numpy as np

    from trodden.methods.journeys.kernels_sequences import Sought

    length = len(plan.sought[0]) if plan.sought else 1
    codes = np.array(plan.sought, dtype=np.int64).reshape(len(plan.sought), length)
    return Sought(frozen(codes), frozen(_following(codes)), plan.max_gap, plan.longest_wait)


def _following(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each sequence and depth the first one behind it that differs up to that depth."""
    import numpy as np

    many, length = codes.shape
    changes = np.maximum.accumulate(codes[1:] != codes[:-1], axis=1)
    places = np.arange(many, dtype=np.int64)
    found = np.full((many, length), many, dtype=np.int64)
    for depth in range(length):
        starts = np.append(np.flatnonzero(changes[:, depth]) + 1, many).astype(np.int64)
        found[:, depth] = starts[np.searchsorted(starts, places, side="right")]
    return found


def pattern_of(steps: Sequence[str], max_gap: int) -> str:
    """Write a sequence as the pattern a unit contains where it contains the sequence, waits aside.

    Examples
    --------
    >>> pattern_of(["a", "b c"], -1), pattern_of(["a", "b"], 0), pattern_of(["a", "b"], 2)
    ('a->.*->b c', 'a->b', 'a->.?->.?->b')
    """
    between = "->.*->" if max_gap < 0 else "->" + ".?->" * max_gap
    return between.join(map(_written, steps))


def _written(name: str) -> str:
    """Quote a name where the grammar of patterns needs it."""
    plain = name.strip() == name and name != "." and "->" not in name and not set(name) & set('[]|^$*+?()"')
    return name if plain and name else '"' + name.replace('"', '""') + '"'
