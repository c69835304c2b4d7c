"""What is planted is told and outranks what changes nothing; where nothing differs, nothing is told."""

from __future__ import annotations

import pytest

from trodden.demo.truths import TRUTHS
from trodden.demo.world import Plan
from trodden.insights.findings.tests.worlds import (
    PLANTED,
    control_ranks,
    nothing_differs,
    rank_alone,
    ranks,
    world,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CUSTOMERS, FEWER = 5_000, 3_000
SEED, NOTHING_SEEDS = 3311, (900, 901)
"""No truth and no rule of ranking was ever fitted to these."""


def test_planted_truths_are_told_and_outrank_controls_in_an_unseen_world() -> None:
    found, names = world(SEED, CUSTOMERS)
    told = ranks(found.findings, names)
    assert len(told) >= len(PLANTED) - 1, told
    first_control = min(control_ranks(found, names), default=len(found.findings) + 1)
    assert sum(rank < first_control for rank in told.values()) == len(told), (told, first_control)


def test_what_is_not_planted_is_not_told() -> None:
    found, names = world(SEED, FEWER, tuple(TRUTHS))
    assert ranks(found.findings, names) == {}


@pytest.mark.parametrize("truth", PLANTED)
def test_a_truth_that_alone_is_planted_is_told_and_not_in_the_twin_without_it(truth: str) -> None:
    alone, bare = frozenset(TRUTHS) - {truth}, frozenset(TRUTHS)
    rank, rank_in_twin = (
        rank_alone(truth, Plan(SEED, FEWER, without=without, renamed=True)) for without in (alone, bare)
    )
    assert rank is not None
    assert rank <= 10
    assert rank_in_twin is None


@pytest.mark.parametrize("seed", NOTHING_SEEDS)
def test_of_random_halves_and_of_months_in_which_nothing_differs_nothing_is_told(seed: int) -> None:
    told, tests = nothing_differs(seed, CUSTOMERS)
    assert tests > 20
    assert [one.sentence for one in told] == []
