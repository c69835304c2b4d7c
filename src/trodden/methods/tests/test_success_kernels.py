"""What came before the goal: the kernel against plain loops, on random walks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import success as oracle
from tests.oracles.success import Walk
from trodden.methods.journeys import kernels_success as kernels
from trodden.methods.tests.mutants import plain_module

NAMES = ("a", "b", "c")


def counted(module: Any, walks: list[Walk], window: int | None, exposures: int = 64) -> Any:  # noqa: ANN401 - kernels or mutants
    offsets = np.cumsum([0, *(len(walk.steps) for walk in walks)], dtype=np.int64)
    steps = [step for walk in walks for step in walk.steps]
    goals = [len(walk.steps) if walk.goal is None else walk.goal for walk in walks]
    walked = module.Walked(
        offsets=offsets,
        touchpoint=np.array([NAMES.index(name) for name, _ in steps], dtype=np.uint16),
        occurred_at=np.array([at for _, at in steps], dtype=np.int64),
        goal=offsets[:-1] + np.array(goals, dtype=np.int64),
        is_open=np.array([walk.is_open for walk in walks]),
    )
    by_step = (len(NAMES), exposures, 2)
    shapes = ((exposures, 2), by_step, by_step, (len(NAMES), 2), (2,))
    found = module.Exposed(*(np.zeros(shape, dtype=np.int64) for shape in shapes))
    module.expose(walked, kernels.NO_WINDOW if window is None else window, found)
    return found


def told_by(module: Any, walks: list[Walk], window: int | None) -> list[Any]:  # noqa: ANN401 - kernels or mutants
    """Return, for each touchpoint, the counts of the oracle."""
    found = counted(module, walks, window)
    told = []
    for code in range(len(NAMES)):
        others = found.at_risk - found.apart[code]
        sides = {True: found.having[code], False: others}
        tables = {
            (side, exposure, bool(is_goal)): int(counts[exposure, is_goal])
            for side, counts in sides.items()
            for exposure in range(64)
            for is_goal in range(2)
            if counts[exposure, is_goal]
        }
        ends = {True: found.ever[code], False: found.units - found.ever[code]}
        told.append(
            (tables, {(side, bool(at)): int(n[at]) for side, n in ends.items() for at in range(2) if n[at]})
        )
    return told


def expected(walks: list[Walk], window: int | None) -> list[Any]:
    return [(oracle.tables(walks, name, window), oracle.ended(walks, name, window)) for name in NAMES]


@st.composite
def random_walks(draw: st.DrawFn) -> Walk:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=8))
    gaps = draw(st.lists(st.integers(0, 3), min_size=len(names), max_size=len(names)))
    times = np.cumsum(gaps).tolist()
    goal = draw(st.none() | st.integers(0, len(names) - 1))
    return Walk(list(zip(names, times, strict=True)), goal, draw(st.booleans()))


@given(st.lists(random_walks(), min_size=1, max_size=5), st.none() | st.integers(0, 6))
def test_exposures_equal_plain_loops(walks: list[Walk], window: int | None) -> None:
    assert told_by(kernels, walks, window) == expected(walks, window)


def walk(names: str, goal: int | None = None, *, is_open: bool = False) -> Walk:
    return Walk([(name, place * 2) for place, name in enumerate(names)], goal, is_open)


def test_long_walks_share_the_last_exposure() -> None:
    long = [walk("ab" + "c" * 80, 80), walk("b" + "c" * 90)]
    assert told_by(kernels, long, None) == expected(long, None)
    assert counted(kernels, long, None).at_risk[63].tolist() == [46, 1]


EVERYTHING = [
    walk("abcab", 4),
    walk("abb", is_open=True),
    walk("cab"),
    walk("a", 0),
    walk("bca", 2),
    walk("bcca", 2, is_open=True),
    walk("acbc", 3),
    walk("aabbcc"),
]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("now - seen.at[code] <= window", "now - seen.at[code] < window"),
        ("if step + 1 < end or not walked.is_open[unit]:", "if step + 1 < end:"),
        ("for step in range(first, goal):", "for step in range(first, goal - 1):"),
        ("if is_over and goal < end", "if is_over"),
        ("seen.at[code] = walked.occurred_at[step]\n", "seen.at[code] = walked.occurred_at[step] - 1\n"),
        ("if code == following:", "if code == following and not has:"),
        ("min(taken - seen.times[code], most)", "min(taken - 1, most)"),
        ("found.apart[code, others, told] -= 1", "found.apart[code, others, told] -= 0"),
        ("seen.unit[following] != unit", "seen.unit[following] == unit"),
    ],
)
def test_a_changed_kernel_is_noticed(old: str, new: str) -> None:
    mutant = plain_module(kernels, old, new)
    assert any(told_by(mutant, EVERYTHING, window) != expected(EVERYTHING, window) for window in (None, 2))
    plain = plain_module(kernels)
    assert all(told_by(plain, EVERYTHING, window) == expected(EVERYTHING, window) for window in (None, 2))
