"""The flow grid: what comes at each position after, or before, a place in a unit.

**Start.** An *anchor* is a pattern (see `trodden.methods.journeys.patterns`): read forward a flow starts with
the last step of a match, read backward with its first. *First* and *last* take one match of each unit, in
time; *every* takes each, and then counts attempts: every match is one by itself, also where its positions
overlap those of the next. The anchor may also be an end of the unit: START, before its first step, which a
flow reads forward from; END, behind the last step of a unit that is over, or OPEN, of one that is not, which
it reads backward from.

**Position.** Position k is the k-th step of the unit after the start, backward the k-th before it, whatever
it is and whenever it was. Behind the last step of a unit stands END, or OPEN where the unit is still open at
``as_of``; before its first stands START. An exit is told once, at the position where it stands.

**Counts.** A node counts the starts that have it at its position, and their distinct units; an edge those
that have one node at the position before and the other at this. Other is all touchpoints at a position that
are not shown there, as one: a unit that has several of them there, by several starts, is one unit.

Each node is a funnel with as many: the anchor, then ``any`` for each position between, then the node, in
strict order; each edge has its source in the place of the last ``any``. Other is a complement, ``[^a|b]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from trodden.methods.journeys.patterns import Pattern, Place, parse_pattern
from trodden.methods.journeys.patterns_dfa import Finder, compile_finder
from trodden.methods.journeys.patterns_match import find_matches
from trodden.methods.journeys.transitions import ENDS, OPEN, START
from trodden.methods.journeys.units import OPEN as OPEN_STATE
from trodden.methods.journeys.units import frozen
from trodden.model.errors import QuestionError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.kernels_flow import Read
    from trodden.methods.journeys.select_names import Touchpoints
    from trodden.methods.journeys.units import Units

Occurrence = Literal["first", "last", "every"]
Direction = Literal["forward", "backward"]

OTHER: Final = "Other"


class GridPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Where a flow starts and how far it reads; ``anchor`` is an end of the unit or finds matches."""

    anchor: str | Finder
    occurrence: Occurrence
    direction: Direction
    positions: int
    touchpoints: int

    @property
    def counts_attempts(self) -> bool:
        """Say whether a unit may have several starts."""
        return self.occurrence == "every" and not isinstance(self.anchor, str)


@dataclass(slots=True)
class GridCounts:
    """A grid as a state that adds up: see ``kernels_flow.Grid``; ``starts``: starts, and units with one."""

    starts: NDArray[np.int64]
    nodes: NDArray[np.int64]
    edges: NDArray[np.int64]

    def add(self, other: GridCounts) -> GridCounts:
        """Add the counts of other units; neither is used again but for the result."""
        self.starts += other.starts
        self.nodes += other.nodes
        self.edges += other.edges
        return self


def anchor_of(text: str, direction: Direction, touchpoints: Touchpoints) -> str | Finder:
    """Read an anchor: a touchpoint's whole name, ``any``, a pattern, or START, END or OPEN.

    Raises
    ------
    QuestionError
        The text does not follow the grammar, or nothing comes after, or before, this end of a unit.
    UnknownNameError
        A touchpoint nobody knows.
    """
    name = text.strip()
    if name in ENDS:
        _check_end(name, direction)
        return name
    if touchpoints.is_known(name):
        return compile_finder(Pattern(text, (Place((name,)),)), touchpoints)
    if name == "any":
        return compile_finder(Pattern(text, (Place((), other=True),)), touchpoints)
    return compile_finder(parse_pattern(text, "anchor"), touchpoints)


def _check_end(name: str, direction: Direction) -> None:
    if (name == START) != (direction == "forward"):
        beyond = "after" if direction == "forward" else "before"
        raise QuestionError(
            f"anchor: nothing comes {beyond} {name}.",
            hint="Read forward from START, backward from END or OPEN.",
        )


def read_units(units: Units, plan: GridPlan) -> Read:
    """Find the starts of the units of one bucket, units ascending."""
    from trodden.methods.journeys.kernels_flow import Read

    unit, at = _starts(units, plan)
    step = -1 if plan.direction == "backward" else 1
    return Read(
        units.offsets, units.touchpoint, units.state, frozen(unit), frozen(at), plan.touchpoints, step
    )


def _starts(units: Units, plan: GridPlan) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the unit and the step of each start."""
    import numpy as np

    if plan.anchor == START:
        return np.arange(len(units)), units.offsets[:-1] - 1
    if isinstance(plan.anchor, str):
        unit = np.flatnonzero((units.state == OPEN_STATE) == (plan.anchor == OPEN))
        return unit, units.offsets[1:][unit]
    matches = find_matches(units, plan.anchor, plan.occurrence)
    return matches.unit, matches.first if plan.direction == "backward" else matches.last


def count_positions(units: Units, plan: GridPlan) -> NDArray[np.int64]:
    """Count the starts of one bucket by touchpoint at each position; (positions, touchpoints)."""
    from trodden.methods.journeys.kernels_flow import count_places

    return count_places(read_units(units, plan), plan.positions)[:, : plan.touchpoints]


def no_grid(plan: GridPlan, group_count: int) -> GridCounts:
    """Return the counts of no unit at all."""
    import numpy as np

    return GridCounts(
        starts=np.zeros(2, dtype=np.int64),
        nodes=np.zeros((plan.positions, group_count, 2), dtype=np.int64),
        edges=np.zeros((plan.positions, group_count, group_count, 2), dtype=np.int64),
    )


def count_flow(units: Units, plan: GridPlan, groups: NDArray[np.int32], group_count: int) -> GridCounts:
    """Count the grid of one bucket; ``groups``: (positions, touchpoints + 3), the group of each code."""
    import numpy as np

    from trodden.methods.journeys.kernels_flow import count_grid

    read = read_units(units, plan)
    grid = count_grid(read, groups, group_count)
    met = np.count_nonzero(np.diff(read.unit, prepend=-1))
    return GridCounts(np.array([len(read.unit), met], dtype=np.int64), grid.nodes, grid.edges)
