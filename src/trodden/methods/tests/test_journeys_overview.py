from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trodden.methods.journeys import kernels_overview
from trodden.methods.tests.mutants import mutated

NAMES = 4
Log = list[tuple[int, list[int]]]
"""Units: the customer, and the touchpoint codes of the steps; units of one customer stand together."""

logs = st.lists(
    st.tuples(st.integers(0, 3), st.lists(st.integers(0, NAMES - 1), min_size=1, max_size=6))
).map(lambda drawn: sorted(drawn, key=lambda unit: unit[0]))


def by_loops(log: Log) -> list[list[int]]:
    """Return events, units and customers by touchpoint."""
    return [
        [sum(steps.count(code) for _, steps in log) for code in range(NAMES)],
        [sum(code in steps for _, steps in log) for code in range(NAMES)],
        [len({who for who, steps in log if code in steps}) for code in range(NAMES)],
    ]


def counted(log: Log, kernel: object = kernels_overview.count_touchpoints) -> list[list[int]]:
    offsets = np.cumsum([0, *(len(steps) for _, steps in log)])
    touchpoint = np.array([code for _, steps in log for code in steps], dtype=np.uint16)
    customer = np.array([who for who, _ in log], dtype=np.int64)
    return kernel(offsets, touchpoint, customer, NAMES).tolist()  # type: ignore[operator]


@settings(deadline=None)
@given(log=logs)
def test_touchpoints_are_counted_as_by_plain_loops(log: Log) -> None:
    assert counted(log) == by_loops(log)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "for step in range(offsets[unit], offsets[unit + 1]):",
            "for step in range(offsets[unit] + 1, offsets[unit + 1]):",
        ),
        ("if last_unit[code] != unit:", "if last_unit[code] < 0:"),
        ("if last_customer[code] != who:", "if last_customer[code] == -1 or last_customer[code] == who:"),
        ("for unit in range(len(offsets) - 1):", "for unit in range(len(offsets) - 2):"),
    ],
)
def test_a_changed_kernel_counts_otherwise(old: str, new: str) -> None:
    changed, random = mutated(kernels_overview.count_touchpoints, old, new), Random(7)
    log = [(who // 2, [random.randrange(NAMES) for _ in range(random.randrange(1, 6))]) for who in range(12)]
    assert counted(log, changed) != by_loops(log)
