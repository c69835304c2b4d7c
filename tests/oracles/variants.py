"""Variants by plain loops.

A unit is its customer, its (touchpoint, microseconds) steps, and whether it is open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

Unit = tuple[str, list[tuple[str, int]], bool]
Sequence = tuple[str, ...]


@dataclass
class Variant:
    """Who walked one sequence: customers and whole seconds of units that are over, and how many are open."""

    customers: list[str] = field(default_factory=list[str])
    seconds: list[int] = field(default_factory=list[int])
    open: int = 0


def variants(units: list[Unit], *, collapse: bool = False) -> dict[Sequence, Variant]:
    """Return every sequence, those only open units have walked so far included."""
    found: dict[Sequence, Variant] = {}
    for customer, steps, is_open in units:
        names = [name for name, _ in steps]
        variant = found.setdefault(
            tuple(name for name, _ in groupby(names)) if collapse else tuple(names), Variant()
        )
        if is_open:
            variant.open += 1
        else:
            variant.customers.append(customer)
            variant.seconds.append((steps[-1][1] - steps[0][1] + 500_000) // 1_000_000)
    return found


def together(several: list[Variant]) -> Variant:
    """Return several variants as one."""
    return Variant(
        [name for one in several for name in one.customers],
        [took for one in several for took in one.seconds],
        sum(one.open for one in several),
    )
