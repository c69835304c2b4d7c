from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from trodden.methods.journeys import kernels_walked
from trodden.methods.journeys.outcomes import once
from trodden.methods.tests.mutants import plain_module

pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4) | st.integers(0, 2**63 - 1)), max_size=30)


def column(*numbers: int) -> NDArray[np.int64]:
    return np.array(numbers, dtype=np.int64)


@given(pairs, st.lists(st.booleans(), min_size=6, max_size=6))
def test_each_pair_of_a_counted_unit_is_told_once_in_order(
    found: list[tuple[int, int]], is_counted: list[bool]
) -> None:
    unit, key = np.array(found, dtype=np.int64).reshape(-1, 2).T
    told = once((unit, key), np.array(is_counted))
    assert list(zip(*(part.tolist() for part in told), strict=True)) == sorted(
        {pair for pair in found if is_counted[pair[0]]}
    )


UNIT, STEP = column(0, 0, 0, 0, 1, 1, 2), column(-1, 4, -1, 5, -1, 6, -1)
BEFORE, AFTER = [8, 8, 4, 4, 8, 8, 8], [4, 5, 5, 9, 6, 9, 9]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("            last = start\n", "            last = last\n"),
        ("            first = gone\n", "            first = first\n"),
        ("step[place] if step[place] >= 0 else last", "step[place]"),
        ("step[place] if step[place] >= 0 else first", "first"),
    ],
)
def test_neighbours_lie_in_the_same_unit(old: str, new: str) -> None:
    def told(kernels: ModuleType) -> list[list[int]]:
        return [side.tolist() for side in kernels.neighbours(UNIT, STEP, 8, 9)]

    assert told(kernels_walked) == [BEFORE, AFTER]
    assert told(plain_module(kernels_walked, old, new)) != [BEFORE, AFTER]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("unit[at] <= wanted_unit[wanted]", "unit[at] < wanted_unit[wanted]"),
        ("== wanted_unit[wanted]\n", ">= 0\n"),
        ("latest[key[at]]", "latest[key[at] - 1]"),
    ],
)
def test_a_pair_is_looked_for_in_its_own_unit(old: str, new: str) -> None:
    known, wanted = (column(0, 0, 2), column(1, 3, 0)), (column(0, 1, 2, 2), column(3, 3, 0, 1))

    def told(kernels: ModuleType) -> list[bool]:
        return kernels.among(*known, *wanted, 4).tolist()

    assert told(kernels_walked) == [True, False, True, False]
    assert told(plain_module(kernels_walked, old, new)) != [True, False, True, False]
