from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import flow as oracle
from tests.oracles.patterns import matches
from trodden.methods.journeys import kernels_flow
from trodden.methods.journeys.flow_grid import (
    Direction,
    GridPlan,
    Occurrence,
    anchor_of,
    count_flow,
    count_positions,
)
from trodden.methods.journeys.patterns_write import write_name, write_others
from trodden.methods.journeys.periods import moment
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.units import OPEN, SILENT
from trodden.methods.tests.buckets import units_of
from trodden.methods.tests.mutants import plain_module
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError
from trodden.model.walks import Dictionaries

if TYPE_CHECKING:
    from trodden.methods.journeys.units import Units

NAMES = "abc"
TOLD = (*NAMES, "(START)", "(END)", "(OPEN)")
PATTERNS = ("a", "a->b", "[a|b]", "^.", "a->.*->b", "c$")


def touchpoints_of(names: str | tuple[str, ...]) -> Touchpoints:
    return Touchpoints(
        Catalog(snapshot="s", as_of=moment(0), dictionaries=Dictionaries(touchpoints=tuple(names)))
    )


def plan_of(anchor: str, occurrence: Occurrence, direction: Direction, positions: int = 3) -> GridPlan:
    return GridPlan(
        anchor=anchor_of(anchor, direction, touchpoints_of(NAMES)),
        occurrence=occurrence,
        direction=direction,
        positions=positions,
        touchpoints=len(NAMES),
    )


def states(walks: list[str]) -> list[int]:
    return [OPEN if place % 3 == 0 else SILENT for place in range(len(walks))]


def units_from(walks: list[str]) -> Units:
    return units_of([[(NAMES.index(name), 0) for name in walk] for walk in walks], states(walks))


def starts_of(walk: str, anchor: str, occurrence: str, direction: str, *, is_open: bool) -> list[int]:
    """Return the starts of one unit, by loops."""
    if anchor == "START":
        return [-1]
    if anchor in ("END", "OPEN"):
        return [len(walk)] if is_open == (anchor == "OPEN") else []
    found = [first if direction == "backward" else last for first, last in matches(walk, anchor)]
    return {"first": found[:1], "last": found[-1:], "every": found}[occurrence]


def expected(walks: list[str], anchor: str, occurrence: str, direction: str, positions: int) -> oracle.Grid:
    units = [(list(walk), state == OPEN) for walk, state in zip(walks, states(walks), strict=True)]
    starts = [
        starts_of(walk, anchor, occurrence, direction, is_open=state == OPEN)
        for walk, state in zip(walks, states(walks), strict=True)
    ]
    return oracle.places(units, starts, positions, backward=direction == "backward")


GROUPS = np.array([[0, 3, 1, 4, 5, 6], [3, 0, 3, 4, 5, 6], [0, 1, 2, 4, 5, 6]], dtype=np.int32)
"""At the first position b is Other, at the second all but b; at the third all have a group."""
SHOWN = (("a", "c"), ("b",), ("a", "b", "c"))


def agrees(walks: list[str], anchor: str, occurrence: Occurrence, direction: Direction) -> bool:
    plan = plan_of(anchor, occurrence, direction)
    units, wanted = units_from(walks), expected(walks, anchor, occurrence, direction, plan.positions)
    first = {
        (position + 1, NAMES[code]): int(count)
        for (position, code), count in np.ndenumerate(count_positions(units, plan))
        if count
    }
    plain = {place: count for place, (count, _) in wanted.nodes().items() if place[1] in NAMES}
    found = count_flow(units, plan, GROUPS, 7)
    return first == plain and found.starts[0] == wanted.starts and cells(found.edges) == grouped(wanted)


def cells(edges: np.ndarray) -> dict[tuple[int, int, int], tuple[int, int]]:
    where = zip(*np.nonzero(edges[..., 0]), strict=True)
    return {(int(p) + 1, int(s), int(t)): tuple(edges[p, s, t].tolist()) for p, s, t in where}


