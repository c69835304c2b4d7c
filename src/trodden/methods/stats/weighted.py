"""The weighted comparison of `trodden.methods.stats.adjusted`, with a sandwich for its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.methods.stats.adjusted import (
    FEWEST,
    MOST_LIKELY,
    ROUNDING,
    Adjusted,
    Arm,
    Cells,
    Overlap,
    least_variance,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PENALTY: Final = 0.1
"""Half of it times the squared coefficients is taken off the log likelihood: keeps them finite."""

_ROUNDS: Final = 50
_CLOSE: Final = 1e-10


@dataclass(frozen=True, slots=True)
class Design:
    """A matrix of zeros and ones, (cells, ``width``), kept as the places of its ones.

    ``ones``: (covariates + 1, cells), the column of each one; where a cell has the level that is left out,
    `width`, one past the last column. ``pairs``: for each two of its rows, the places in the product of
    the matrix with itself, a row and a column of which lie past the last.
    """

    ones: NDArray[np.int64]
    width: int
    pairs: tuple[NDArray[np.int64], ...]

    def times(self, coefficients: Floats) -> Floats:
        """Return the matrix times the coefficients, (cells,)."""
        padded = np.append(coefficients, 0.0)
        return padded[self.ones].sum(axis=0)

    def sums(self, values: Floats) -> Floats:
        """Return the transposed matrix times the values: their sum by column, (width,)."""
        each = np.broadcast_to(values, self.ones.shape).ravel()
        return np.bincount(self.ones.ravel(), each, self.width + 1)[:-1].astype(np.float64)

    def products(self, weights: Floats) -> Floats:
        """Return the transposed matrix times the weights times the matrix, (width, width)."""
        size = self.width + 1
        upper = np.zeros(size * size)
        for pair in self.pairs:
            upper += np.bincount(pair, weights, size * size)
        found = upper.reshape(size, size)[:-1, :-1]
        return found + found.T - np.diag(found.diagonal())


@dataclass(frozen=True, slots=True)
class _Fit:
    """A regression: ``mean`` and its ``slope`` by linear predictor, (cells,); ``inverse`` of the Hessian."""

    mean: Floats
    slope: Floats
    inverse: Floats


def weighted(cells: Cells) -> Adjusted | None:
    """Compare both sides by augmented inverse probability weighting; None where too few are comparable."""
    everybody = int(cells.treated.n.sum())
    while True:
        cells = cells.take(_is_shared(cells))
        if min(int(cells.treated.n.sum()), int(cells.others.n.sum())) < FEWEST:
            return None
        n = cells.treated.n + cells.others.n
        design = design_of(cells.factors, n)
        likely = fit(design, cells.treated.n.astype(float), n.astype(float), is_share=True)
        if likely.mean.max() <= MOST_LIKELY:
            break
        cells = cells.take(likely.mean <= MOST_LIKELY)
    return _estimate(cells, design, likely, cells.treated.n.sum() / everybody)


def _is_shared(cells: Cells) -> NDArray[np.bool_]:
    """Mark the cells all of whose levels both sides have, among the cells marked."""
    kept = np.ones(len(cells.factors), dtype=np.bool_)
    before = -1
    while before != kept.sum():
        before = int(kept.sum())
        for column in cells.factors.T:
            for n in (cells.treated.n, cells.others.n):
                kept &= np.isin(column, column[kept & (n > 0)])
    return kept


def design_of(factors: NDArray[np.int64], n: NDArray[np.int64]) -> Design:
    """Return a column of ones and one for every level of every covariate but its most frequent."""
    ones, width = [np.zeros(len(factors), dtype=np.int64)], 1
    for column in factors.T:
        levels, place = np.unique(column, return_inverse=True)
        most = int(np.bincount(place, weights=n).argmax())
        ones.append(np.where(place == most, -1, width + place - (place > most)))
        width += len(levels) - 1
    found = np.stack(ones)
    found[found < 0] = width
    pairs = tuple(a * (width + 1) + b for a, b in combinations_with_replacement(found, 2))
    return Design(found, width, pairs)


def fit(design: Design, total: Floats, n: Floats, *, is_share: bool) -> _Fit:
    """Regress outcomes with sums ``total`` over ``n`` units a cell on the design.

    Newton's method (iteratively reweighted least squares) with a ridge of `PENALTY` on all coefficients but
    the first. A linear regression is solved at once.

    References
    ----------
    le Cessie, S. and van Houwelingen, J. C. (1992). Ridge estimators in logistic regression. Applied
    Statistics 41, 191-201.
    """
    ridge = np.full(design.width, PENALTY)
    ridge[0] = 0.0
    found = np.zeros(design.width)
    if is_share:
        found[0] = _log_odds(float(total.sum()), float(n.sum()))
    mean, slope = _link(design.times(found), is_share=is_share)
    hessian = _hessian(design, n * slope, ridge)
    for _ in range(_ROUNDS):
        change = np.linalg.solve(hessian, design.sums(total - n * mean) - ridge * found)
        found = found + np.clip(change, -4, 4) if is_share else found + change
        mean, slope = _link(design.times(found), is_share=is_share)
        hessian = _hessian(design, n * slope, ridge)
        if np.abs(change).max() < _CLOSE or not is_share:
            break
    return _Fit(mean, slope, np.linalg.inv(hessian).astype(np.float64))


def _log_odds(count: float, of: float) -> float:
    return math.log((count + 0.5) / (of - count + 0.5))


def _link(linear: Floats, *, is_share: bool) -> tuple[Floats, Floats]:
    if not is_share:
        return linear, np.ones_like(linear)
    mean = 1 / (1 + np.exp(-np.clip(linear, -30, 30)))
    return mean, mean * (1 - mean)


def _hessian(design: Design, weight: Floats, ridge: Floats) -> Floats:
    return design.products(weight) + np.diag(ridge + 1e-9)


def _estimate(cells: Cells, design: Design, likely: _Fit, comparable: float) -> Adjusted:
    """Form the estimate and its variance: squared influences, those of both regressions among them.

    An influence is ``level + slope * outcome`` in each cell and arm, so counts, sums and sums of squares
    are all that is needed.

    References
    ----------
    Stefanski, L. A. and Boos, D. D. (2002). The calculus of M-estimation. The American Statistician 56,
    29-38.
    """
    n1, n0 = cells.treated.n.astype(float), cells.others.n.astype(float)
    expected = fit(design, cells.others.total.astype(float), n0, is_share=cells.is_share)
    odds = likely.mean / (1 - likely.mean)
    treated, weight = float(n1.sum()), float((odds * n0).sum())
    gain = float((cells.treated.total - n1 * expected.mean).sum()) / treated
    left = cells.others.total - n0 * expected.mean
    drift = float((odds * left).sum()) / weight
    by_expected = design.sums(expected.slope * (odds * n0 / weight - n1 / treated))
    by_likely = -design.sums(odds * (left - n0 * drift)) / weight
    pull = design.times(expected.inverse @ by_expected)
    push = design.times(likely.inverse @ by_likely)
    variance = _squared(
        cells.treated,
        -(expected.mean + gain) / treated + push * (1 - likely.mean),
        np.full_like(n1, 1 / treated),
    ) + _squared(
        cells.others,
        odds * (expected.mean + drift) / weight - push * likely.mean - pull * expected.mean,
        pull - odds / weight,
    )
    effective = weight**2 / float((odds**2 * n0).sum())
    units, spent = treated + float(n0.sum()), design.width
    variance *= units / max(units - spent, 1.0)
    if cells.is_share:
        variance = max(variance, least_variance(treated) + least_variance(effective))
    mean = float(cells.treated.total.sum()) / treated
    return Adjusted(
        method="weighted",
        treated=mean,
        others=mean - (gain - drift),
        error=_root(variance, cells),
        freedom=max(min(treated, effective) - 1, 1.0),
        overlap=Overlap(float(comparable), effective, float(likely.mean.min()), float(likely.mean.max())),
    )


def _root(variance: float, cells: Cells) -> float:
    """Return the square root; 0 where the variance is nothing but rounding."""
    size = 1.0 + float(cells.treated.squares.sum() + cells.others.squares.sum())
    return math.sqrt(variance) if variance > ROUNDING**2 * size else 0.0


def _squared(arm: Arm, level: Floats, slope: Floats) -> float:
    """Return the sum of (level + slope * outcome)**2 over all units of an arm."""
    return float((arm.n * level**2 + 2 * level * slope * arm.total + slope**2 * arm.squares).sum())
