"""The effect on the treated within strata: plain loops over units."""

from __future__ import annotations

import math
from statistics import mean, variance
from typing import TypeVar

Level = TypeVar("Level")


def matched_effect(
    units: list[tuple[Level, bool, int]], fewest: int, enough: float
) -> tuple[float, float] | None:
    """Return the effect on shares and its standard error; None where too few are in full strata."""
    strata: dict[Level, tuple[list[int], list[int]]] = {}
    for level, did, outcome in units:
        strata.setdefault(level, ([], []))[did].append(outcome)
    full = [(did, others) for others, did in strata.values() if min(len(did), len(others)) >= fewest]
    everybody = sum(did for _, did, _ in units)
    kept = sum(len(did) for did, _ in full)
    if min(everybody, len(units) - everybody) < fewest or kept < enough * everybody:
        return None
    effect = sum(len(did) / kept * (mean(did) - mean(others)) for did, others in full)
    own = sum((len(did) / kept) ** 2 * variance(did) / len(did) for did, _ in full)
    theirs = sum((len(did) / kept) ** 2 * variance(others) / len(others) for did, others in full)
    worth = kept**2 / sum(len(did) ** 2 / len(others) for did, others in full)
    least = [(n - 1) / n**3 for n in (kept, worth)]
    return effect, math.sqrt(max(own, least[0]) + max(theirs, least[1]))
