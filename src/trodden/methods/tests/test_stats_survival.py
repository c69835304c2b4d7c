import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.oracles import stats as oracle
from trodden.methods.stats.survival import (
    Survival,
    durations,
    kaplan_meier,
    thinned,
)

# Freireich and others (1963): weeks in remission under 6-mercaptopurine, as printed in every textbook.
ENDED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CUT = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]

seconds = st.lists(st.integers(0, 30), max_size=25)


def curve(ended: list[int], cut: list[int]) -> Survival:
    return durations(np.array(ended, dtype=np.int64) * 1_000, np.array(cut, dtype=np.int64) * 1_000)


def test_the_textbook_example_comes_out_as_printed() -> None:
    found = curve(ENDED, CUT)
    shares = [round(point.share, 3) for point in found.points]
    assert shares == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert found.median == 23
    assert [point.at_risk for point in found.points] == [21, 17, 15, 12, 11, 7, 6]
    assert (round(found.points[0].low, 3), round(found.points[0].high, 3)) == (0.620, 0.952)


@given(seconds, seconds)
@settings(max_examples=300)
def test_the_curve_equals_plain_loops(ended: list[int], cut: list[int]) -> None:
    found = curve(ended, cut)
    expected = oracle.survival(ended, cut)
    assert [(point.after, point.at_risk, point.events) for point in found.points] == [
        (time, at_risk, events) for time, _, at_risk, events in expected
    ]
    assert [point.share for point in found.points] == pytest.approx(
        [float(share) for _, share, _, _ in expected]
    )
    reached = [time for time, share, _, _ in expected if share <= Fraction(1, 2)]
    assert found.median is None if not reached else found.median == reached[0]
    assert (found.events, found.censored, found.n) == (len(ended), len(cut), len(ended) + len(cut))


@given(seconds.filter(bool), seconds)
@settings(max_examples=200, deadline=None)
def test_the_curve_equals_scipy(ended: list[int], cut: list[int]) -> None:
    data = stats.CensoredData(uncensored=ended, right=cut)
    expected = stats.ecdf(data).sf
    found = curve(ended, cut)
    assert [point.share for point in found.points] == pytest.approx(
        [float(expected.evaluate(point.after)) for point in found.points]
    )


@given(seconds.filter(bool), seconds)
@settings(max_examples=200, deadline=None)
def test_the_band_equals_scipy_inside_and_stays_within_0_and_1(ended: list[int], cut: list[int]) -> None:
    cut = [*cut, max(ended) + 1]  # somebody stays, so SciPy's band is defined everywhere
    sf = stats.ecdf(stats.CensoredData(uncensored=ended, right=cut)).sf
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        band = sf.confidence_interval(method="log-log")
    for point in curve(ended, cut).points:
        assert 0 <= point.low <= point.share <= point.high <= 1
        assert point.low == pytest.approx(float(band.low.evaluate(point.after)), abs=1e-9)
        assert point.high == pytest.approx(float(band.high.evaluate(point.after)), abs=1e-9)


def test_the_median_is_not_reached_while_the_curve_stays_above_one_half() -> None:
    assert curve([1], [2, 2]).median is None
    assert curve([1], [2]).median == 1
    assert curve([], [5]).points == ()


def test_an_event_comes_before_a_censoring_at_the_same_time() -> None:
    assert curve([5], [5]).points[0].at_risk == 2


def test_where_everyone_has_it_the_band_still_has_a_width() -> None:
    last = curve([3, 3, 3], []).points[-1]
    assert (last.share, last.low) == (0.0, 0.0)
    assert round(last.high, 3) == 0.561


def test_a_thinned_curve_keeps_exact_points_and_both_ends() -> None:
    found = curve(list(range(200)), [])
    few = thinned(found, 10)
    assert len(few.points) == 10
    assert set(few.points) <= set(found.points)
    assert (few.points[0], few.points[-1]) == (found.points[0], found.points[-1])
    assert thinned(found, 200) == found


def test_bins_without_numbers_count_from_0() -> None:
    counts = np.array([0, 1, 1])
    assert [point.after for point in kaplan_meier(counts, counts * 0).points] == [1.0, 2.0]
