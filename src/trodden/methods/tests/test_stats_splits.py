"""A world against itself: cut at random into two sides, the interval of their difference holds 0."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from trodden.methods.stats.compare import is_clear
from trodden.methods.stats.logbins import bin_of
from trodden.methods.stats.means import Sums, mean_interval, welch
from trodden.methods.stats.medians import Counted, median_interval, price_bonett
from trodden.methods.stats.rates import combine, newcombe, wilson
from trodden.methods.stats.survival import Survival, durations
from trodden.model.question import Estimate

SPLITS = 1_000
SIZE = 2_000

Side = NDArray[np.int64]


def holds_0(difference: Estimate) -> bool:
    return not is_clear(difference)


def share_that_holds_0(world: NDArray[np.int64], differ: Callable[[Side, Side], Estimate]) -> float:
    random = np.random.default_rng(20_261_121)
    held = 0
    for _ in range(SPLITS):
        order = random.permutation(len(world))
        held += holds_0(differ(world[order[: SIZE // 2]], world[order[SIZE // 2 :]]))
    return held / SPLITS


def gaps() -> NDArray[np.int64]:
    """Return gaps in ms with a long tail, and whether each was cut off, as two columns."""
    random = np.random.default_rng(7)
    gaps = (random.lognormal(9, 1.6, SIZE) * 1_000).astype(np.int64)
    followed = random.integers(3_600_000, 30 * 3_600_000, SIZE)
    return np.stack((np.minimum(gaps, followed), (gaps <= followed).astype(np.int64)), axis=1)


def rates(first: Side, second: Side) -> Estimate:
    sides = (wilson(int(side[:, 1].sum()), len(side)) for side in (first, second))
    return newcombe(*sides)


def medians(first: Side, second: Side) -> Estimate:
    first_bins, first_counts = np.unique(bin_of(first[:, 0]), return_counts=True)
    second_bins, second_counts = np.unique(bin_of(second[:, 0]), return_counts=True)
    return price_bonett(Counted(first_counts, first_bins), Counted(second_counts, second_bins))


def told_medians(first: Side, second: Side) -> Estimate:
    """Return what a comparison makes of two told medians: their intervals combined."""
    sides = []
    for side in (first, second):
        bins, counts = np.unique(bin_of(side[:, 0]), return_counts=True)
        sides.append(median_interval(Counted(counts, bins)))
    return combine(sides[0], sides[1], SIZE, "s")


def means(first: Side, second: Side) -> Estimate:
    sides = (
        Sums(len(gaps), sum(gaps), sum(gap * gap for gap in gaps))
        for gaps in (first[:, 0].tolist(), second[:, 0].tolist())
    )
    return welch(*(mean_interval(side, "s", 1_000) for side in sides))


def share_after(curve: Survival, seconds: float) -> Estimate:
    """Read a curve off where it stands after so many seconds; somebody's has ended before."""
    last = [point for point in curve.points if point.after <= seconds][-1]
    return Estimate(last.share, last.low, last.high, curve.n, "share")


def survival(first: Side, second: Side) -> Estimate:
    sides = (durations(side[side[:, 1] == 1, 0], side[side[:, 1] == 0, 0]) for side in (first, second))
    first_share, second_share = (share_after(side, 4 * 3_600) for side in sides)
    return combine(first_share, second_share, SIZE, "share")


@pytest.mark.slow
@pytest.mark.parametrize("differ", [rates, medians, told_medians, means, survival])
def test_a_world_split_in_two_differs_by_nothing_in_19_of_20_splits(
    differ: Callable[[Side, Side], Estimate],
) -> None:
    assert 0.93 <= share_that_holds_0(gaps(), differ) <= 0.97
