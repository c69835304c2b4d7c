"""How likely a difference at least as large is where there is none: two-sided p-values."""

from __future__ import annotations

import math

from trodden.methods.stats.distributions import normal_cdf, two_sided
from trodden.model.question import Estimate, Rate


def p_of_rates(first: Rate, second: Rate) -> float:
    """Return the two-sided p of two equal shares, by the pooled normal test; 1 where none or all have it.

    References
    ----------
    Fleiss, J. L., Levin, B. and Paik, M. C. (2003). Statistical Methods for Rates and Proportions, 3rd
    edition, section 3.1, without the correction for continuity.
    """
    pooled = (first.count + second.count) / (first.of + second.of)
    error = math.sqrt(pooled * (1 - pooled) * (1 / first.of + 1 / second.of))
    if error == 0:
        return 1.0
    z = abs(first.count / first.of - second.count / second.of) / error
    return 2 * (1 - normal_cdf(z))


def p_of_estimate(difference: Estimate) -> float:
    """Return the two-sided p of no difference, from a normal interval; 1 where there is none."""
    if difference.value is None or difference.low is None or difference.high is None:
        return 1.0
    error = (difference.high - difference.low) / 2 / two_sided()
    return 2 * (1 - normal_cdf(abs(difference.value) / error)) if error > 0 else 1.0
