"""The effect on those who did something, against others like them: matched in strata, else weighted.

Units are given as *cells*: all units with the same covariates, on either side. The estimand is the effect on
the treated: what those who did it got, less what they would have got otherwise.

*Matched* where at least `ENOUGH` of the treated lie in cells with `FEWEST` units or more on both sides: the
differences within these cells, weighted by their treated units. Else *weighted* (augmented inverse
probability weighting): a logistic regression says how likely units of a cell are treated, another regression
(logistic for shares, linear else) what the others got, both on one indicator for every level of every
covariate; the others are weighted by the odds of being treated, and what the second regression leaves
unexplained corrects the first. It is right where either regression is. Cells with a level that one side
lacks, or where the probability exceeds `MOST_LIKELY`, have nobody to be compared with and are left out.

References
----------
Rosenbaum, P. R. and Rubin, D. B. (1983). The central role of the propensity score in observational studies
for causal effects. Biometrika 70, 41-55.
Robins, J. M., Rotnitzky, A. and Zhao, L. P. (1994). Estimation of regression coefficients when some
regressors are not always observed. Journal of the American Statistical Association 89, 846-866.
Moodie, E. E. M., Saarela, O. and Stephens, D. A. (2018). A doubly robust weighting estimator of the average
treatment effect on the treated. Stat 7, e205.
Crump, R. K., Hotz, V. J., Imbens, G. W. and Mitnik, O. A. (2009). Dealing with limited overlap in estimation
of average treatment effects. Biometrika 96, 187-199.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from trodden.methods.stats.distributions import LEVEL, t_cdf, t_quantile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST: Final = 5
"""Units a side needs in a cell for the cell to be compared by itself."""

ENOUGH: Final = 0.8
"""Share of the treated that must lie in such cells; otherwise units are weighted."""

MOST_LIKELY: Final = 0.95
"""Probability of being treated above which there is hardly anybody to compare with."""

ROUNDING: Final = 1e-9
"""Parts of the whole below which a difference is nothing but rounding."""

Method = Literal["matched", "weighted"]


@dataclass(frozen=True, slots=True)
class Arm:
    """One side by cell, (cells,) each: how many units, the sum of their outcomes, that of the squares."""

    n: NDArray[np.int64]
    total: NDArray[np.int64]
    squares: NDArray[np.int64]

    def take(self, kept: NDArray[np.bool_]) -> Arm:
        """Return some of the cells."""
        return Arm(self.n[kept], self.total[kept], self.squares[kept])


@dataclass(frozen=True, slots=True)
class Cells:
    """Units by covariates: ``factors``: (cells, covariates) levels as integers, no two rows alike.

    ``is_share``: outcomes are 0 or 1.
    """

    factors: NDArray[np.int64]
    treated: Arm
    others: Arm
    is_share: bool

    def take(self, kept: NDArray[np.bool_]) -> Cells:
        """Return some of the cells."""
        return Cells(self.factors[kept], self.treated.take(kept), self.others.take(kept), self.is_share)


@dataclass(frozen=True, slots=True)
class Overlap:
    """How comparable both sides are.

    ``comparable``: share of the treated that are compared; the rest is trimmed. ``effective``: how many
    others the weighted others are worth, (sum w)**2 / sum w**2 (Kish 1965). ``lowest``, ``highest``:
    probabilities of being treated among those compared.
    """

    comparable: float
    effective: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The mean of the treated that are compared, that of others like them, and the difference.

    ``error`` is its standard error, ``freedom`` the degrees of freedom of Student's t to be used with it.
    """

    method: Method
    treated: float
    others: float
    error: float
    freedom: float
    overlap: Overlap

    @property
    def effect(self) -> float:
        """Return the treated less the others."""
        return self.treated - self.others

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Return the ends of the interval."""
        half = t_quantile((1 + level) / 2, self.freedom) * self.error
        return self.effect - half, self.effect + half

    @property
    def p(self) -> float:
        """Return the two-sided p of no difference; 0 or 1 where neither side varies at all."""
        if self.error == 0:
            return 1.0 if abs(self.effect) <= ROUNDING * (1 + abs(self.treated)) else 0.0
        return 2 * (1 - t_cdf(abs(self.effect) / self.error, self.freedom))


def adjust(cells: Cells) -> Adjusted | None:
    """Compare both sides as the module says; None where a side has under `FEWEST` units to compare."""
    if min(int(cells.treated.n.sum()), int(cells.others.n.sum())) < FEWEST:
        return None
    is_full = (cells.treated.n >= FEWEST) & (cells.others.n >= FEWEST)
    share = cells.treated.n[is_full].sum() / cells.treated.n.sum()
    if share >= ENOUGH:
        return _matched(cells.take(is_full), float(share))
    from trodden.methods.stats.weighted import weighted

    return weighted(cells)


def least_variance(n: float) -> float:
    """Return the variance a share of ``n`` units has at least: as if one of them had ended otherwise."""
    return (n - 1) / n**3 if n > 1 else 1.0


def _matched(cells: Cells, comparable: float) -> Adjusted:
    """Weight the differences within cells by their treated units.

    The variance adds the unbiased one of every mean; degrees of freedom after Satterthwaite (1946).
    """
    n1, n0 = cells.treated.n.astype(float), cells.others.n.astype(float)
    share = n1 / n1.sum()
    treated = float((share * cells.treated.total / n1).sum())
    others = float((share * cells.others.total / n0).sum())
    parts = [(share**2 * _variance(arm) / arm.n, arm.n) for arm in (cells.treated, cells.others)]
    effective = float(n1.sum() ** 2 / (n1**2 / n0).sum())
    sizes = (float(n1.sum()), effective)
    sums = [
        _floored(float(part.sum()), size, is_share=cells.is_share)
        for (part, _), size in zip(parts, sizes, strict=True)
    ]
    spent = sum(float((part**2 / (n - 1)).sum()) for part, n in parts)
    known = sum(float(part.sum()) for part, _ in parts)
    likely = n1 / (n1 + n0)
    return Adjusted(
        method="matched",
        treated=treated,
        others=others,
        error=math.sqrt(sum(sums)),
        freedom=known**2 / spent if spent > 0 else min(sizes) - 1,
        overlap=Overlap(comparable, effective, float(likely.min()), float(likely.max())),
    )


def _variance(arm: Arm) -> Floats:
    """Return the sample variance of each cell; every cell has two units or more."""
    return (arm.squares - arm.total.astype(float) ** 2 / arm.n) / (arm.n - 1)


def _floored(variance: float, n: float, *, is_share: bool) -> float:
    return max(variance, least_variance(n)) if is_share else variance
