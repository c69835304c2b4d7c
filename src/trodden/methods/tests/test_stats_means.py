import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trodden.methods.stats.means import Sums, mean_interval, welch
from trodden.model.question import Estimate, Mean

values = st.lists(st.integers(-(10**6), 10**9), min_size=2, max_size=30)
spread = values.filter(lambda numbers: max(numbers) - min(numbers) > 0.001 * abs(max(numbers)))


def sums(numbers: list[int]) -> Sums:
    return Sums(len(numbers), sum(numbers), sum(number * number for number in numbers))


def told(numbers: list[int]) -> Mean:
    return mean_interval(sums(numbers), "s", 1_000)


@given(spread, spread)
@settings(max_examples=200, deadline=None)
def test_welch_equals_scipy(first: list[int], second: list[int]) -> None:
    expected = stats.ttest_ind(first, second, equal_var=False).confidence_interval()
    found = welch(told(first), told(second))
    assert found.low == pytest.approx(expected.low / 1_000, rel=1e-6, abs=1e-3)
    assert found.high == pytest.approx(expected.high / 1_000, rel=1e-6, abs=1e-3)


@given(values)
@settings(max_examples=200, deadline=None)
def test_the_interval_of_a_mean_equals_scipy(numbers: list[int]) -> None:
    found = mean_interval(sums(numbers))
    half = stats.t.ppf(0.975, len(numbers) - 1) * stats.sem(numbers)
    assert found.high - found.value == pytest.approx(half, rel=1e-6, abs=1e-6)


@given(values, values)
def test_sums_of_parts_are_the_sums_of_the_whole(first: list[int], second: list[int]) -> None:
    assert sums(first) + sums(second) == sums(first + second)


def test_squares_too_large_for_64_bits_stay_exact() -> None:
    year = 365 * 86_400_000
    assert sums([year * 1_000, year * 1_000 + 2]).variance == 2.0


def test_one_value_has_a_mean_and_no_interval() -> None:
    assert mean_interval(sums([5]), "steps") == Mean(5.0, n=1, unit="steps")
    assert welch(mean_interval(sums([5])), mean_interval(sums([1, 3]))) == Estimate(3.0, n=3)


def test_no_value_has_no_mean() -> None:
    assert welch(mean_interval(Sums()), mean_interval(sums([1, 3]))).value is None
    assert mean_interval(Sums()).value is None


def test_two_sides_that_do_not_spread_differ_by_exactly_their_difference() -> None:
    assert welch(mean_interval(sums([4, 4])), mean_interval(sums([1, 1]))) == Estimate(3.0, 3.0, 3.0, 4)
