"""Statistics by plain loops over lists, to check the kernels and formulas against."""

from __future__ import annotations

import math
from fractions import Fraction


def bin_of(ms: int) -> int:
    """Find the bin by walking through the octaves, as its definition reads."""
    seconds = min((max(ms, 0) + 500) // 1_000, 2**32 - 1)
    if seconds < 256:
        return seconds
    start, width, number = 256, 2, 256
    while seconds >= 2 * start:
        start, width, number = 2 * start, 2 * width, number + 128
    return number + (seconds - start) // width


def quantile_of(seconds: list[float], share: str) -> float | None:
    """Return the smallest value that at least this share of all values do not exceed."""
    for value in sorted(seconds):
        if Fraction(sum(1 for other in seconds if other <= value), len(seconds)) >= Fraction(share):
            return value
    return None


def survival(events: list[int], censored: list[int]) -> list[tuple[int, Fraction, int, int]]:
    """Return (time, share, at risk, events) at each time with an event, exactly."""
    share, found = Fraction(1), []
    for time in sorted(set(events)):
        at_risk = sum(1 for other in events + censored if other >= time)
        happened = events.count(time)
        share *= 1 - Fraction(happened, at_risk)
        found.append((time, share, at_risk, happened))
    return found


def adjusted(p_values: list[float]) -> list[float]:
    """Return the least rate at which each test is kept, by trying the rank of every larger p."""
    many = len(p_values)
    return [
        min([1.0] + [q * many / sum(1 for r in p_values if r <= q) for q in p_values if q >= p])
        for p in p_values
    ]


def wilson_holds(count: int, of: int, share: float, z: float) -> bool:
    """Tell whether a two-sided score test keeps this share."""
    return abs(count / of - share) <= z * math.sqrt(share * (1 - share) / of)
