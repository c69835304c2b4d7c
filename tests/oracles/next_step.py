"""Prediction by partial matching with plain loops and exact fractions.

A unit is (steps, is open); a step is (touchpoint, microseconds).
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

Unit = tuple[list[tuple[str, int]], bool]
START, END, UNKNOWN = "START", "END", "?"


def places(unit: Unit, horizon: int | None, as_of: int) -> list[tuple[list[str], str, int | None]]:
    """Return for each place what came before, what came next, and after how long (None for no wait)."""
    steps, is_open = unit
    found: list[tuple[list[str], str, int | None]] = []
    for place, (name, at) in enumerate(steps):
        before = [START, *(one for one, _ in steps[:place])]
        wait = at - steps[place - 1][1] if place else None
        late = horizon is not None and wait is not None and wait > horizon
        found.append((before, END if late else name, None if late else wait))
    silent = horizon is not None and as_of - steps[-1][1] > horizon
    last = UNKNOWN if is_open and not silent else END
    return [*found, ([START, *(one for one, _ in steps)], last, None)]


def counts_after(units: list[Unit], after: list[str], horizon: int | None, as_of: int) -> Counter[str]:
    """Count what came next wherever these were the last steps."""
    found = Counter[str]()
    for unit in units:
        for before, came, _ in places(unit, horizon, as_of):
            if came != UNKNOWN and before[len(before) - len(after) :] == after and len(before) >= len(after):
                found[came] += 1
    return found


def predict(contexts: list[Counter[str]], outcomes: int) -> dict[str, Fraction]:
    """Return probabilities; ``contexts``: what came after each, the longest first."""
    found: dict[str, Fraction] = {}
    left = Fraction(1)
    for counts in contexts:
        new = {name: count for name, count in counts.items() if name not in found}
        if not new:
            continue
        total = sum(new.values())
        given = {name: Fraction(2 * count - 1, 2 * total) for name, count in new.items()}
        escape = 1 - sum(given.values())
        if len(found) + len(new) == outcomes:
            given = {name: share / (1 - escape) for name, share in given.items()}
            escape = Fraction(0)
        found.update({name: left * share for name, share in given.items()})
        left *= escape
    return found


def ask(
    units: list[Unit], after: list[str], outcomes: int, horizon: int | None = None, as_of: int = 0
) -> dict[str, Fraction]:
    """Return the probability of everything ever seen after any of these last steps or fewer."""
    contexts = [counts_after(units, after[i:], horizon, as_of) for i in range(len(after) + 1)]
    return predict(contexts, outcomes)
