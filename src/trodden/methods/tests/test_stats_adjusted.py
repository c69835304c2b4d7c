"""Adjusted effects: by hand, against plain loops over units, and how often their intervals hold the truth."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from tests.oracles import adjusted as oracle
from trodden.methods.stats.adjusted import FEWEST, Adjusted, Arm, Cells, adjust
from trodden.methods.stats.weighted import PENALTY, design_of, fit, weighted

Units = tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]
"""Factors, who is treated, outcomes."""


def cells_of(units: Units, *, is_share: bool) -> Cells:
    factors, treated, outcome = units
    found, place = np.unique(factors, axis=0, return_inverse=True)
    place = place.ravel()

    def arm(kept: NDArray[np.bool_]) -> Arm:
        n = np.bincount(place[kept], minlength=len(found))
        sums = [np.zeros(len(found), dtype=np.int64) for _ in range(2)]
        np.add.at(sums[0], place[kept], outcome[kept])
        np.add.at(sums[1], place[kept], outcome[kept] ** 2)
        return Arm(n, *sums)

    return Cells(found, arm(treated), arm(~treated), is_share)


def confounded(random: Generator, count: int, levels: tuple[int, ...], *, is_share: bool) -> Units:
    """Draw units that differ in everything but have no effect: the likelier treated do better anyway."""
    factors = np.column_stack([random.integers(0, most, count) for most in levels])
    lean = sum((factors[:, place] / (most - 1) - 0.5) * 1.5 for place, most in enumerate(levels))
    treated = random.random(count) < 1 / (1 + np.exp(1 - lean))
    if is_share:
        return factors, treated, (random.random(count) < 1 / (1 + np.exp(-lean))).astype(np.int64)
    return factors, treated, np.round(1_000 * (5 + lean + random.normal(0, 1, count))).astype(np.int64)


def holds_nothing(found: Adjusted) -> bool:
    low, high = found.interval()
    return low <= 0 <= high


@pytest.mark.parametrize(
    ("method", "count", "levels", "is_share"),
    [
        ("matched", 400, (3, 3), True),
        ("matched", 600, (3, 3), False),
        ("weighted", 300, (3, 5, 3, 4), True),
        ("weighted", 300, (3, 5, 3, 4), False),
    ],
)
def test_without_an_effect_95_of_100_intervals_hold_none(
    method: str, count: int, levels: tuple[int, ...], *, is_share: bool
) -> None:
    """Although a plain comparison is off by far: 1,000 confounded worlds."""
    random = default_rng(5)
    worlds = [confounded(random, count, levels, is_share=is_share) for _ in range(1_000)]
    told = [adjust(cells_of(world, is_share=is_share)) for world in worlds]
    found = [one for one in told if one is not None]
    assert len(found) >= 990
    assert sum(one.method == method for one in found) >= 990
    assert 0.93 <= np.mean([holds_nothing(one) for one in found]) <= 0.97
    plain = np.mean([y[treated].mean() - y[~treated].mean() for _, treated, y in worlds])
    assert abs(np.mean([one.effect for one in found])) < abs(plain) / 20


def test_an_effect_is_recovered_where_only_one_regression_is_right() -> None:
    """Outcomes hang on a product of covariates, which the outcome regression does not know."""
    random = default_rng(8)
    effects = []
    for _ in range(60):
        factors, treated, _ = confounded(random, 1_500, (3, 5, 3, 4), is_share=True)
        level = (factors[:, 0] - 1) * (factors[:, 2] - 1) + factors[:, 1]
        outcome = np.round(100 * (level + 0.5 * treated + random.normal(0, 0.5, 1_500))).astype(np.int64)
        found = weighted(cells_of((factors, treated, outcome), is_share=False))
        assert found is not None
        effects.append(found.effect)
    assert np.mean(effects) == pytest.approx(50, abs=3)


def test_strata_by_hand() -> None:
    """Two strata: 6 of 8 against 5 of 10, 1 of 6 against 2 of 12."""
    treated = Arm(np.array([8, 6]), np.array([6, 1]), np.array([6, 1]))
    others = Arm(np.array([10, 12]), np.array([5, 2]), np.array([5, 2]))
    found = adjust(Cells(np.array([[0], [1]]), treated, others, is_share=True))
    assert found is not None
    assert found.method == "matched"
    assert found.treated == pytest.approx(0.5)
    assert found.others == pytest.approx(8 / 14 * 0.5 + 6 / 14 / 6)
    assert found.overlap.comparable == 1.0
    assert found.overlap.effective == pytest.approx(14**2 / (8**2 / 10 + 6**2 / 12))
    assert (found.overlap.lowest, found.overlap.highest) == pytest.approx((6 / 18, 8 / 18))


def test_strata_with_too_few_on_a_side_are_left_out_and_told() -> None:
    treated = Arm(np.array([20, 3]), np.array([10, 3]), np.array([10, 3]))
    others = Arm(np.array([20, 50]), np.array([5, 0]), np.array([5, 0]))
    found = adjust(Cells(np.array([[0], [1]]), treated, others, is_share=True))
    assert found is not None
    assert found.effect == pytest.approx(0.25)
    assert found.overlap.comparable == pytest.approx(20 / 23)


def test_sides_that_share_no_level_cannot_be_compared() -> None:
    treated = Arm(np.array([20, 0]), np.array([10, 0]), np.array([10, 0]))
    others = Arm(np.array([0, 20]), np.array([0, 5]), np.array([0, 5]))
    assert adjust(Cells(np.array([[0], [1]]), treated, others, is_share=True)) is None


def test_fewer_than_five_on_a_side_are_not_compared() -> None:
    few = Arm(np.array([FEWEST - 1]), np.array([2]), np.array([2]))
    many = Arm(np.array([50]), np.array([25]), np.array([25]))
    assert adjust(Cells(np.array([[0]]), few, many, is_share=True)) is None


def test_shares_of_all_and_all_are_not_certain() -> None:
    everybody = Arm(np.array([12]), np.array([12]), np.array([12]))
    found = adjust(Cells(np.array([[0]]), everybody, everybody, is_share=True))
    assert found is not None
    low, high = found.interval()
    assert low < -0.1 < 0.1 < high
    assert found.p == pytest.approx(1.0)


def test_sides_that_do_not_vary_differ_for_certain_or_not_at_all() -> None:
    ones = Arm(np.array([9]), np.array([9]), np.array([9]))
    twos = Arm(np.array([9]), np.array([18]), np.array([36]))
    same = adjust(Cells(np.array([[0]]), ones, ones, is_share=False))
    other = adjust(Cells(np.array([[0]]), ones, twos, is_share=False))
    assert same is not None
    assert other is not None
    assert (same.p, other.p, other.interval()) == (1.0, 0.0, (-1.0, -1.0))


levels = st.tuples(st.integers(0, 2), st.integers(0, 1))
drawn = st.lists(st.tuples(levels, st.booleans(), st.integers(0, 1)), min_size=20, max_size=60)


@given(drawn)
def test_matching_equals_plain_loops(units: list[tuple[tuple[int, int], bool, int]]) -> None:
    factors = np.array([level for level, _, _ in units], dtype=np.int64)
    treated = np.array([did for _, did, _ in units])
    outcome = np.array([y for _, _, y in units], dtype=np.int64)
    found = adjust(cells_of((factors, treated, outcome), is_share=True))
    expected = oracle.matched_effect(units, fewest=5, enough=0.8)
    if expected is None:
        assert found is None or found.method == "weighted"
    else:
        assert found is not None
        assert (found.effect, found.error) == pytest.approx(expected)


def test_a_regression_stands_where_its_penalised_likelihood_does_not_rise() -> None:
    """At the maximum the gradient is zero in every direction."""
    factors = np.array(list(product(range(3), range(4))), dtype=np.int64)
    n = np.arange(5.0, 17.0)
    total = np.floor(n * np.linspace(0.1, 0.9, 12))
    design = design_of(factors, n.astype(np.int64))
    found = fit(design, total, n, is_share=True)
    dense = np.column_stack([design.times(column) for column in np.eye(design.width)])
    coefficients, *_ = np.linalg.lstsq(dense, np.log(found.mean / (1 - found.mean)), rcond=None)
    gradient = dense.T @ (total - n * found.mean)
    assert gradient[1:] == pytest.approx(PENALTY * coefficients[1:], abs=1e-6)
    assert gradient[0] == pytest.approx(0, abs=1e-6)


def test_places_of_ones_stand_for_the_matrix() -> None:
    """Levels that are left out, first, in the middle and last, are columns of nobody."""
    random = default_rng(5)
    factors = np.column_stack([random.integers(0, levels, 200) for levels in (2, 5, 3, 1)])
    n = random.integers(1, 9, 200)
    design = design_of(factors, n)
    columns = [np.ones(200)]
    for column in factors.T:
        levels = np.unique(column)
        most = levels[np.argmax([n[column == level].sum() for level in levels])]
        columns += [(column == level).astype(float) for level in levels if level != most]
    dense = np.column_stack(columns)
    values, coefficients = random.normal(size=200), random.normal(size=dense.shape[1])
    assert design.times(coefficients) == pytest.approx(dense @ coefficients)
    assert design.sums(values) == pytest.approx(dense.T @ values)
    assert design.products(values) == pytest.approx(dense.T @ (dense * values[:, None]))
