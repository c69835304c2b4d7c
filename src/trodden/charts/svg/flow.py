"""A free graph of moves: places in columns by rank, ways back below."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from trodden.charts.formats import format_count
from trodden.charts.svg.marks import Mark, Sheet, frame, line, mark
from trodden.charts.svg.pieces import (
    GROUND,
    LINE,
    MUTED,
    SMALL,
    STRONG,
    TONES,
    halo,
    stacked,
    tag,
    width_of,
    words,
    wrap,
)
from trodden.model.words import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.charts import Flow, FlowEdge, FlowNode

_COLUMN, _ROW, _WIDE, _HIGH = 196.0, 84.0, 128.0, 52.0
_THICKEST = 16.0
_BESIDE = 48.0
"""How much of a box's side its moves may take."""
_THIN, _TOLD, _TALL = 1.5, 1.5, 14.0
"""A thin move is paler; what is thinner than _TOLD bears no count; how far counts stay apart."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a place stands: its left upper corner."""

    node: FlowNode
    x: float
    y: float

    @property
    def middle(self) -> float:
        """Return the height of its centre."""
        return self.y + _HIGH / 2


@dataclass(frozen=True, slots=True)
class Way:
    """A move as it is drawn: from where to where, how thick, how far from the centre of each box."""

    edge: FlowEdge
    source: Box
    target: Box
    thick: float
    leaves: float = 0.0
    enters: float = 0.0

    @property
    def is_back(self) -> bool:
        """Return whether it leads to the same or an earlier column."""
        return self.target.x <= self.source.x

    def at(self, part: float) -> tuple[float, float]:
        """Return a point of a way forward, ``part`` from 0 at its start to 1 at its end."""
        x1, y1, x2, y2 = self.ends
        bend = (x2 - x1) / 2
        return _bezier((x1, x1 + bend, x2 - bend, x2), part), _bezier((y1, y1, y2, y2), part)

    @property
    def ends(self) -> tuple[float, float, float, float]:
        """Return where a way forward starts and ends: x and y of each."""
        return (
            self.source.x + _WIDE,
            self.source.middle + self.leaves,
            self.target.x,
            self.target.middle + self.enters,
        )


def _bezier(points: tuple[float, float, float, float], part: float) -> float:
    a, b, c, d = points
    rest = 1 - part
    return rest**3 * a + 3 * rest * rest * part * b + 3 * rest * part * part * c + part**3 * d


def draw_flow(chart: Flow, sheet: Sheet) -> str:
    """Draw places as boxes in columns by rank, moves as curves as thick as they are often.

    Within a column boxes are ordered by the mean height of what leads to them, then by count; what is no
    place of its own (the rest, the end) stands last. Moves side by side leave and enter a box in the order
    of where they lead. Moves to the same or an earlier column run below all boxes, with a dashed line.
    Thickness is linear in the count. Counts stand on moves where there is room, the most frequent first;
    each is in the table and told by its move.
    """
    boxes = _placed(chart)
    bottom = max((box.y + _HIGH for box in boxes.values()), default=0.0)
    ways = _ways(chart, boxes)
    drawn = [_way(chart, sheet, way, bottom + 36 + 12 * (i % 6)) for i, way in enumerate(ways)]
    width = max((box.x + _WIDE for box in boxes.values()), default=float(sheet.width)) + 24
    places = [_place(sheet, box) for box in boxes.values()]
    below = 44.0 + 10.0 * min(sum(way.is_back for way in ways), 6)
    counts = _counts(ways)
    left_out = _left_out(chart, bottom + below)
    return frame(sheet, chart, bottom + below, *drawn, *places, *counts, left_out, width=width)


def _placed(chart: Flow) -> dict[str, Box]:
    ranks = sorted({node.rank for node in chart.nodes})
    boxes: dict[str, Box] = {}
    for column, rank in enumerate(ranks):
        nodes = [node for node in chart.nodes if node.rank == rank]
        nodes.sort(
            key=lambda node: (node.tone == "muted", _pull(chart, boxes, node), -node.count, node.label)
        )
        for row, node in enumerate(nodes):
            boxes[node.id] = Box(node, 8 + column * _COLUMN, 12 + row * _ROW)
    return boxes


def _pull(chart: Flow, boxes: dict[str, Box], node: FlowNode) -> float:
    pulls = [(boxes[e.source].y, e.count) for e in chart.edges if e.target == node.id and e.source in boxes]
    weight = sum(count for _, count in pulls)
    return sum(y * count for y, count in pulls) / weight if weight else 0.0


def _ways(chart: Flow, boxes: dict[str, Box]) -> list[Way]:
    """Return the moves between places that are drawn, the rarest first, so that it lies lowest."""
    edges = [edge for edge in chart.edges if edge.source in boxes and edge.target in boxes]
    edges.sort(key=lambda edge: (edge.count, edge.source, edge.target))
    scale = _scale(edges, boxes)
    ways = [Way(e, boxes[e.source], boxes[e.target], max(1.0, scale * e.count)) for e in edges]
    leaves = _side_by_side(ways, "source", "target")
    enters = _side_by_side(ways, "target", "source")
    return [replace(way, leaves=leaves[i], enters=enters[i]) for i, way in enumerate(ways)]


def _scale(edges: Sequence[FlowEdge], boxes: dict[str, Box]) -> float:
    """Return the thickness of one: the most frequent at most 16, all beside a box no higher than it."""
    beside: Counter[tuple[str, str]] = Counter()
    for edge in edges:
        if boxes[edge.target].x > boxes[edge.source].x:
            beside[edge.source, "leaves"] += edge.count
            beside[edge.target, "enters"] += edge.count
    most = max((edge.count for edge in edges), default=1) or 1
    return min(_THICKEST / most, _BESIDE / max(beside.values(), default=1))


