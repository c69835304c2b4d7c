"""The kernels of departures against plain loops, on random customers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import departures as oracle
from trodden.methods.journeys import kernels_departures as kernels
from trodden.methods.journeys.units import ABANDONED, OPEN, REACHED, SILENT
from trodden.methods.tests.mutants import plain_module

AS_OF, SILENCE, TOUCHPOINTS = 30, 5, 3
World = list[dict[str, Any]]
"""Customers: ``events``, and ``units`` as (last step, state)."""

events = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.integers(0, AS_OF + 5),
            "touchpoint": st.integers(0, TOUCHPOINTS - 1),
            "in_scope": st.booleans(),
        }
    ),
    min_size=1,
    max_size=8,
).map(lambda found: sorted(found, key=lambda event: event["at"]))


@st.composite
def customers(draw: st.DrawFn) -> dict[str, Any]:
    found = draw(events)
    until = sum(event["at"] <= AS_OF for event in found)
    last = draw(st.lists(st.integers(0, until - 1), max_size=3)) if until else []
    states = st.sampled_from([OPEN, REACHED, ABANDONED, SILENT])
    return {"events": found, "until": until, "units": [(one, draw(states)) for one in last]}


def found_by(module: Any, world: World, *, is_journey: bool) -> list[tuple[int, int | None]]:  # noqa: ANN401 - kernels or mutants
    starts = np.cumsum([0, *(len(one["events"]) for one in world)])
    all_events = [event for one in world for event in one["events"]]
    units = [(who, last, state) for who, one in enumerate(world) for last, state in one["units"]]
    ends = module.Ends(
        row=np.array([starts[who] + last for who, last, _ in units], dtype=np.int64),
        customer=np.array([who for who, _, _ in units], dtype=np.int64),
        state=np.array([state for _, _, state in units], dtype=np.uint8),
        until=np.array([starts[who] + one["until"] for who, one in enumerate(world)], dtype=np.int64),
    )
    kind, to = module.what_became(
        ends,
        np.array([event["at"] for event in all_events], dtype=np.int64),
        np.array([event["in_scope"] for event in all_events], dtype=np.bool_),
        module.Limits(AS_OF, SILENCE, int(is_journey)),
    )
    return [
        (what, None if row < 0 else row - int(starts[who]))
        for what, row, (who, _, _) in zip(kind.tolist(), to.tolist(), units, strict=True)
    ]


def expected(world: World, *, is_journey: bool) -> list[tuple[int, int | None]]:
    return [
        oracle.what_became(one["events"], last, state, AS_OF, SILENCE, is_journey=is_journey)
        for one in world
        for last, state in one["units"]
    ]


@given(st.lists(customers(), max_size=4), st.booleans())
@settings(max_examples=300, deadline=None)
def test_what_became_of_units_equals_plain_loops(world: World, is_journey: bool) -> None:  # noqa: FBT001 - drawn
    assert found_by(kernels, world, is_journey=is_journey) == expected(world, is_journey=is_journey)


def event(at: int, *, in_scope: bool = True) -> dict[str, Any]:
    return {"at": at, "touchpoint": 0, "in_scope": in_scope}


EVERYTHING: World = [
    {
        "events": [event(0), event(5, in_scope=False), event(20)],
        "until": 3,
        "units": [(0, SILENT), (1, SILENT)],
    },
    {"events": [event(1), event(6)], "until": 2, "units": [(0, ABANDONED), (1, REACHED)]},
    {"events": [event(25), event(31)], "until": 1, "units": [(0, ABANDONED)]},
    {"events": [event(24)], "until": 1, "units": [(0, ABANDONED)]},
    {"events": [event(28)], "until": 1, "units": [(0, OPEN)]},
]


def test_everything_is_told_as_defined() -> None:
    assert found_by(kernels, EVERYTHING, is_journey=True) == [
        (kernels.ELSEWHERE, 1),
        (kernels.GONE, None),
        (kernels.AGAIN, 1),
        (kernels.STAYED, None),
        (kernels.PENDING, None),
        (kernels.GONE, None),
        (kernels.PENDING, None),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("occurred_at[following] - last <= limits.silence", "occurred_at[following] - last < limits.silence"),
        ("limits.as_of - last <= limits.silence", "limits.as_of - last < limits.silence"),
        ("following < ends.until[ends.customer[unit]]", "following <= ends.until[ends.customer[unit]]"),
        ("following = row + 1", "following = row"),
        ("if limits.again and in_scope", "if limits.again and not in_scope"),
    ],
)
def test_a_changed_kernel_is_noticed(old: str, new: str) -> None:
    mutant = plain_module(kernels, old, new)
    try:
        found = found_by(mutant, EVERYTHING, is_journey=True)
    except IndexError:
        found = []
    assert found != expected(EVERYTHING, is_journey=True)
    assert found_by(plain_module(kernels), EVERYTHING, is_journey=True) == expected(
        EVERYTHING, is_journey=True
    )


visits = st.lists(
    st.tuples(st.lists(st.integers(0, TOUCHPOINTS - 1), min_size=1, max_size=5), st.integers(0, 4)),
    max_size=6,
)


def counted_by(module: Any, units: list[tuple[list[int], int]]) -> dict[int, int]:  # noqa: ANN401 - kernels or mutants
    found = module.came_by(
        np.cumsum([0, *(len(steps) for steps, _ in units)], dtype=np.int64),
        np.array([step for steps, _ in units for step in steps], dtype=np.uint16),
        np.array([kind for _, kind in units], dtype=np.uint8),
        TOUCHPOINTS,
    )
    return {touchpoint: count for touchpoint, count in enumerate(found.tolist()) if count}


@given(visits)
@settings(max_examples=300, deadline=None)
def test_units_that_came_by_equal_plain_loops(units: list[tuple[list[int], int]]) -> None:
    assert counted_by(kernels, units) == oracle.came_by(units)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("if kind[unit] == PENDING:", "if kind[unit] == GONE:"),
        ("if seen_in[touchpoint[step]] != unit:", "if seen_in[touchpoint[step]] < 0:"),
        ("range(offsets[unit], offsets[unit + 1])", "range(offsets[unit], offsets[unit + 1] - 1)"),
    ],
)
def test_a_changed_count_is_noticed(old: str, new: str) -> None:
    units = [([0, 1, 0], kernels.GONE), ([0], kernels.STAYED), ([2], kernels.PENDING)]
    assert counted_by(plain_module(kernels, old, new), units) != oracle.came_by(units) == {0: 2, 1: 1}
    assert counted_by(plain_module(kernels), units) == oracle.came_by(units)
