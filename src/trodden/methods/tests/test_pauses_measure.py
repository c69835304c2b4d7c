"""How long gaps are and their limits, against the definition for moves given one by one."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trodden.methods.journeys import kernels_pauses_limits as kernels
from trodden.methods.journeys.pauses_limits import Limits, limits_of
from trodden.methods.tests.mutants import plain_module

PLACES, STATES, AS_OF, SILENCE = 4, 3, 1_000, 100

waits = st.integers(-1, 60)
by_place = st.lists(waits, min_size=PLACES, max_size=PLACES)
units = st.lists(
    st.lists(
        st.tuples(st.integers(0, PLACES - 1), st.integers(0, STATES - 1), st.integers(0, 200)), min_size=1
    ),
    max_size=5,
)
learned = st.fixed_dictionaries(
    {
        "floor": st.integers(0, 30),
        "moves": st.dictionaries(st.integers(0, PLACES**2 - 1), st.integers(0, 60)),
        "steps": by_place,
        "everywhere": waits,
        "longest": by_place,
        "longest_next": st.lists(waits, min_size=STATES, max_size=STATES),
    }
)


def whole(numbers: object) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def walked_of(found: list[list[tuple[int, int, int]]]) -> kernels.Walked:
    place, after, gap = np.array([step for unit in found for step in unit], dtype=np.int64).reshape(-1, 3).T
    offsets = np.cumsum([0, *map(len, found)])
    return kernels.Walked(offsets, np.cumsum(gap), place.astype(np.int32), after.astype(np.int32))


def both_of(given: dict) -> tuple[Limits, kernels.Waits]:
    keys = sorted(given["moves"])
    moves = whole([given["moves"][key] for key in keys])
    none = np.zeros(PLACES, dtype=np.int64)
    limits = Limits(
        floor=given["floor"],
        move_keys=whole(keys),
        moves=moves,
        move_gaps=np.zeros_like(moves),
        steps=whole(given["steps"]),
        step_gaps=none,
        everywhere=given["everywhere"],
        everywhere_gaps=0,
        longest=whole(given["longest"]),
    )
    ours = (limits.floor, limits.move_keys, limits.moves, limits.steps, limits.everywhere, limits.longest)
    return limits, kernels.Waits(*ours, whole(given["longest_next"]))


def expected(walked: kernels.Walked, limits: Limits, longest_next: np.ndarray) -> list[list[int]]:
    last = walked.offsets[1:] - 1
    target = np.append(walked.place[1:], -1)[: len(walked.place)]
    length = np.append(walked.occurred_at[1:], 0)[: len(walked.place)] - walked.occurred_at
    target[last], length[last] = -1, np.minimum(AS_OF - walked.occurred_at[last], SILENCE)
    limit = limits_of(limits, walked.place, target, longest_next[walked.after]).limit
    return [one.tolist() for one in (target, length, limit)]


def measured(module: ModuleType, walked: kernels.Walked, waits: kernels.Waits) -> list[list[int]]:
    return [one.tolist() for one in module.measure(walked, waits, AS_OF, SILENCE)]


@given(units, learned)
@settings(max_examples=300, deadline=None)
def test_every_gap_is_measured_as_its_move_alone(
    found: list[list[tuple[int, int, int]]], given: dict
) -> None:
    walked = walked_of(found)
    limits, waits = both_of(given)
    assert measured(kernels, walked, waits) == expected(walked, limits, waits.longest_next)


KNOWN = {
    "floor": 5,
    "moves": {1: 3, 2: 40, 6: 50},
    "steps": [-1, 20, -1, 9],
    "everywhere": 30,
    "longest": [-1, -1, -1, 12],
    "longest_next": [-1, 17, -1],
}
WALKED = [
    [(0, 0, 990), (1, 1, 2), (2, 0, 3), (3, 0, 1), (1, 0, 2)],
    [(0, 1, 0)],
    [(2, 0, 0), (0, 1, 0)],
    [(1, 0, 0), (1, 0, 1)],
]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("waits.longest[place[step + 1]]", "waits.longest[place[step]]"),
        ("max(wait, waits.floor)", "wait"),
        ("len(waits.steps) + target", "len(waits.steps) + source"),
        ("min(as_of - occurred_at[last], silence)", "silence"),
        ("walked.after[last]", "walked.after[offsets[unit]]"),
        ("waits.move_keys[at] == key", "waits.move_keys[at] >= key"),
        ("waits.steps[source] if waits.steps[source] >= 0 else waits.everywhere", "waits.everywhere"),
    ],
)
def test_a_changed_kernel_is_noticed(old: str, new: str) -> None:
    walked, (limits, waits) = walked_of(WALKED), both_of(KNOWN)
    whole = expected(walked, limits, waits.longest_next)
    assert measured(plain_module(kernels), walked, waits) == whole
    assert measured(plain_module(kernels, old, new), walked, waits) != whole
