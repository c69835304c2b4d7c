"""From counts to effects, and from effects to verdicts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec
import numpy as np

from trodden.analyses.verdicts.answer import Comparable, Effect, OutcomeName, Verdict
from trodden.methods.journeys import verdicts_ends as ends
from trodden.methods.journeys.verdicts_like import Likeness, factors_of
from trodden.methods.stats.adjusted import Adjusted, Arm, Cells, adjust
from trodden.methods.stats.multiple import benjamini_hochberg
from trodden.model.question import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trodden.methods.journeys.verdicts import Table

FEWEST: Final = 10
"""Journeys on either side under which nothing is said."""

DISCOVERY_RATE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Measure:
    """An outcome: its columns (how many, their sum, the sum of squares), its unit, and what one is."""

    name: OutcomeName
    columns: tuple[int, int, int]
    unit: str
    per: int = 1
    is_share: bool = False
    is_log: bool = False


MEASURES: Final = (
    Measure("met", (ends.CAME, ends.CAME_MET, ends.CAME_MET), "share", is_share=True),
    Measure("met from the fork", (ends.STOOD, ends.STOOD_MET, ends.STOOD_MET), "share", is_share=True),
    Measure("time", (ends.CAME_MET, ends.TIME_SUM, ends.TIME_SQ), "ratio", ends.PER_LOG, is_log=True),
    Measure("contacts", (ends.FOLLOWED, ends.CONTACTS_SUM, ends.CONTACTS_SQ), "contacts"),
    Measure("effort", (ends.CAME_MET, ends.EFFORT_SUM, ends.EFFORT_SQ), "steps"),
    Measure("price", (ends.CAME, ends.PRICE_SUM, ends.PRICE_SQ), "hundredths"),
    Measure("score", (ends.SCORED, ends.SCORE_SUM, ends.SCORE_SQ), "points", ends.PER_SCORE),
)


DECIDING: Final[tuple[OutcomeName, ...]] = ("met", "met from the fork", "time")
"""What verdicts rest on; the rest is told."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Differences within these are as good as none: of shares, and of times as a part."""

    share: float
    time: float

    def is_within(self, effect: Effect) -> bool:
        """Say whether the whole interval lies within the margin."""
        low, high = effect.effect.low, effect.effect.high
        if low is None or high is None:
            return False
        if effect.outcome == "time":
            return 1 / (1 + self.time) < low and high < 1 + self.time
        return -self.share < low and high < self.share


def measure(table: Table, like: Likeness, measures: Sequence[Measure]) -> tuple[Comparable, list[Effect]]:
    """Compare both sides of one way on every measure, not yet corrected; ``table`` is that of the way."""
    sides = table.within(like.cells, 2 * like.cells), table.within(0, like.cells)
    cells = np.union1d(sides[0].keys, sides[1].keys)
    factors = factors_of(like, cells)
    dense = [_dense(side, cells) for side in sides]
    found = [(one, _adjusted(one, dense, factors)) for one in measures]
    came = [int(side[:, ends.CAME].sum()) for side in dense]
    effects = [_effect(one, dense, adjusted) for one, adjusted in found if adjusted is not None]
    return _comparable(came, found[0][1]), effects


def _dense(side: Table, cells: NDArray[np.int64]) -> NDArray[np.int64]:
    sums = np.zeros((len(cells), ends.COLUMNS), dtype=np.int64)
    sums[np.searchsorted(cells, side.keys)] = side.sums
    return sums


def _adjusted(one: Measure, sides: list[NDArray[np.int64]], factors: NDArray[np.int64]) -> Adjusted | None:
    treated, others = (Arm(*(side[:, column] for column in one.columns)) for side in sides)
    if min(int(treated.n.sum()), int(others.n.sum())) < FEWEST:
        return None
    cells = Cells(factors, treated, others, one.is_share)
    return adjust(cells.take((treated.n > 0) | (others.n > 0)))


