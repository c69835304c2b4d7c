"""Claim: sessions by channel and a gap of 30 minutes; ours tells the whole overview, peers count them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.claims.compared import Compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.claims.data import Data
    from bench.page import AnyRow

MANY = 100_000_000
SESSIONS = Compared(
    "sessions",
    "sessions (ours: the whole overview)",
    lambda sessions: f"{sessions:,} sessions",
    None,
    {"chdb": MANY, "duckdb": MANY, "polars": MANY, "retentioneering": 2_000_000},
)


def measure(data: Data) -> Iterator[AnyRow]:
    """Measure it."""
    return SESSIONS.measure(data)
