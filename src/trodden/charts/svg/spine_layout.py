"""Where everything on a spine lies: steps in a line, skips above, ways back below, exits down.

Horizontal positions are shares of the drawing's width, so that it can follow the width of its place;
vertical ones are pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from trodden.charts.svg.pieces import BASE, SMALL, TONE_SIGNS, width_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.charts import Overlay, Route, SpineStep

COLUMN: Final = 112.0
NARROW: Final = 100.0
"""Least width of a column in pixels, and where there are many: labels are fitted to it."""

MANY: Final = 8
"""More columns than this are narrow ones."""

BOX_SHARE: Final = 0.81
BOX_HEIGHT: Final = 62.0
LANE: Final = 86.0
LEVEL: Final = 36.0
WAIT: Final = 30.0
"""Room between the boxes and the nearest skip, where waits are written."""

THICKEST: Final = 16.0
LABEL_ROOM: Final = 200.0
PORTS: Final = (0.30, 0.16)
"""How far from its middle, as shares of a column, a box's ports lie at most and at least."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A route with its ends and its label (shares of the width) and its level, 0 nearest the boxes.

    ``anchor`` says which part of the label stands at ``label``, in the words of SVG.
    """

    route: Route
    start: float
    end: float
    level: int
    label: float
    anchor: str


@dataclass(frozen=True)
class Spine:
    """The layout of one overlay; ``stage_band`` is the room above for names of stages."""

    overlay: Overlay
    stage_band: float = 0.0
    _steps: dict[str, SpineStep] = field(init=False, default_factory=dict[str, "SpineStep"])

    def __post_init__(self) -> None:
        self._steps.update({step.id: step for step in self.overlay.steps})

    @cached_property
    def columns(self) -> int:
        """Return how many columns the steps take."""
        return max((step.column for step in self.overlay.steps), default=0) + 1

    @cached_property
    def width(self) -> float:
        """Return the least width in pixels."""
        return self.columns * self.column_px

    @property
    def column_px(self) -> float:
        """Return the least width of a column in pixels."""
        return NARROW if self.columns > MANY else COLUMN

    @property
    def label_size(self) -> int:
        """Return the size of the steps' labels."""
        return SMALL if self.columns > MANY else BASE

    @cached_property
    def lanes(self) -> int:
        """Return how many lanes the steps take."""
        return max((step.lane for step in self.overlay.steps), default=0) + 1

    def has(self, step: str) -> bool:
        """Say whether a step stands on the spine; START and END, written empty, do."""
        return not step or step in self._steps

    def column(self, step: str, *, end: bool = False) -> int:
        """Return a step's column; START lies before the first, END behind the last."""
        if not step:
            return self.columns if end else -1
        return self._steps[step].column

    def centre(self, step: str, *, end: bool = False) -> float:
        """Return the middle of a step's box; START and END lie on the edges of the drawing."""
        column = self.column(step, end=end)
        return min(1.0, max(0.004, (column + 0.5) / self.columns))

    def lane(self, step: str) -> int:
        """Return a step's lane; START and END lie on the spine."""
        return self._steps[step].lane if step else 0

    @cached_property
    def above(self) -> list[Arc]:
        """Return the skips with their levels."""
        return _levels(self, [route for route in self.overlay.routes if route.shape == "above"])

    @cached_property
    def below(self) -> list[Arc]:
        """Return the ways back with their levels."""
        return _levels(self, [route for route in self.overlay.routes if route.shape == "below"])

    @cached_property
    def exits(self) -> list[Route]:
        """Return the routes that leave."""
        return [route for route in self.overlay.routes if route.shape == "exit" and self.has(route.source)]

    @cached_property
    def top(self) -> float:
        """Return the upper edge of the boxes on the spine."""
        return self.stage_band + WAIT + LEVEL * _depth(self.above) + (10 if self.above else 0)

    def box_top(self, lane: int) -> float:
        """Return the upper edge of the boxes in a lane."""
        return self.top + LANE * lane

    def middle(self, lane: int) -> float:
        """Return the height at which moves run through a lane."""
        return self.box_top(lane) + BOX_HEIGHT / 2

    @cached_property
    def bottom(self) -> float:
        """Return the lower edge of the lowest boxes."""
        return self.box_top(self.lanes - 1) + BOX_HEIGHT

    def skip_height(self, level: int) -> float:
        """Return where a skip of this level runs."""
        return self.top - WAIT - LEVEL * level

    def return_depth(self, level: int) -> float:
        """Return where a way back of this level runs."""
        return self.bottom + 24 + LEVEL * level

    @cached_property
    def exit_end(self) -> float:
        """Return where exits end, below every way back."""
        return self.bottom + 34 + (LEVEL * _depth(self.below) if self.below else 0)

    @cached_property
    def height(self) -> float:
        """Return the height without the legend."""
        lines = max((2 + len(route.detail) for route in self.exits), default=0)
        if self.exits:
            return self.exit_end + 8 + 15 * lines
        return self.return_depth(_depth(self.below)) if self.below else self.bottom + 12

    def thickness(self, count: int) -> float:
        """Return the width of a line for so many journeys: linear, from 1 to 16 pixels."""
        whole = self.overlay.n or max((step.count for step in self.overlay.steps), default=0)
        return max(1.0, THICKEST * count / whole) if whole else 1.0