def _effect(one: Measure, sides: list[NDArray[np.int64]], found: Adjusted) -> Effect:
    n1, n0 = (int(side[:, one.columns[0]].sum()) for side in sides)
    low, high = found.interval()
    values = [value / one.per for value in (found.effect, low, high)]
    means = [found.treated / one.per, found.others / one.per]
    if one.is_log:
        values, means = [math.exp(value) for value in values], [math.exp(value) for value in means]
    unit = "s" if one.is_log else one.unit
    return Effect(
        outcome=one.name,
        having=Estimate(value=means[0], n=n1, unit=unit),
        others=Estimate(value=means[1], n=n0, unit=unit),
        effect=Estimate(values[0], values[1], values[2], n1 + n0, one.unit),
        p=found.p,
        adjusted_p=1.0,
        method=found.method,
    )


def _comparable(came: list[int], found: Adjusted | None) -> Comparable:
    if found is None:
        return Comparable(having=came[0], others=came[1])
    overlap = found.overlap
    return Comparable(
        having=came[0],
        others=came[1],
        share=overlap.comparable,
        trimmed=1 - overlap.comparable,
        effective=overlap.effective,
        lowest=overlap.lowest,
        highest=overlap.highest,
    )


def corrected(found: Sequence[Sequence[Effect]]) -> list[tuple[Effect, ...]]:
    """Correct the effects verdicts rest on over all ways at once, and all others likewise.

    Apart, because many of the others differ by definition (who skips a step takes a step less), and
    certain findings among the tests would let doubtful ones pass.
    """
    families = {
        is_deciding: iter(_adjusted_p(found, is_deciding=is_deciding)) for is_deciding in (True, False)
    }
    return [
        tuple(
            msgspec.structs.replace(one, adjusted_p=next(families[one.outcome in DECIDING]))
            for one in effects
        )
        for effects in found
    ]


def _adjusted_p(found: Sequence[Sequence[Effect]], *, is_deciding: bool) -> list[float]:
    every = (one for effects in found for one in effects)
    return benjamini_hochberg([one.p for one in every if (one.outcome in DECIDING) == is_deciding])


def verdict_of(effects: Sequence[Effect], margins: Margins) -> tuple[Verdict, OutcomeName | Literal[""]]:
    """Give the verdict and the outcome it rests on.

    1. Clearly fewer needs met from the fork: worse.
    2. Needs met, where they clearly differ by more than the margin allows: better or worse.
    3. Else time: clearly later is worse; clearly sooner is better where fewer needs met by the margin or more
       can be ruled out.
    4. Needs met and time both within their margins: equal. Else there are too few to say.

    *Clearly*: at a false discovery rate of 5 % over these outcomes of all ways, the interval not within its
    margin.
    """
    known = {one.outcome: one for one in effects}
    fork, met, time = (known.get(name) for name in ("met from the fork", "met", "time"))
    if fork is not None and _leaning(fork, margins) < 0:
        return "worse", fork.outcome
    if met is None:
        return "too few to say", ""
    if _leaning(met, margins):
        return ("a better way" if _leaning(met, margins) > 0 else "worse"), met.outcome
    return _by_time(met, time, margins)


def _by_time(met: Effect, time: Effect | None, margins: Margins) -> tuple[Verdict, OutcomeName | Literal[""]]:
    lean = 0 if time is None else -_leaning(time, margins)
    if lean < 0:
        return "worse", "time"
    if lean > 0 and (met.effect.low or 0.0) > -margins.share:
        return "a better way", "time"
    if time is not None and lean == 0 and margins.is_within(met) and margins.is_within(time):
        return "different but equal", "met"
    return "too few to say", ""


def _leaning(effect: Effect, margins: Margins) -> int:
    """Return 1 where the effect is clearly more, -1 where it is clearly less, else 0."""
    if effect.adjusted_p > DISCOVERY_RATE or margins.is_within(effect):
        return 0
    none = 1.0 if effect.outcome == "time" else 0.0
    return 1 if (effect.effect.value or 0.0) > none else -1
