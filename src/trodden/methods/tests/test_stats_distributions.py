from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trodden.methods.stats import distributions, kernels_distributions
from trodden.methods.tests.mutants import plain_module


@given(st.floats(1e-6, 1 - 1e-6), st.floats(0.5, 1e5), st.floats(0.5, 1e5))
@settings(max_examples=300, deadline=None)
def test_beta_equals_scipy(value: float, a: float, b: float) -> None:
    expected = stats.beta.cdf(value, a, b)
    assert distributions.beta_cdf(value, a, b) == pytest.approx(expected, rel=1e-6, abs=1e-10)


def _fraction_says(module: Any, value: float, a: float, b: float) -> float:  # noqa: ANN401 - kernels or mutants
    """Return I_value(a, b) by the fraction alone: DLMF 8.17.22."""
    front = a * math.log(value) + b * math.log1p(-value) - math.lgamma(a) - math.lgamma(b)
    return math.exp(front + math.lgamma(a + b)) / (a * module.beta_fraction(value, a, b))


def _agrees_with_scipy(module: Any) -> bool:  # noqa: ANN401 - kernels or mutants
    cases = [(0.3, 2.0, 3.0), (0.01, 0.5, 0.5), (0.5, 40.0, 60.5), (0.9, 30.5, 2.5), (0.5, 1.0, 3.0)]
    return all(
        _fraction_says(module, *case) == pytest.approx(stats.beta.cdf(*case), rel=1e-9) for case in cases
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("range(1, ROUNDS)", "range(2, ROUNDS)"),
        ("ROUNDS = 200_000", "ROUNDS = 4"),
        ("- 1) < CLOSE:", "- 1) > CLOSE:"),
        ("CLOSE = 1e-15", "CLOSE = 1e-5"),
        ("if place % 2:", "if place % 3:"),
        ("m * (b - m)", "m * (b + m)"),
        ("(a + 2 * m + 1))", "(a + 2 * m))"),
        ("if abs(value) > TINY else TINY", "if abs(value) > TINY else CLOSE + 1"),
    ],
)
def test_a_changed_fraction_is_noticed(old: str, new: str) -> None:
    """In the last case a numerator of the fraction is 0: at value = (a + 1) / (a + b)."""
    assert _agrees_with_scipy(plain_module(kernels_distributions, old, new)) == (old == "")
    assert _agrees_with_scipy(kernels_distributions)


@pytest.mark.parametrize("value", [0.0, -1.0, 1.0, 2.0])
def test_beta_is_0_or_1_outside_its_range(value: float) -> None:
    assert distributions.beta_cdf(value, 2, 3) == (1.0 if value >= 1 else 0.0)


@pytest.mark.parametrize("freedom", [1, 1.5, 2, 7.3, 30, 1_000, 1e6])
@pytest.mark.parametrize("probability", [0.001, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9995])
def test_t_quantile_equals_scipy(probability: float, freedom: float) -> None:
    expected = stats.t.ppf(probability, freedom)
    assert distributions.t_quantile(probability, freedom) == pytest.approx(expected, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(
    ("count", "of"), [(-1, 3), (0, 1), (3, 3), (4, 3), (40, 100), (9_990_000, 20_000_000)]
)
def test_coin_tosses_equal_scipy(count: int, of: int) -> None:
    expected = stats.binom.cdf(count, of, 0.5)
    assert distributions.binomial_half_cdf(count, of) == pytest.approx(expected, rel=1e-5)


def test_two_sided_is_the_number_everybody_knows() -> None:
    assert math.isclose(distributions.two_sided(0.95), 1.959963984540054)
