"""Claim: a funnel of four steps within a window of 7 days, in 0.07 s on 20 million events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.claims.compared import Compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.claims.data import Data
    from bench.page import AnyRow

MANY = 100_000_000
FUNNEL = Compared(
    "funnel",
    "funnel of four steps within 7 days",
    lambda steps: " > ".join(f"{customers:,}" for customers in steps) + " customers",
    0.07,
    {"chdb": MANY, "duckdb": MANY, "polars": MANY},
)


def measure(data: Data) -> Iterator[AnyRow]:
    """Measure it."""
    return FUNNEL.measure(data)
