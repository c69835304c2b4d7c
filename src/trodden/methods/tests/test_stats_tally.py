from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.methods.stats import kernels_tally
from trodden.methods.stats.tally import Tally, none_counted, tally
from trodden.methods.tests.mutants import plain_module

keys = st.lists(st.integers(0, 9), max_size=30)


def as_dict(found: Tally) -> dict[int, int]:
    return dict(zip(found.keys.tolist(), found.counts.tolist(), strict=True))


@given(keys)
def test_a_tally_counts_each_key(numbers: list[int]) -> None:
    found = tally(np.array(numbers, dtype=np.int64))
    assert as_dict(found) == Counter(numbers)
    assert found.total == len(numbers)


@given(keys, keys)
def test_tallies_of_parts_add_up_to_the_tally_of_the_whole(first: list[int], second: list[int]) -> None:
    parts = [tally(np.array(numbers, dtype=np.int64)) for numbers in (first, second)]
    assert as_dict(parts[0] + parts[1]) == Counter(first + second)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("first[at] < second[other]", "first[at] <= second[other]"),
        ("at < len(first) or other < len(second)", "at < len(first) and other < len(second)"),
        ("first_counts[at] + second_counts[other]", "first_counts[at]"),
    ],
)
def test_a_changed_kernel_is_noticed(old: str, new: str) -> None:
    sides = [np.array([1, 3, 5]), np.array([2, 1, 1]), np.array([3, 4, 9]), np.array([5, 1, 1])]
    assert [side.tolist() for side in plain_module(kernels_tally, old, new).add_sorted(*sides)] != WHOLE
    assert [side.tolist() for side in plain_module(kernels_tally).add_sorted(*sides)] == WHOLE


WHOLE = [[1, 3, 4, 5, 9], [2, 6, 1, 1, 1]]


@given(keys, st.integers(0, 9), st.integers(0, 9))
def test_within_keeps_the_keys_of_a_half_open_range(numbers: list[int], first: int, last: int) -> None:
    found = tally(np.array(numbers, dtype=np.int64)).within(first, max(first, last))
    assert as_dict(found) == Counter(one for one in numbers if first <= one < last)


@given(keys)
def test_by_splits_keys_into_outer_and_inner(numbers: list[int]) -> None:
    found = {outer: as_dict(part) for outer, part in tally(np.array(numbers, dtype=np.int64)).by(3)}
    expected: dict[int, Counter[int]] = {}
    for one in numbers:
        expected.setdefault(one // 3, Counter())[one % 3] += 1
    assert found == expected


def test_nothing_is_counted_as_nothing() -> None:
    assert none_counted().items() == []
    assert (none_counted() + tally(np.array([4]))).items() == [(4, 1)]
