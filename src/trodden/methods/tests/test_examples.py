from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.walks import walks_from_text
from trodden.methods.journeys import kernels_examples as kernels
from trodden.methods.journeys.examples import Candidate, Cases, best, costliest, examples_of
from trodden.methods.tests.mutants import plain_module
from trodden.model.walks import Bucket


def bucket_of(text: str) -> Bucket:
    """Return the one bucket of a text whose customers share it."""
    (bucket,) = (one for one in walks_from_text(text).buckets() if len(one.starts))
    return bucket


def cases(*rows: tuple[int, int, int, int]) -> Cases:
    return Cases(*(np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)))


ONE = bucket_of("a x 10:00 | a x 11:00 | a x 11:00 | a x 12:00")


def test_the_costliest_comes_first_and_a_customer_once() -> None:
    found = costliest(ONE, cases((0, 5, 0, 0), (0, 9, 3, 0), (1, 7, 1, 0)))
    assert [(one.group, -one.less_cost) for one in found] == [(0, 9), (1, 7)]
    assert examples_of(found, 0)[0].customer == "a"
    assert examples_of(found, 0)[0].occurred_at.hour == 12


def test_the_earliest_of_equal_cost_comes_first() -> None:
    found = costliest(ONE, cases((0, 5, 3, 0), (0, 5, 0, 0)))
    assert examples_of(found, 0)[0].occurred_at.hour == 10


def test_nothing_has_no_example() -> None:
    empty = np.zeros(0, dtype=np.int64)
    assert costliest(ONE, Cases(empty, empty, empty, empty)) == ()


candidates = st.lists(
    st.builds(
        Candidate,
        st.integers(0, 2),
        st.integers(-3, 0),
        st.integers(0, 2),
        st.binary(min_size=1, max_size=1),
        st.sampled_from("abcd"),
    ),
    max_size=12,
)


@given(candidates, candidates)
@settings(max_examples=200)
def test_the_best_of_the_best_are_the_best_of_all(first: list[Candidate], second: list[Candidate]) -> None:
    whole = best([*first, *second])
    assert best([*best(second), *best(first)]) == whole
    for group in range(3):
        assert [one for one in whole if one.group == group] == sorted(
            one for one in (*first, *second) if one.group == group
        )[:3]


def test_ties_with_the_last_kept_are_settled_by_the_event() -> None:
    """Five customers with equal cost and time: which three are shown follows from the events alone."""
    text = " | ".join(f"{customer} x 10:00" for customer in "abcde")
    snapshot = walks_from_text(text)
    found = best(
        one
        for bucket in snapshot.buckets()
        for one in costliest(
            bucket, cases(*((0, 1, int(start), number) for number, start in enumerate(bucket.starts)))
        )
    )
    ids = {
        bucket.keys[number]: bytes(bucket.side.take("event_id", np.array([start]))[0])
        for bucket in snapshot.buckets()
        if bucket.side is not None
        for number, start in enumerate(bucket.starts.tolist())
    }
    assert [one.customer for one in found] == sorted(ids, key=lambda name: ids[name])[:3]


Rows = list[tuple[int, int, int, int]]
"""Cases: group, cost, time, customer."""

rows = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 2), st.integers(0, 4)), max_size=14
)


def marked_by(module: Any, given_rows: Rows, kept: int) -> list[bool]:  # noqa: ANN401 - kernels or mutants
    group, cost, time, customer = (
        np.array([row[place] for row in given_rows], dtype=np.int64) for place in range(4)
    )
    order = np.argsort(group, kind="stable")
    return module.near_best(order, group, cost, time, customer, kept).tolist()


def marked_by_hand(given_rows: Rows, kept: int) -> list[bool]:
    """Mark what is no worse than the ``kept``-th best customer of its group."""
    found: list[bool] = []
    for group, cost, time, _ in given_rows:
        best_of: dict[int, tuple[int, int]] = {}
        for other, its_cost, its_time, customer in given_rows:
            if other == group:
                best_of[customer] = min(best_of.get(customer, (1, 0)), (-its_cost, its_time))
        ranked = sorted(best_of.values())
        found.append(len(ranked) < kept or (-cost, time) <= ranked[kept - 1])
    return found


@given(rows, st.integers(1, 3))
def test_only_cases_that_may_be_shown_are_looked_at(given_rows: Rows, kept: int) -> None:
    assert marked_by(kernels, given_rows, kept) == marked_by_hand(given_rows, kept)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("time < other_time", "time <= other_time"),
        ("cost > other_cost", "cost >= other_cost"),
        ("ranked[at, 2] != customer", "ranked[at, 2] == customer"),
        ("held == kept and", "held >= 1 and"),
        ("marked[case] = not is_worse", "marked[case] = is_worse"),
    ],
)
def test_a_changed_kernel_is_noticed(old: str, new: str) -> None:
    mutant = plain_module(kernels, old, new)
    random = np.random.default_rng(5)
    worlds = [
        [tuple(row) for row in random.integers(0, (3, 3, 3, 3), (size, 4)).tolist()] for size in range(2, 16)
    ]
    assert any(marked_by(mutant, world, 2) != marked_by_hand(world, 2) for world in worlds)
    assert all(marked_by(plain_module(kernels), world, 2) == marked_by_hand(world, 2) for world in worlds)
