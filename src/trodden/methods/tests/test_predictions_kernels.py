"""What is predicted, counted by the kernel against plain loops on random journeys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import predictions as oracle
from trodden.methods.journeys import kernels_predictions as kernels
from trodden.methods.journeys.units import OPEN, REACHED, SILENT
from trodden.methods.tests.mutants import plain_module

STATES = {"open": OPEN, "reached": REACHED, "silent": SILENT}
EDGES = [(0, 10), (10, 20), (25, 40)]
BRANCHES = [(1, 2, 1, 4), (2, 4, 1, 4)]
WAITS = [(1, 3), (1, 6), (3, 4), (4, 0)]
STEPS = 5

events = st.lists(
    st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(0, STEPS - 1))), min_size=1, max_size=7
)


@st.composite
def journeys(draw: st.DrawFn) -> oracle.Journey:
    began = draw(st.integers(0, 45))
    at, found = began, []
    for gap, step in draw(events):
        found.append((at, step))
        at += gap
    return began, draw(st.sampled_from(sorted(STATES))), found


def counted(module: Any, found: list[oracle.Journey]) -> list[tuple[Any, ...]]:  # noqa: ANN401 - kernels or mutants
    starts = [began for began, _, _ in found]
    period = [next((k for k, (a, b) in enumerate(EDGES) if a <= one < b), -1) for one in starts]
    steps = [event for _, _, listed in found for event in listed]
    walked = module.Walked(
        np.cumsum([0, *(len(listed) for _, _, listed in found)], dtype=np.int64),
        np.array([STATES[state] for _, state, _ in found], dtype=np.uint8),
        np.array(period, dtype=np.int64),
        np.array([at for at, _ in steps], dtype=np.int64),
        np.array([-1 if step is None else step for _, step in steps], dtype=np.int16),
    )
    many = np.bincount([step for step, _ in WAITS], minlength=STEPS)
    said = module.Said(
        np.array(BRANCHES, dtype=np.int32),
        np.append(0, np.cumsum(many)).astype(np.int32),
        np.array([length for _, length in WAITS], dtype=np.int64),
    )
    tables = [np.zeros((3, *shape), dtype=np.int64) for shape in ((3,), (len(BRANCHES), 2), (len(WAITS), 2))]
    module.count_said(walked, said, *tables)
    lists = [table.tolist() for table in tables]
    return [tuple(table[k] for table in lists) for k in range(3)]


def expected(found: list[oracle.Journey]) -> list[tuple[Any, ...]]:
    return [
        ([one.begun, one.open, one.reached], [list(pair) for pair in one.branch], [list(p) for p in one.wait])
        for one in oracle.count(found, EDGES, BRANCHES, WAITS)
    ]


@given(st.lists(journeys(), max_size=8))
@settings(deadline=None)
def test_what_is_predicted_is_counted_as_plain_loops_do(found: list[oracle.Journey]) -> None:
    assert counted(kernels, found) == expected(found)


EVERYTHING: list[oracle.Journey] = [
    (0, "reached", [(0, 0), (3, 1), (4, None), (9, 3), (9, 4)]),
    (5, "silent", [(5, 0), (6, 2)]),
    (6, "silent", [(6, 1)]),
    (9, "silent", [(9, 1), (15, 1), (16, 2)]),
    (10, "open", [(10, 0), (11, 1)]),
    (12, "reached", [(12, None), (13, 3)]),
    (22, "reached", [(22, 0), (23, 1)]),
]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("if period < 0:", "if period < -1:"),
        ("if walked.state[unit] == OPEN:", "if walked.state[unit] == REACHED:"),
        ("is_on[:] = False", ""),
        ("first <= step < last", "first <= step <= last"),
        ("choice_first <= step < choice_last", "choice_first < step < choice_last"),
        ("waited <= said.wait_us[number]", "waited < said.wait_us[number]"),
        ("if previous >= 0:", "if previous > 0:"),
        ("        if step < 0:\n            continue\n", ""),
        ("        previous = event\n", "        previous = max(previous, walked.offsets[unit])\n"),
    ],
)
def test_a_changed_kernel_is_noticed(old: str, new: str) -> None:
    assert counted(plain_module(kernels), EVERYTHING) == expected(EVERYTHING)
    assert counted(plain_module(kernels, old, new), EVERYTHING) != expected(EVERYTHING)
