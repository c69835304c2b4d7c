"""Claim: every move with its count, its customers and its median gap, in 0.15 s on 20 million events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.claims.compared import Compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.claims.data import Data
    from bench.page import AnyRow

MANY = 100_000_000
MOVES = Compared(
    "transitions",
    "transitions with counts, customers, median gaps",
    lambda moves: f"{sum(count for count, _ in moves.values()):,} moves of {len(moves):,} kinds",
    0.15,
    {"chdb": MANY, "duckdb": MANY, "polars": MANY, "retentioneering": 2_000_000},
)


def measure(data: Data) -> Iterator[AnyRow]:
    """Measure it."""
    return MOVES.measure(data)