def grouped(grid: oracle.Grid) -> dict[tuple[int, int, int], tuple[int, int]]:
    """Return starts and units by group: every segment put where its groups say."""
    found: dict[tuple[int, int, int], tuple[int, set[int]]] = {}
    for (position, source, target), count in grid.counts.items():
        before = 0 if position == 1 else GROUPS[position - 2, TOLD.index(source)]
        key = position, int(before), int(GROUPS[position - 1, TOLD.index(target)])
        counted, met = found.get(key, (0, set[int]()))
        found[key] = counted + count, met | grid.units[position, source, target]
    return {key: (count, len(met)) for key, (count, met) in found.items()}


logs = st.lists(st.text(NAMES, min_size=1, max_size=8), min_size=1, max_size=5)
anchors = st.one_of(
    st.tuples(st.sampled_from((*PATTERNS, "START")), st.just("forward")),
    st.tuples(st.sampled_from((*PATTERNS, "END", "OPEN")), st.just("backward")),
)


@settings(deadline=None, max_examples=400)
@given(walks=logs, anchor=anchors, occurrence=st.sampled_from(("first", "last", "every")))
def test_a_grid_equals_plain_loops(
    walks: list[str], anchor: tuple[str, Direction], occurrence: Occurrence
) -> None:
    assert agrees(walks, anchor[0], occurrence, anchor[1])


def test_nodes_are_the_edges_into_them_and_units_count_once() -> None:
    found = count_flow(units_from(["abab", "ab"]), plan_of("a", "every", "forward"), GROUPS, 7)
    assert found.starts.tolist() == [3, 2]
    assert found.nodes[0, 3].tolist() == [3, 2]
    assert found.edges[0, 0, 3].tolist() == [3, 2]
    assert np.array_equal(found.nodes[..., 0], found.edges[..., 0].sum(axis=1))


@pytest.mark.parametrize(
    ("anchor", "direction"), [("START", "backward"), ("END", "forward"), ("OPEN", "forward")]
)
def test_nothing_lies_beyond_the_ends(anchor: str, direction: Direction) -> None:
    with pytest.raises(QuestionError, match=f"nothing comes .* {anchor}"):
        anchor_of(anchor, direction, touchpoints_of(NAMES))


@pytest.mark.parametrize("name", ["Pay now?", "a->b", 'say "so"', " x", ".", "any", "[a]", "plain name", "^"])
def test_what_is_written_is_read_back(name: str) -> None:
    from trodden.methods.journeys.patterns_dfa import step_codes

    touchpoints = touchpoints_of(("other", name))
    assert step_codes(write_name(name), "steps", touchpoints).tolist() == [False, True]
    assert step_codes(write_others([name]), "steps", touchpoints).tolist() == [True, False]


MUTANTS = [
    ("read.offsets[unit] <= place <", "read.offsets[unit] < place <"),
    ("place < read.offsets[unit + 1]", "place <= read.offsets[unit + 1]"),
    ("if read.step < 0:\n        return", "if read.step > 0:\n        return"),
    ("(2 if read.state[unit] == OPEN_UNIT else 1)", "(1 if read.state[unit] == OPEN_UNIT else 2)"),
    ("counts[1] += last[0] != unit", "counts[1] += 1"),
    ("            source = target", "            source = 0"),
    ("counts[position, code] += 1", "counts[position, code] = 1"),
]


@pytest.mark.parametrize(("old", "new"), [("", ""), *MUTANTS])
def test_a_changed_kernel_counts_otherwise(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    plain = plain_module(kernels_flow, old, new)
    for name in ("count_places", "count_grid"):
        monkeypatch.setattr(kernels_flow, name, getattr(plain, name))
    random = Random(5)
    walks = ["".join(random.choices(NAMES, k=random.randint(1, 6))) for _ in range(30)]
    walks.append("a")  # a place behind the last unit is no place of a bucket either
    asked = (("START", "first", "forward"), ("a", "every", "forward"), ("a->b", "last", "backward"))
    try:
        same = all(agrees(walks, *one) for one in asked)
    except IndexError:
        same = False
    assert same == (old == "")
