"""A free graph of moves: places in columns by rank, ways back below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trodden.charts.formats import format_count
from trodden.charts.svg.marks import Mark, Sheet, frame, line, mark
from trodden.charts.svg.pieces import (
    GROUND,
    LINE,
    MUTED,
    SMALL,
    STRONG,
    TONES,
    stacked,
    tag,
    words,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.charts import Flow, FlowEdge, FlowNode

_COLUMN, _ROW, _WIDE, _HIGH = 196.0, 84.0, 128.0, 52.0
_THICKEST = 16.0


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


def draw_flow(chart: Flow, sheet: Sheet) -> str:
    """Draw places as boxes in columns by rank, moves as curves as thick as they are often.

    Within a column boxes are ordered by the mean height of what leads to them, then by count. Moves to
    the same or an earlier column run below all boxes, dashed. Thickness is linear in the count, at most 16.
    """
    boxes = _placed(chart)
    bottom = max((box.y + _HIGH for box in boxes.values()), default=0.0)
    most = max((edge.count for edge in chart.edges), default=1) or 1
    edges = sorted(chart.edges, key=lambda edge: edge.count)
    drawn = [_edge(chart, sheet, boxes, edge, (most, bottom, i)) for i, edge in enumerate(edges)]
    width = max((box.x + _WIDE for box in boxes.values()), default=float(sheet.width)) + 24
    places = [_place(sheet, box) for box in boxes.values()]
    below = 44.0 + 10.0 * min(_backward(chart, boxes), 6)
    return frame(sheet, chart, bottom + below, *drawn, *places, _left_out(chart, bottom + below), width=width)


def _placed(chart: Flow) -> dict[str, Box]:
    ranks = sorted({node.rank for node in chart.nodes})
    boxes: dict[str, Box] = {}
    for column, rank in enumerate(ranks):
        nodes = [node for node in chart.nodes if node.rank == rank]
        nodes.sort(key=lambda node: (_pull(chart, boxes, node), -node.count, node.label))
        for row, node in enumerate(nodes):
            boxes[node.id] = Box(node, 8 + column * _COLUMN, 12 + row * _ROW)
    return boxes


def _pull(chart: Flow, boxes: dict[str, Box], node: FlowNode) -> float:
    pulls = [(boxes[e.source].y, e.count) for e in chart.edges if e.target == node.id and e.source in boxes]
    weight = sum(count for _, count in pulls)
    return sum(y * count for y, count in pulls) / weight if weight else 0.0


def _is_back(boxes: dict[str, Box], edge: FlowEdge) -> bool:
    return boxes[edge.target].x <= boxes[edge.source].x


def _known(boxes: dict[str, Box], edge: FlowEdge) -> bool:
    return edge.source in boxes and edge.target in boxes


def _backward(chart: Flow, boxes: dict[str, Box]) -> int:
    return sum(1 for edge in chart.edges if _known(boxes, edge) and _is_back(boxes, edge))


def _edge(
    chart: Flow, sheet: Sheet, boxes: dict[str, Box], edge: FlowEdge, place: tuple[int, float, int]
) -> str:
    if not _known(boxes, edge):
        return ""
    most, bottom, index = place
    source, target = boxes[edge.source], boxes[edge.target]
    back = _is_back(boxes, edge)
    d = _path(source, target, bottom + 36 + 12 * (index % 6))
    thick = max(1.0, _THICKEST * edge.count / most)
    spoken = f"{source.node.label} to {target.node.label}: {format_count(edge.count)} {chart.unit}".rstrip()
    colour = LINE if edge.tone == "plain" else TONES[edge.tone]
    dashes = "5 4" if back else None
    label = _edge_label(edge, source, target) if not back else ""
    drawn = line(d, stroke=colour, stroke_width=thick, stroke_opacity=0.55, stroke_dasharray=dashes)
    return mark(sheet, Mark(f"{spoken}{', ' + edge.label if edge.label else ''}", edge.link), drawn, label)


def _path(source: Box, target: Box, depth: float) -> str:
    if target.x > source.x:
        return _forward(source, target)
    return _beside(source, target) if target.x == source.x else _below(source, target, depth)


def _beside(source: Box, target: Box) -> str:
    """Return a bow on the right between two boxes of a column, or from a box to itself."""
    x, y1, y2 = source.x + _WIDE, source.middle - 8, target.middle + 8
    reach = x + 18 + abs(y2 - y1) * 0.12
    return f"M{x:g} {y1:g} C{reach:g} {y1:g} {reach:g} {y2:g} {x:g} {y2:g}"


def _forward(source: Box, target: Box) -> str:
    x1, x2 = source.x + _WIDE, target.x
    bend = (x2 - x1) / 2
    return (
        f"M{x1:g} {source.middle:g} C{x1 + bend:g} {source.middle:g} {x2 - bend:g} {target.middle:g} "
        f"{x2:g} {target.middle:g}"
    )


def _below(source: Box, target: Box, depth: float) -> str:
    x1, x2 = source.x + _WIDE * 0.6, target.x + _WIDE * 0.4
    return f"M{x1:g} {source.y + _HIGH:g} C{x1:g} {depth:g} {x2:g} {depth:g} {x2:g} {target.y + _HIGH:g}"


def _edge_label(edge: FlowEdge, source: Box, target: Box) -> str:
    x, y = (source.x + _WIDE + target.x) / 2, (source.middle + target.middle) / 2 - 6
    return words(
        x,
        y,
        format_count(edge.count),
        text_anchor="middle",
        font_size=SMALL,
        fill=MUTED,
        paint_order="stroke",
        stroke=GROUND,
        stroke_width=3,
    )


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
        8, height - 6, f"{format_count(chart.hidden)} {chart.unit} on rarer moves are not drawn", fill=MUTED
    )
