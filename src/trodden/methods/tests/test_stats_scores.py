from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import predictions as oracle
from trodden.methods.stats import scores
from trodden.methods.stats.scores import interval_score
from trodden.methods.tests.mutants import mutated

shares = st.fractions(0, 1, max_denominator=1_000)


@given(shares, shares, shares)
def test_the_interval_score_is_width_and_penalty(one: Fraction, other: Fraction, value: Fraction) -> None:
    low, high = sorted((one, other))
    expected = float(oracle.interval_score(low, high, value))
    assert interval_score(float(low), float(high), float(value)) == pytest.approx(expected, abs=1e-12)


def test_the_ends_are_inside_and_cost_the_width_alone() -> None:
    assert interval_score(0.25, 0.75, 0.25) == interval_score(0.25, 0.75, 0.75) == 0.5


def test_a_lower_level_punishes_less() -> None:
    assert interval_score(0.0, 0.5, 1.0, level=0.5) == 2.5


def test_an_honest_range_scores_best_on_average() -> None:
    """Values are spread evenly over 0..999: the middle 95 % beats anything narrower, wider or shifted."""

    def mean(low: float, high: float) -> float:
        return sum(interval_score(low, high, value) for value in range(1_000)) / 1_000

    honest = mean(25, 974)
    assert all(honest < mean(*other) for other in ((100, 900), (0, 999), (80, 999), (499, 500)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("low - value, value - high", "value - high"),
        ("(1 - level) * outside", "(1 + level) * outside"),
        ("high - low +", ""),
    ],
)
def test_a_changed_score_is_noticed(old: str, new: str) -> None:
    mutant = mutated(scores.interval_score, old, new)
    cases = [(0.4, 0.6, value) for value in (0.2, 0.5, 0.9)]
    assert [mutant(*case) for case in cases] != [interval_score(*case) for case in cases]
