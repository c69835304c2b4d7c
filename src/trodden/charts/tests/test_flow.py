"""Moves of a free graph lie beside each other and their counts never cover one another."""

import re
from itertools import pairwise
from random import Random
from xml.etree import ElementTree as ET

import pytest

from trodden.charts import Flow, FlowEdge, FlowNode
from trodden.charts.svg import draw
from trodden.charts.svg.pieces import SMALL, width_of

SVG = "{http://www.w3.org/2000/svg}"
HIGH = 52.0


def crowded(seed: int) -> Flow:
    """Return three full columns with moves between all their places, each of its own count."""
    draws = Random(seed)
    edges = [
        FlowEdge(source=f"{column} {a}", target=f"{column + 1} {b}", count=draws.randrange(1, 90_000))
        for column in (0, 1)
        for a in range(6)
        for b in range(6)
    ]
    nodes = [
        FlowNode(id=f"{column} {row}", label=f"Place {column}{row}", count=600_000, rank=column)
        for column in range(3)
        for row in range(6)
    ]
    return Flow(title="t", unit="moves", nodes=tuple(nodes), edges=tuple(edges))


@pytest.mark.parametrize("seed", range(5))
def test_counts_on_moves_never_cover_one_another(seed: int) -> None:
    told = [
        (float(text.get("x", "")), float(text.get("y", "")), width_of(text.text or "", SMALL))
        for text in ET.fromstring(draw(crowded(seed))).iter(f"{SVG}text")  # noqa: S314 - our own drawing
        if text.get("font-size") == str(SMALL)
    ]
    assert len(told) > 5
    for i, (x, y, wide) in enumerate(told):
        for a, b, other in told[:i]:
            assert abs(x - a) >= (wide + other) / 2 or abs(y - b) >= SMALL


@pytest.mark.parametrize("seed", range(5))
def test_moves_leave_a_box_side_by_side_within_its_height(seed: int) -> None:
    found = re.findall(r'd="M([\d.]+) ([\d.]+) C[^"]*"[^>]*stroke-width="([\d.]+)"', draw(crowded(seed)))
    sides: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for x, y, thick in found:
        box = int((float(y) - 12) // 84)
        sides.setdefault((x, box), []).append((float(y) - 12 - 84 * box, float(thick)))
    assert len(sides) == 12
    for side in sides.values():
        side.sort()
        assert side[0][0] - side[0][1] / 2 >= 0
        assert side[-1][0] + side[-1][1] / 2 <= HIGH + 6
        for (above, one), (below, other) in pairwise(side):
            assert below - above >= (one + other) / 2 - 0.01


def test_thickness_follows_the_count() -> None:
    nodes = tuple(FlowNode(id=name, label=name, count=40, rank=rank) for rank, name in enumerate("abc"))
    edges = (FlowEdge(source="a", target="b", count=40), FlowEdge(source="b", target="c", count=10))
    thick = re.findall(
        r'stroke-width="([\d.]+)"[^>]*stroke-opacity', draw(Flow(title="t", nodes=nodes, edges=edges))
    )
    assert sorted(map(float, thick)) == [4.0, 16.0]
