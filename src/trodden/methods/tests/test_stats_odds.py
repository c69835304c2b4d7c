"""Odds ratios against published figures, by hand, and where nothing is to be found."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats.contingency import odds_ratio as scipy_odds_ratio

from trodden.methods.stats.odds import common_odds_ratio, odds_ratio, p_of_odds


def test_a_half_is_added_to_every_count() -> None:
    found = odds_ratio((10, 0), (5, 5))
    log = math.log(10.5 * 5.5 / (0.5 * 5.5))
    half = 1.959964 * math.sqrt(1 / 10.5 + 1 / 0.5 + 2 / 5.5)
    ends = (math.exp(log), math.exp(log - half), math.exp(log + half))
    assert (found.value, found.low, found.high) == pytest.approx(ends)
    assert found.n == 20


def test_many_units_make_the_half_go_away() -> None:
    found = odds_ratio((3_000, 1_000), (2_000, 4_000))
    peer = scipy_odds_ratio(np.array([[3_000, 1_000], [2_000, 4_000]]), kind="sample")
    interval = peer.confidence_interval(0.95)
    assert found.value == pytest.approx(peer.statistic, rel=2e-3)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=2e-3)


def test_a_side_without_anybody_has_no_odds() -> None:
    assert odds_ratio((0, 0), (5, 5)).value is None
    assert p_of_odds(odds_ratio((0, 0), (5, 5))) == 1.0


def test_one_table_is_common_to_itself() -> None:
    counts = np.array([[30, 10]]), np.array([[20, 40]])
    one, many = odds_ratio((30, 10), (20, 40)), common_odds_ratio(*counts)
    assert (many.value, many.low, many.high) == pytest.approx((one.value, one.low, one.high))


def test_tables_that_say_nothing_are_left_out() -> None:
    having = np.array([[30, 10], [0, 9], [0, 0], [4, 0]])
    others = np.array([[20, 40], [0, 7], [3, 5], [2, 0]])
    assert common_odds_ratio(having, others) == common_odds_ratio(having[:1], others[:1])
    assert common_odds_ratio(having[1:], others[1:]).value is None


def test_strata_undo_what_the_sum_of_tables_pretends() -> None:
    """Simpson: no association within, a strong one over all."""
    having, others = np.array([[800, 200], [20, 180]]), np.array([[160, 40], [100, 900]])
    assert common_odds_ratio(having, others).value == pytest.approx(1.0, abs=0.02)
    pooled = odds_ratio((820, 380), (260, 940))
    assert pooled.low is not None
    assert pooled.low > 4


def test_p_is_that_of_the_interval() -> None:
    found = odds_ratio((30, 10), (20, 40))
    assert p_of_odds(found) == pytest.approx(0.0001, rel=0.15)
    assert p_of_odds(odds_ratio((30, 30), (30, 30))) == pytest.approx(1.0)
