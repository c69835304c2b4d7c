"""What a map predicts, counted and scored with plain loops over journeys.

A journey is (when it began, how it stands, its events); an event is (time, number of the step it matches or
None). Times are whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

Journey = tuple[int, str, list[tuple[int, int | None]]]
"""It stands ``open``, ``reached`` or ``silent``."""

Share = tuple[int, int]


@dataclass
class Period:
    """Counts of the journeys that began in one period; waits by step, as they were."""

    begun: int = 0
    open: int = 0
    reached: int = 0
    branch: list[Share] = field(default_factory=list[Share])
    wait: list[Share] = field(default_factory=list[Share])
    lengths: dict[int, list[int]] = field(default_factory=dict[int, list[int]])


def count(
    journeys: list[Journey],
    edges: list[tuple[int, int]],
    branches: list[tuple[int, int, int, int]],
    waits: list[tuple[int, int]],
) -> list[Period]:
    """Count by period; ``waits`` are (step, longest length that is still as said)."""
    found: list[Period] = []
    for start, end in edges:
        here = [one for one in journeys if start <= one[0] < end]
        closed = [one for one in here if one[1] != "open"]
        steps = [[step for _, step in events if step is not None] for _, _, events in closed]
        lengths: dict[int, list[int]] = {}
        for _, _, events in closed:
            for step, length in waits_of(events):
                lengths.setdefault(step, []).append(length)
        found.append(
            Period(
                begun=len(here),
                open=len(here) - len(closed),
                reached=sum(state == "reached" for _, state, _ in closed),
                branch=[
                    (
                        sum(any(first <= step < last for step in one) for one in steps),
                        sum(any(lowest <= step < highest for step in one) for one in steps),
                    )
                    for first, last, lowest, highest in branches
                ],
                wait=[
                    (sum(length <= said for length in lengths.get(step, [])), len(lengths.get(step, [])))
                    for step, said in waits
                ],
                lengths=lengths,
            )
        )
    return found


def waits_of(events: list[tuple[int, int | None]]) -> list[tuple[int, int]]:
    """Return the step and the wait before each matched event but the first."""
    matched = [(at, step) for at, step in events if step is not None]
    return [(matched[k][1], matched[k][0] - matched[k - 1][0]) for k in range(1, len(matched))]


def interval_score(low: Fraction, high: Fraction, value: Fraction) -> Fraction:
    """Return the score at 95 %, exactly, as the paper writes it: width and two penalties."""
    alpha = Fraction(5, 100)
    score = high - low
    if value < low:
        score += 2 / alpha * (low - value)
    if value > high:
        score += 2 / alpha * (value - high)
    return score
