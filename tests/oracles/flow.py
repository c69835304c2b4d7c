"""Flow grids by plain loops: every start of every unit walked on step by step.

A unit is its steps, as touchpoints in order, and whether it is open. A start is the place of a step, -1 for
START, the number of steps for END and OPEN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

Unit = tuple[list[str], bool]
Segment = tuple[int, str, str]
"""Position, the node before it and the node there."""


@dataclass
class Grid:
    """How many starts pass each segment, and which units do."""

    starts: int = 0
    counts: Counter[Segment] = field(default_factory=Counter[Segment])
    units: dict[Segment, set[int]] = field(default_factory=dict[Segment, set[int]])

    def nodes(self) -> dict[tuple[int, str], tuple[int, int]]:
        """Return starts and distinct units by position and node."""
        found: dict[tuple[int, str], tuple[int, set[int]]] = {}
        for (position, _, target), count in self.counts.items():
            before, met = found.get((position, target), (0, set[int]()))
            found[position, target] = before + count, met | self.units[position, _, target]
        return {place: (count, len(met)) for place, (count, met) in found.items()}

    def edges(self) -> dict[Segment, tuple[int, int]]:
        """Return starts and distinct units by segment."""
        return {segment: (count, len(self.units[segment])) for segment, count in self.counts.items()}


def places(units: list[Unit], starts: list[list[int]], positions: int, *, backward: bool = False) -> Grid:
    """Walk every start of every unit as far as asked, or to the unit's end."""
    grid = Grid()
    for number, (unit, mine) in enumerate(zip(units, starts, strict=True)):
        for start in mine:
            grid.starts += 1
            for segment in _walked(unit, start, -1 if backward else 1, positions):
                grid.counts[segment] += 1
                grid.units.setdefault(segment, set()).add(number)
    return grid


def _walked(unit: Unit, start: int, step: int, positions: int) -> Iterator[Segment]:
    """Yield the segments one start passes."""
    steps, is_open = unit
    before = "anchor"
    for position in range(1, positions + 1):
        place = start + step * position
        there = _at(steps, place, is_open=is_open)
        yield position, before, there
        if not 0 <= place < len(steps):
            return
        before = there


def _at(steps: list[str], place: int, *, is_open: bool) -> str:
    if place < 0:
        return "(START)"
    return steps[place] if place < len(steps) else "(OPEN)" if is_open else "(END)"


def merged(grid: Grid, nodes: int) -> Grid:
    """Return the grid with all but the most frequent touchpoints of each position as (Other)."""
    named = {place: count for place, (count, _) in grid.nodes().items() if not place[1].startswith("(")}
    shown: dict[int, list[str]] = {}
    for position, name in sorted(named, key=lambda place: (-named[place], place[1])):
        shown.setdefault(position, []).append(name)
    found = Grid(grid.starts)
    for (position, source, target), count in grid.counts.items():
        segment = (
            position,
            _shown(shown.get(position - 1, []), source, nodes),
            _shown(shown.get(position, []), target, nodes),
        )
        found.counts[segment] += count
        found.units[segment] = found.units.get(segment, set()) | grid.units[position, source, target]
    return found


def _shown(named: list[str], name: str, nodes: int) -> str:
    return "(Other)" if name in named[nodes:] else name