def _depth(arcs: list[Arc]) -> int:
    return max((arc.level + 1 for arc in arcs), default=0)


def _levels(spine: Spine, routes: Iterable[Route]) -> list[Arc]:
    """Stack routes: the shortest lie nearest the boxes, none overlaps another of its level.

    A route's room is its own span or its label's, whichever is longer.
    """
    known = [route for route in routes if spine.has(route.source) and spine.has(route.target)]
    known.sort(key=lambda route: (_span(spine, route), -route.count, route.label))
    taken: list[list[tuple[float, float]]] = []
    arcs: list[Arc] = []
    for route in known:
        start, end = _ends(spine, route)
        label, anchor, half = _label(spine, route, (start + end) / 2)
        level = _first_free(taken, _room((start, end), label, anchor, half))
        arcs.append(Arc(route, start, end, level, label, anchor))
    return _with_ports(spine, arcs)


def said(route: Route) -> str:
    """Return what stands beside a route: its label, with a sign where it is better or worse."""
    return f"{route.label}{TONE_SIGNS[route.tone]}"


def _span(spine: Spine, route: Route) -> int:
    return abs(spine.column(route.target, end=True) - spine.column(route.source))


def _ends(spine: Spine, route: Route) -> tuple[float, float]:
    return spine.centre(route.source), spine.centre(route.target, end=True)


def _label(spine: Spine, route: Route, middle: float) -> tuple[float, str, float]:
    """Return where a label stands, how it is anchored, and half its width; no exit runs through it."""
    half = min(width_of(said(route), BASE, bold=True), LABEL_ROOM) / 2 / spine.width
    centres = [spine.centre(found.source) for found in spine.exits] if route.shape == "below" else []
    crossing = [x for x in centres if abs(x - middle) < half + 0.01]
    if crossing:
        return *_beside(spine, crossing, middle, half), half
    if middle - half < 0:
        return 0.0, "start", half
    return (1.0, "end", half) if middle + half > 1 else (middle, "middle", half)


def _beside(spine: Spine, crossing: list[float], middle: float, half: float) -> tuple[float, str]:
    gap = 10 / spine.width
    x = min(crossing, key=lambda at: abs(at - middle))
    return (x + gap, "start") if x + gap + 2 * half <= 1 else (x - gap, "end")


def _room(ends: tuple[float, float], label: float, anchor: str, half: float) -> tuple[float, float]:
    left = label - {"start": 0.0, "middle": half, "end": 2 * half}[anchor]
    return min(*ends, left) - 0.01, max(*ends, left + 2 * half) + 0.01


def _first_free(taken: list[list[tuple[float, float]]], room: tuple[float, float]) -> int:
    for level, rooms in enumerate(taken):
        if all(room[1] <= low or high <= room[0] for low, high in rooms):
            rooms.append(room)
            return level
    taken.append([room])
    return len(taken) - 1


def _with_ports(spine: Spine, arcs: list[Arc]) -> list[Arc]:
    """Spread the ends over each box so that lines of different levels do not cross at it.

    Ends that lead right leave from the right half, the higher the nearer the middle; ends that
    lead left from the left half likewise.
    """
    deepest = max(_depth(arcs), 1)
    return [Arc(arc.route, *_ports(spine, arc, deepest), arc.level, arc.label, arc.anchor) for arc in arcs]


def _ports(spine: Spine, arc: Arc, deepest: int) -> tuple[float, float]:
    far, near = PORTS
    offset = (far - (far - near) * arc.level / max(deepest - 1, 1)) / spine.columns
    turn = -1 if arc.end < arc.start or (arc.route.shape == "below" and arc.start == arc.end) else 1
    start = arc.start + turn * offset if arc.route.source else arc.start
    end = arc.end - turn * offset if arc.route.target else arc.end
    return start, end
