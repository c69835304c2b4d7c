import math

import numpy as np
import pytest
from scipy import stats

from trodden.methods.stats import compare, logbins
from trodden.methods.stats.medians import Counted, error_of_median, median_interval, price_bonett
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
