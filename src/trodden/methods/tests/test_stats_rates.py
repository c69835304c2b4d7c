import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import stats as oracle
from trodden.methods.stats.distributions import two_sided
from trodden.methods.stats.multiple import benjamini_hochberg
from trodden.methods.stats.rates import combine, newcombe, wilson
from trodden.model.question import Estimate, Rate


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_ends_newcombe_printed(count: int, of: int, low: float, high: float) -> None:
    rate = wilson(count, of)
    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)


def test_wilson_of_nothing_is_unknown() -> None:
    assert wilson(0, 0) == Rate(0, 0, None, None, None)


def test_wilson_of_all_and_of_none_ends_exactly_at_the_border() -> None:
    assert wilson(7, 7).high == 1.0
    assert wilson(0, 7).low == 0.0


@given(st.integers(1, 10**6).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
@settings(max_examples=300)
def test_wilson_holds_exactly_the_shares_a_score_test_keeps(pair: tuple[int, int]) -> None:
    count, of = pair
    rate, z = wilson(count, of), two_sided()
    for end, outside in ((rate.low, -1e-6), (rate.high, 1e-6)):
        inside = end - outside * 1e-3
        if 0 < end < 1:
            assert oracle.wilson_holds(count, of, inside, z)
            assert not oracle.wilson_holds(count, of, min(max(end + outside, 0), 1), z)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((0, 10), (0, 20), -0.1611, 0.2775),
    ],
)
def test_newcombe_gives_the_ends_of_his_table(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = newcombe(wilson(*first), wilson(*second))
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert found.n == first[1] + second[1]


def test_a_difference_with_an_empty_side_is_unknown() -> None:
    assert newcombe(wilson(1, 2), wilson(0, 0)) == Estimate(value=None, n=2, unit="share")


def test_a_difference_turns_its_sign_when_the_sides_are_swapped() -> None:
    one, other = newcombe(wilson(3, 9), wilson(5, 8)), newcombe(wilson(5, 8), wilson(3, 9))
    assert math.isclose(one.value, -other.value)
    assert math.isclose(one.low, -other.high)


def test_combine_adds_the_distances_that_make_the_difference_small() -> None:
    found = combine(Estimate(0.5, 0.2, 0.6), Estimate(0.1, 0.0, 0.5), 10, "share")
    assert math.isclose(found.low, 0.4 - 0.5)
    assert math.isclose(found.high, 0.4 + math.hypot(0.1, 0.1))


@given(st.lists(st.sampled_from([0.0, 0.001, 0.01, 0.02, 0.03, 0.2, 0.5, 0.9, 1.0]), max_size=12))
@settings(max_examples=300)
def test_benjamini_hochberg_equals_trying_every_rank(p_values: list[float]) -> None:
    assert benjamini_hochberg(p_values) == pytest.approx(oracle.adjusted(p_values))
