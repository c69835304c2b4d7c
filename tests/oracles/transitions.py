"""Moves counted with plain loops.

A unit is (customer, steps, is open); a step is (touchpoint, microseconds).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

Unit = tuple[str, list[tuple[str, int]], bool]


@dataclass
class Move:
    """One kind of move: how often, by whom, after how many whole seconds (half a second goes up)."""

    count: int = 0
    customers: set[str] = field(default_factory=set[str])
    gaps: list[int] = field(default_factory=list[int])


def count(units: list[Unit]) -> dict[tuple[str, str], Move]:
    """Count the moves of all units, START, END and OPEN included."""
    moves: dict[tuple[str, str], Move] = {}
    for customer, steps, is_open in units:
        names = ["START", *(name for name, _ in steps), "OPEN" if is_open else "END"]
        for pair in pairwise(names):
            move = moves.setdefault(pair, Move())
            move.count += 1
            move.customers.add(customer)
        for (source, left), (target, arrived) in pairwise(steps):
            moves[source, target].gaps.append((arrived - left + 500_000) // 1_000_000)
    return moves


def together(moves: list[Move]) -> Move:
    """Return several kinds of moves as one; each customer counts once."""
    return Move(
        sum(move.count for move in moves),
        set().union(*(move.customers for move in moves)),
        [gap for move in moves for gap in move.gaps],
    )


def quantile(gaps: list[int], tenths: int) -> float | None:
    """Return the middle of the bin of the smallest gap that so many tenths of all do not exceed."""
    if not gaps:
        return None
    gap = sorted(gaps)[max(-(-len(gaps) * tenths // 10), 1) - 1]
    width = 1
    while gap // width >= 256:
        width *= 2
    return gap // width * width + (width - 1) / 2
