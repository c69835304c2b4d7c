"""Prediction by partial matching with plain loops and exact fractions.

A unit is (steps, is open); a step is (touchpoint, microseconds).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

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


def middle(values: list[int]) -> int:
    """Return the lower median."""
    return sorted(values)[(len(values) - 1) // 2]


def paces(units: list[Unit], fewest: int = 30) -> list[list[tuple[bool, bool]]]:
    """Return for each step of each unit but the first whether it came slowly, and late; times as given."""
    moves: dict[tuple[str, str], list[int]] = {}
    elapsed: list[int] = []
    for steps, _ in units:
        for (name, at), (following, then) in pairwise(steps):
            moves.setdefault((name, following), []).append(then - at)
            elapsed.append(then - steps[0][1])
    rare = [wait for waits in moves.values() if len(waits) < fewest for wait in waits]
    found: list[list[tuple[bool, bool]]] = []
    for steps, _ in units:
        told: list[tuple[bool, bool]] = []
        for (name, at), (following, then) in pairwise(steps):
            waits = moves[name, following]
            limit = middle(waits if len(waits) >= fewest else rare)
            told.append((then - at > limit, then - steps[0][1] > middle(elapsed)))
        found.append(told)
    return found


def ask_paced(units: list[Unit], number: int, outcomes: int, order: int, fewest: int) -> dict[str, Fraction]:
    """Return what comes after the last step of a unit, how fast it came there looked at."""
    told = paces(units, fewest)
    after = [START, *(name for name, _ in units[number][0])][-order:]
    every = [counts_after(units, after[i:], None, 0) for i in range(len(after) + 1)]
    blends = [predict(every, outcomes)]
    for half in (0, 1) if told[number] else ():
        alike = Counter[str]()
        for before, came, pace in _paced_places(units, told):
            if pace[half] == told[number][-1][half] and before[-order:] == after:
                alike[came] += 1
        blends.append(predict([alike, *every], outcomes))
    return {name: sum((one[name] for one in blends), Fraction()) / len(blends) for name in blends[0]}


def _paced_places(
    units: list[Unit], told: list[list[tuple[bool, bool]]]
) -> Iterator[tuple[list[str], str, tuple[bool, bool]]]:
    """Yield what came where it is known, what was before, and how fast the step before came."""
    for unit, its in zip(units, told, strict=True):
        for (before, came, _), pace in zip(places(unit, None, 0)[2:], its, strict=True):
            if came != UNKNOWN:
                yield before, came, pace


def ask(
    units: list[Unit], after: list[str], outcomes: int, horizon: int | None = None, as_of: int = 0
) -> dict[str, Fraction]:
    """Return the probability of everything ever seen after any of these last steps or fewer."""
    contexts = [counts_after(units, after[i:], horizon, as_of) for i in range(len(after) + 1)]
    return predict(contexts, outcomes)
