import math

import numpy as np
import pytest
from scipy import stats

from trodden.methods.stats import compare, logbins
from trodden.methods.stats.medians import (
    Counted,
    error_of_median,
    median_interval,
    price_bonett,
    quantile_interval,
)
from trodden.methods.stats.rates import combine
from trodden.model.question import Estimate


def counted(seconds: list[float]) -> Counted:
    bins, counts = np.unique(logbins.bin_of(np.array(seconds) * 1_000), return_counts=True)
    return Counted(counts, bins)


def test_the_error_of_a_median_is_that_of_price_and_bonett() -> None:
    hours = [3_600.0 * place for place in range(1, 26)]
    rank = round(25 / 2 - math.sqrt(25))
    caught = stats.norm.isf(stats.binom.cdf(rank - 1, 25, 0.5))
    exact = (hours[25 - rank] - hours[rank - 1]) / (2 * caught)
    assert error_of_median(counted(hours)) == pytest.approx(exact, rel=0.01)


def test_two_equal_sides_differ_by_nothing_and_the_interval_is_symmetric() -> None:
    side = counted([60.0, 70, 80, 90, 100, 110, 120])
    found = price_bonett(side, side)
    assert found.value == 0
    assert found.low == -found.high < 0
    assert (found.n, found.unit) == (14, "s")


def test_a_side_ten_times_as_long_differs_clearly() -> None:
    short, long = counted([float(s) for s in range(60, 90)]), counted([float(s) for s in range(600, 900, 10)])
    found = price_bonett(long, short)
    assert found.low > 400
    assert compare.is_clear(found)


def test_under_five_values_a_difference_of_medians_has_no_interval() -> None:
    few, many = counted([1.0, 2, 3, 4]), counted([1.0, 2, 3, 4, 5])
    assert price_bonett(few, many) == Estimate(-1.0, n=9, unit="s")
    assert price_bonett(many, many).low is not None


def test_without_values_there_is_no_median() -> None:
    assert price_bonett(counted([1.0]), Counted(np.zeros(3, dtype=np.int64))).value is None
    assert median_interval(Counted(np.zeros(3, dtype=np.int64))) == Estimate(None, n=0, unit="s")


def test_two_told_medians_combine_into_price_and_bonetts_interval() -> None:
    short, long = counted([float(s) for s in range(60, 90)]), counted([float(s) for s in range(600, 900, 7)])
    told = [median_interval(side) for side in (long, short)]
    combined, exact = combine(*told, 30 + 43, "s"), price_bonett(long, short)
    assert (combined.value, combined.low) == (exact.value, pytest.approx(exact.low))
    assert combined.high == pytest.approx(exact.high)


def test_a_median_of_four_has_no_interval_and_of_five_has_one() -> None:
    assert median_interval(counted([1.0, 2, 3, 4])) == Estimate(2.0, n=4, unit="s")
    assert median_interval(counted([1.0, 2, 3, 4, 5])).low is not None


def test_the_median_of_one_bin_is_as_unsure_as_the_bin_is_wide() -> None:
    found = median_interval(Counted(np.array([1_000_000]), np.array([1_000])))
    first, last = logbins.edges(1_000)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * (last + 1 - first) / math.sqrt(12), rel=0.01)


def test_an_interval_of_a_time_does_not_reach_below_0() -> None:
    assert median_interval(counted([0.0] * 6)).low == 0.0


@pytest.mark.parametrize("share", [0.5, 0.75, 0.9, 0.95])
def test_the_interval_of_a_quantile_holds_what_a_score_test_would_not_refuse(share: float) -> None:
    """By trying every value: kept is one whose share of values up to it is within z standard errors."""
    for n in (120, 121, 500):
        values = [float(place) for place in range(1, n + 1)]
        error = 1.959964 * math.sqrt(share * (1 - share) / n)
        kept = [value for value in values if share - error <= value / n <= share + error]
        found = quantile_interval(counted(values), share)
        first, last = (logbins.edges(int(logbins.bin_of(np.array([int(x) * 1_000]))[0])) for x in _ends(kept))
        assert (found.low, found.high) == (first[0] - 0.5, last[1] + 0.5)
        assert found.low < found.value < found.high


def _ends(kept: list[float]) -> tuple[float, float]:
    """Return the first value kept, and the first behind those kept: up to there the share is the same."""
    return kept[0], kept[-1] + 1


@pytest.mark.parametrize(("n", "has_ends"), [(0, False), (34, False), (35, True)])
def test_the_ninth_tenth_of_few_values_has_no_interval(n: int, *, has_ends: bool) -> None:
    found = quantile_interval(counted([float(place) for place in range(n)]), 0.9)
    assert (found.n, found.unit) == (n, "s")
    assert (found.low is not None, found.high is not None) == (has_ends, has_ends)


def test_nineteen_of_twenty_intervals_hold_the_quantile_they_are_of() -> None:
    random, truth = np.random.default_rng(7), -math.log(0.1) * 10_000
    held = 0
    for _ in range(1_000):
        found = quantile_interval(counted(random.exponential(10_000, 200).round().tolist()), 0.9)
        held += found.low <= truth <= found.high
    assert 930 <= held <= 980
