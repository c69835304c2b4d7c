"""Odds ratios of two-by-two tables, one by itself or many at equal exposure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from trodden.methods.stats.distributions import LEVEL, normal_cdf, two_sided
from trodden.model.question import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HALF: Final = 0.5
"""Added to each of the four counts, so that none is 0."""


def odds_ratio(having: tuple[int, int], others: tuple[int, int], level: float = LEVEL) -> Estimate:
    """Give the odds of success of those having something over those of the others.

    ``having`` and ``others`` count successes and failures. Half is added to each count (Haldane, Anscombe);
    the interval is normal on the logarithm, its variance the sum of the reciprocals (Woolf, Gart). All null
    where there is nobody on a side.

    References
    ----------
    Haldane, J. B. S. (1956). The estimation and significance of the logarithm of a ratio of frequencies.
    Annals of Human Genetics 20, 309-311.
    Anscombe, F. J. (1956). On estimating binomial response relations. Biometrika 43, 461-464.
    Gart, J. J. (1966). Alternative analyses of contingency tables. Journal of the Royal Statistical Society B
    28, 164-179.

    Examples
    --------
    >>> found = odds_ratio((30, 10), (20, 40))
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (5.74, 2.38, 13.83)
    """
    n = sum(having) + sum(others)
    if sum(having) == 0 or sum(others) == 0:
        return Estimate(value=None, n=n, unit="odds ratio")
    counts = [count + HALF for count in (*having, *others)]
    log = math.log(counts[0] * counts[3] / (counts[1] * counts[2]))
    return _of_log(log, sum(1 / count for count in counts), n, level)


def common_odds_ratio(having: NDArray[np.int64], others: NDArray[np.int64], level: float = LEVEL) -> Estimate:
    """Give the odds ratio common to many tables (Mantel and Haenszel), each at an exposure of its own.

    ``having``, ``others``: (tables, 2) successes and failures. Tables without a success, without a failure or
    with nobody on a side say nothing and are left out. Half is added to each of the four counts,
    spread over the tables by their size. The variance of the logarithm is that of Robins, Breslow and
    Greenland, which holds for few large tables and for many small ones. All null where no table is left.

    References
    ----------
    Mantel, N. and Haenszel, W. (1959). Statistical aspects of the analysis of data from retrospective
    studies of disease. Journal of the National Cancer Institute 22, 719-748.
    Robins, J., Breslow, N. and Greenland, S. (1986). Estimators of the Mantel-Haenszel variance consistent in
    both sparse data and large-strata limiting models. Biometrics 42, 311-323, equation 3.
    """
    is_telling = ((having + others) > 0).all(axis=1) & (having.sum(axis=1) > 0) & (others.sum(axis=1) > 0)
    having, others = having[is_telling], others[is_telling]
    n = int(having.sum() + others.sum())
    if n == 0:
        return Estimate(value=None, n=0, unit="odds ratio")
    more = (HALF * (having + others).sum(axis=1) / n)[:, None]
    a, b = (having + more).T
    c, d = (others + more).T
    size = a + b + c + d
    same, cross = a * d / size, b * c / size
    r, s = float(same.sum()), float(cross.sum())
    p, q = (a + d) / size, (b + c) / size
    variance = (
        float((p * same).sum()) / (2 * r * r)
        + float((p * cross + q * same).sum()) / (2 * r * s)
        + float((q * cross).sum()) / (2 * s * s)
    )
    return _of_log(math.log(r / s), variance, n, level)


def _of_log(log: float, variance: float, n: int, level: float) -> Estimate:
    half = two_sided(level) * math.sqrt(variance)
    return Estimate(math.exp(log), math.exp(log - half), math.exp(log + half), n, "odds ratio")


def p_of_odds(found: Estimate) -> float:
    """Return the two-sided p of an odds ratio of 1, from its 95 % interval; 1 where there is none."""
    if found.value is None or found.low is None or found.high is None:
        return 1.0
    error = (math.log(found.high) - math.log(found.low)) / 2 / two_sided()
    return 2 * (1 - normal_cdf(abs(math.log(found.value)) / error))
