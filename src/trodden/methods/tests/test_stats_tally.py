from collections import Counter
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.methods.stats import kernels_count, kernels_tally
from trodden.methods.stats.tally import Tally, none_counted, tally
from trodden.methods.tests.mutants import plain_module

keys = st.lists(st.integers(0, 9), max_size=30)


def as_dict(found: Tally) -> dict[int, int]:
    return dict(zip(found.keys.tolist(), found.counts.tolist(), strict=True))


far_apart = st.lists(
    st.integers(-(2**63), 2**63 - 1) | st.integers(0, 9999) | st.integers(0, 99), max_size=30
)


@given(keys | far_apart)
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


FAR_APART = np.array([7_000_000, 4_095, 7_000_000, 5, 4_096, 0, 4_095, 2**40], dtype=np.int64)
CLOSE = np.array([5, 3, 5, 4], dtype=np.int64)


def counted(kernels: ModuleType) -> list[dict[int, int]]:
    found = [Tally(*kernels.count_keys(keys)) for keys in (FAR_APART, CLOSE)]
    assert all((np.diff(one.keys) > 0).all() for one in found)
    return [as_dict(one) for one in found]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("before, before + place[digit]", "before + 1, before + place[digit]"),
        ("table[key - least]", "table[key - least - 1]"),
        ("shift += np.uint64(DIGIT)", "shift += np.uint64(DIGIT + 1)"),
        ("key != found[used]", "key == found[used]"),
    ],
)
def test_a_changed_count_is_noticed(old: str, new: str) -> None:
    whole = [dict(Counter(keys.tolist())) for keys in (FAR_APART, CLOSE)]
    assert counted(plain_module(kernels_count)) == whole
    try:
        found = counted(plain_module(kernels_count, old, new))
    except (AssertionError, IndexError):
        return
    assert found != whole
