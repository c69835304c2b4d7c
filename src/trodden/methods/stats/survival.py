"""How long until something happens, where for some it has not happened yet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.methods.stats.distributions import LEVEL, two_sided
from trodden.methods.stats.logbins import bin_of, middle
from trodden.methods.stats.rates import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray


HALF: Final = 0.5 + 1e-12


class SurvivalPoint(msgspec.Struct, frozen=True):
    """The curve from ``after`` (seconds) on, until the next point.

    ``share`` are those for whom it has not happened, with its band; ``at_risk`` were still followed
    just before, for ``events`` of them it happened here.
    """

    after: float
    share: float
    low: float
    high: float
    at_risk: int
    events: int


class Survival(msgspec.Struct, frozen=True):
    """A Kaplan-Meier curve: 1 before the first point, a step down at each; times ascend.

    ``median`` is the first time the curve is at most 0.5, in seconds; null, to be read as *not
    reached*, while it stays above. Its ends are the same of the two edges of the band.
    """

    n: int = 0
    events: int = 0
    censored: int = 0
    median: float | None = None
    median_low: float | None = None
    median_high: float | None = None
    points: tuple[SurvivalPoint, ...] = ()


def kaplan_meier(
    events: NDArray[np.integer],
    censored: NDArray[np.integer],
    bins: NDArray[np.integer] | None = None,
    level: float = LEVEL,
) -> Survival:
    """Estimate the share for whom it has not happened after a time, from durations by bin.

    At each bin with an event the curve is multiplied by ``1 - events / at risk``; those censored in a
    bin are at risk in it and gone after it (an event comes before a censoring at one time). The band
    is Greenwood's variance on the scale of log(-log), so it stays within [0, 1]. Where everyone at
    risk has the event the curve is 0: the band then reaches from 0 to the upper edge before it times
    the upper Wilson end of 0 of those at risk.

    ``events``, ``censored``: (k,) integers, those of bins ``bins``: (k,) ascending (default 0, 1, 2,
    ...); a time is the middle of its bin.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete observations. Journal
    of the American Statistical Association 53, 457-481. Kalbfleisch, J. D. and Prentice, R. L. (2002).
    The Statistical Analysis of Failure Time Data, 2nd ed., section 1.4 (the band).
    """
    points = tuple(_points(_risk_sets(events, censored, bins), two_sided(level)))
    happened, gone = int(events.sum()), int(censored.sum())
    return Survival(
        n=happened + gone,
        events=happened,
        censored=gone,
        median=_first_half(points, "share"),
        median_low=_first_half(points, "low"),
        median_high=_first_half(points, "high"),
        points=points,
    )


def _risk_sets(
    events: NDArray[np.integer], censored: NDArray[np.integer], bins: NDArray[np.integer] | None
) -> Iterator[tuple[int, int, int]]:
    """Yield bin, events and those at risk for each bin with an event, in order."""
    import numpy as np

    both = events + censored
    at_risk = int(both.sum()) - (np.cumsum(both) - both)
    for place in np.flatnonzero(events).tolist():
        yield place if bins is None else int(bins[place]), int(events[place]), int(at_risk[place])


def _points(risk_sets: Iterable[tuple[int, int, int]], z: float) -> Iterator[SurvivalPoint]:
    """Yield the curve step by step."""
    share, variance, high = 1.0, 0.0, 1.0
    for number, events, at_risk in risk_sets:
        stay = at_risk - events
        share *= stay / at_risk
        if stay:
            variance += events / (at_risk * stay)
            low, high = _band(share, variance, z)
        else:
            low, high = 0.0, high * _upper_of_none(at_risk)
        yield SurvivalPoint(middle(number), share, low, high, at_risk, events)


def _band(share: float, variance: float, z: float) -> tuple[float, float]:
    """Return both edges on the log(-log) scale; ``share`` in (0, 1), Greenwood's sum in ``variance``."""
    stretch = math.exp(z * math.sqrt(variance) / -math.log(share))
    return share**stretch, share ** (1 / stretch)


def _upper_of_none(of: int) -> float:
    """Return the upper Wilson end of none of ``of``."""
    return wilson(0, of).high or 0.0


def _first_half(points: tuple[SurvivalPoint, ...], edge: str) -> float | None:
    """Return the first time an edge of the curve is at most one half, rounding errors aside."""
    for point in points:
        if getattr(point, edge) <= HALF:
            return point.after
    return None


def thinned(curve: Survival, most: int = 64) -> Survival:
    """Keep at most ``most`` points, evenly by their rank, the first and the last among them.

    What is kept is exact; only steps between are left out.
    """
    many = len(curve.points)
    if many <= most:
        return curve
    kept = sorted({round(place * (many - 1) / (most - 1)) for place in range(most)})
    return msgspec.structs.replace(curve, points=tuple(curve.points[place] for place in kept))


def durations(
    ended_ms: NDArray[np.integer], censored_ms: NDArray[np.integer], level: float = LEVEL
) -> Survival:
    """Estimate the curve from durations in whole milliseconds: those that ended, those cut off."""
    import numpy as np

    ended, cut = bin_of(ended_ms), bin_of(censored_ms)
    bins = np.unique(np.concatenate((ended, cut)))
    events, censored = (
        np.bincount(np.searchsorted(bins, side), minlength=len(bins)) for side in (ended, cut)
    )
    return kaplan_meier(events, censored, bins, level)
