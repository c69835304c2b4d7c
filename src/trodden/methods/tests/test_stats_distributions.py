import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trodden.methods.stats import distributions


@given(st.floats(1e-6, 1 - 1e-6), st.floats(0.5, 1e5), st.floats(0.5, 1e5))
@settings(max_examples=300, deadline=None)
def test_beta_equals_scipy(value: float, a: float, b: float) -> None:
    expected = stats.beta.cdf(value, a, b)
    assert distributions.beta_cdf(value, a, b) == pytest.approx(expected, rel=1e-6, abs=1e-10)


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
