"""Keys are counted over the whole stream, however it is cut."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trodden.methods.rows import repeats
from trodden.methods.rows.repeats import Repeats

KEYS = st.lists(st.integers(1, 30) | st.integers(2**64 - 4, 2**64 - 1), max_size=60)


def by_hand(keys: list[int]) -> list[int]:
    seen: Counter[int] = Counter()
    found: list[int] = []
    for key in keys:
        found.append(seen[key])
        seen[key] += 1
    return found


@given(st.lists(KEYS, max_size=5))
def test_each_key_is_told_how_often_it_came_before(chunks: list[list[int]]) -> None:
    counter = Repeats()
    found = [n for keys in chunks for n in counter.count(np.array(keys, np.uint64)).tolist()]
    assert found == by_hand([key for keys in chunks for key in keys])
    assert counter.distinct == len({key for keys in chunks for key in keys})


def test_a_table_that_grows_forgets_nothing() -> None:
    keys = np.arange(1, 3 * repeats.SMALLEST, dtype=np.uint64)
    counter = Repeats()
    counter.count(keys[:10])
    assert not counter.count(keys[10:]).any()
    assert (counter.count(keys) == 1).all()
    assert counter.distinct == len(keys)


def test_keys_that_share_a_slot_are_told_apart() -> None:
    keys = np.array([1, 1 + 2**32, 1 + 2**40, 1, 1 + 2**40], np.uint64)
    assert Repeats().count(keys).tolist() == [0, 0, 0, 1, 1]


def test_the_key_zero_is_counted_too() -> None:
    assert Repeats().count(np.array([0, 5, 0], np.uint64)).tolist() == [0, 0, 1]