def _side_by_side(
    ways: Sequence[Way], here: Literal["source", "target"], there: Literal["source", "target"]
) -> list[float]:
    """Return how far from the centre of its box ``here`` each way forward lies, in the order of ``there``."""
    offsets = [0.0] * len(ways)
    forward = [i for i, way in enumerate(ways) if not way.is_back]
    forward.sort(key=lambda i: (_box(ways[i], here).node.id, _box(ways[i], there).y))
    for _, members in groupby(forward, key=lambda i: _box(ways[i], here).node.id):
        group = list(members)
        place = -sum(ways[i].thick for i in group) / 2
        for i in group:
            offsets[i] = place + ways[i].thick / 2
            place += ways[i].thick
    return offsets


def _box(way: Way, end: Literal["source", "target"]) -> Box:
    return way.source if end == "source" else way.target


def _way(chart: Flow, sheet: Sheet, way: Way, depth: float) -> str:
    edge = way.edge
    ends = tr("{place} to {place2}", place=way.source.node.label, place2=way.target.node.label)
    spoken = f"{ends}: {format_count(edge.count)} {chart.unit}".rstrip()
    colour = LINE if edge.tone == "plain" else TONES[edge.tone]
    d = _path(way, depth)
    drawn = _back(d, colour, way.thick) if way.is_back else _forward(d, colour, way.thick)
    return mark(sheet, Mark(f"{spoken}{', ' + edge.label if edge.label else ''}", edge.link), drawn)


def _forward(d: str, colour: str, thick: float) -> str:
    return line(d, stroke=colour, stroke_width=thick, stroke_opacity=0.55 if thick > _THIN else 0.3)


def _back(d: str, colour: str, thick: float) -> str:
    band = line(d, stroke=colour, stroke_width=thick, stroke_opacity=0.18)
    return band + line(d, stroke=colour, stroke_width=1, stroke_opacity=0.8, stroke_dasharray="5 4")


def _path(way: Way, depth: float) -> str:
    if not way.is_back:
        x1, y1, x2, y2 = way.ends
        bend = (x2 - x1) / 2
        return f"M{x1:g} {y1:g} C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    if way.target.x == way.source.x:
        return _beside(way.source, way.target)
    return _below(way.source, way.target, depth)


def _beside(source: Box, target: Box) -> str:
    """Return a bow on the right between two boxes of a column, or from a box to itself."""
    x, y1, y2 = source.x + _WIDE, source.middle - 8, target.middle + 8
    reach = x + 18 + abs(y2 - y1) * 0.12
    return f"M{x:g} {y1:g} C{reach:g} {y1:g} {reach:g} {y2:g} {x:g} {y2:g}"


def _below(source: Box, target: Box, depth: float) -> str:
    x1, x2 = source.x + _WIDE * 0.6, target.x + _WIDE * 0.4
    return f"M{x1:g} {source.y + _HIGH:g} C{x1:g} {depth:g} {x2:g} {depth:g} {x2:g} {target.y + _HIGH:g}"


def _counts(ways: Sequence[Way]) -> list[str]:
    """Return the counts that find room on their ways, the most frequent first."""
    taken: list[tuple[float, float, float]] = []
    drawn: list[str] = []
    for way in reversed(ways):
        text = format_count(way.edge.count)
        half = width_of(text, SMALL) / 2 + 2
        place = None if way.is_back or way.thick < _TOLD else _room(way, half, taken)
        if place is not None:
            taken.append((*place, half))
            drawn.append(_count(text, *place))
    return drawn


def _room(way: Way, half: float, taken: Sequence[tuple[float, float, float]]) -> tuple[float, float] | None:
    """Return the first of five places on a way where a text of this half width covers no other and no box."""
    x1, _, x2, _ = way.ends
    for part in (0.5, 0.35, 0.65, 0.25, 0.75):
        x, y = way.at(part)
        inside = x - half >= x1 and x + half <= x2
        if inside and all(abs(x - a) >= half + other or abs(y - b) >= _TALL for a, b, other in taken):
            return x, y
    return None


def _count(text: str, x: float, y: float) -> str:
    return words(x, y + 4, text, text_anchor="middle", font_size=SMALL, **{**halo(), "fill": MUTED})


def _place(sheet: Sheet, box: Box) -> str:
    node = box.node
    lines: Sequence[str] = wrap(node.label, _WIDE - 16, bold=True)
    first = box.y + (20 if len(lines) > 1 else 23)
    count = format_count(node.count)
    return mark(
        sheet,
        Mark(f"{node.label}: {count}", node.link),
        tag(
            "rect", x=box.x, y=box.y, width=_WIDE, height=_HIGH + 6, rx=6, fill=GROUND, stroke=_edge_of(node)
        ),
        stacked(box.x + _WIDE / 2, first - 2, lines, leading=14, text_anchor="middle", font_weight=STRONG),
        words(
            box.x + _WIDE / 2, box.y + _HIGH - 1, count, text_anchor="middle", fill=MUTED, class_="figures"
        ),
    )


def _edge_of(node: FlowNode) -> str:
    return LINE if node.tone == "plain" else TONES[node.tone]


def _left_out(chart: Flow, height: float) -> str:
    if not chart.hidden:
        return ""
    return words(
        8,
        height - 6,
        tr(
            "{hidden} {unit} on rarer moves are not drawn",
            hidden=format_count(chart.hidden),
            unit=chart.unit,
        ),
        fill=MUTED,
    )
