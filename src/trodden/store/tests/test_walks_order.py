"""The sorting kernel, against Python's sort, and three faults it must not have."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.store.walks import kernels

Key = tuple[int, int, int, int, int, int]
small = st.integers(0, 3)
rows = st.lists(st.tuples(small, small, st.integers(-2, 2), small, small), max_size=200)


def order(sort: Callable[..., Any], found: list[tuple[int, ...]]) -> list[int]:
    """Sort rows of (customer, time, seq, high, low) by a kernel."""
    columns = np.array(found, np.int64).reshape(-1, 5).T
    customer, occurred_at, seq = (np.ascontiguousarray(one) for one in columns[:3])
    high, low = (np.ascontiguousarray(one).astype(np.uint64) for one in columns[3:])
    return sort(customer, 4, occurred_at, seq, high, low, np.arange(len(found))).tolist()


def sorted_rows(found: list[tuple[int, ...]]) -> list[int]:
    """Sort them as Python does."""
    return sorted(range(len(found)), key=lambda row: (*found[row], row))


@given(rows)
def test_rows_come_by_customer_then_time_then_sequence_then_id(found: list[tuple[int, ...]]) -> None:
    assert order(kernels.sort_walks, found) == sorted_rows(found)


def test_walks_of_every_length_are_sorted() -> None:
    chance = np.random.default_rng(5)
    for length in (*range(60), 97, 1_000, 4_097):
        times = chance.integers(0, 50, length).tolist()
        found = [(1, time, place % 3, 0, place % 2) for place, time in enumerate(times)]
        assert order(kernels.sort_walks, found) == sorted_rows(found)


MUTANTS = {
    "time compared the wrong way": (
        "return occurred_at[a] < occurred_at[b]",
        "return occurred_at[a] <= occurred_at[b] + 1",
    ),
    "tie swapped": ("return low[a] < low[b]", "return low[a] > low[b]"),
    "last row of a run left out of the merge": ("and right < last:", "and right < last - 1:"),
    "last run not merged": (
        "range(first, last - width, 2 * width)",
        "range(first, last - 2 * width, 2 * width)",
    ),
    "order of arrival kept": ("if seq[a] != seq[b]:", "if False:"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_faulty_kernel_would_be_noticed(name: str) -> None:
    sound, faulty = MUTANTS[name]
    source = inspect.getsource(kernels)
    assert source.count(sound) == 1
    source = source.replace("numba.njit(cache=True, nogil=True)", "(lambda function: function)")
    mutant = types.ModuleType("mutant")
    exec(compile(source.replace(sound, faulty), "mutant", "exec"), mutant.__dict__)  # noqa: S102 -- our own source
    chance = np.random.default_rng(11)
    drawn = [tuple(row) for row in chance.integers(0, 3, (400, 5)).tolist()]
    long = [(0, int(time), 0, 0, 0) for time in chance.integers(0, 1_000, 200)]
    caught = [order(mutant.sort_walks, found) != sorted_rows(found) for found in (drawn, long)]
    assert any(caught)
