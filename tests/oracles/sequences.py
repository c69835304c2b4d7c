"""Sequences by brute force: every choice of steps of every unit.

A unit is (steps, group); a step is (touchpoint, time). Groups are 0 and 1; None is left out.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

Walk = list[tuple[str, int]]
Units = list[tuple[Walk, int | None]]
Steps = tuple[str, ...]


def contained(walk: Walk, length: int, max_gap: int | None, longest_wait: int | None) -> set[Steps]:
    """Return the sequences of a length a unit contains."""
    found: set[Steps] = set()
    for places in combinations(range(len(walk)), length):
        near = all(
            (max_gap is None or after - before - 1 <= max_gap)
            and (longest_wait is None or walk[after][1] - walk[before][1] <= longest_wait)
            for before, after in pairwise(places)
        )
        if near:
            found.add(tuple(walk[place][0] for place in places))
    return found


def supports(
    units: Units, length: int, max_gap: int | None, longest_wait: int | None
) -> dict[Steps, tuple[int, int]]:
    """Count the units of both groups that contain each sequence of a length."""
    counts = Counter[tuple[Steps, int]]()
    for walk, group in units:
        if group is not None:
            counts.update((steps, group) for steps in contained(walk, length, max_gap, longest_wait))
    return {steps: (counts[steps, 0], counts[steps, 1]) for steps, _ in counts}
