"""What comes next: a back-off model of steps, by prediction by partial matching (PPM).

**Outcomes.** At each place of a unit, behind its last step too, something came next: a step at a touchpoint,
or *nothing* (``END``) where the unit is over. Behind the last step of a unit that is still open it is not
known yet: nothing is counted there. With a ``horizon``, a step later than that after the one before is
*nothing* as well, and so is a silence of an open unit that has lasted longer; a step exactly so long after
still counts. The first step of a unit comes after START.

**Contexts.** The context of an outcome are the steps before it, at most ``order``, START among them where the
unit has no more. Whatever came after a context also came after every shorter one that it ends with.

**Probabilities.** From the longest context that was ever seen, an outcome that came c times of n has
``(2c - 1) / 2n``; the rest, ``q / 2n`` for q different outcomes, escapes to the next shorter context, where
outcomes already given are left out of all counts (exclusion), and so on; what escapes from the shortest
is shared evenly by all outcomes never seen. Where no outcome is left to escape to, nothing escapes. This is
method D.

References
----------
Cleary, J. G. and Witten, I. H. (1984). Data compression using adaptive coding and partial string matching.
IEEE Transactions on Communications 32, 396-402. Moffat, A. (1990). Implementing the PPM data compression
scheme. IEEE Transactions on Communications 38, 1917-1921 (exclusion; method C). Howard, P. G. (1993). The
design and analysis of efficient lossless data compression systems. Brown University, chapter 3 (method D).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.methods.journeys.units import Units, frozen
from trodden.methods.stats.logbins import BINS, bin_of
from trodden.methods.stats.tally import Tally, none_counted, tally
from trodden.model.errors import QuestionError

if TYPE_CHECKING:
    from trodden.methods.journeys.kernels_next import Rules, Steps

NO_HORIZON: Final = -1
_LARGEST: Final = 2**62


class NextPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted, in codes and microseconds; START is code ``touchpoints``, END the one behind it.

    ``after``: the steps asked about, oldest first; empty for every context there is.
    """

    touchpoints: int
    order: int
    after: tuple[int, ...] = ()
    horizon: int = NO_HORIZON
    as_of: int = 0

    @property
    def end(self) -> int:
        """Return the code of *nothing*."""
        return self.touchpoints + 1

    @property
    def base(self) -> int:
        """Return the base of keys, whose digits are codes and one."""
        return self.touchpoints + 3


def refuse_long_keys(plan: NextPlan) -> None:
    """Refuse contexts that are too long to be numbered.

    Raises
    ------
    QuestionError
        So many steps at so many touchpoints have more combinations than a key can tell apart.
    """
    fits = [order for order in range(1, plan.order + 1) if plan.base ** (order + 1) < _LARGEST]
    if len(fits) < plan.order:
        raise QuestionError(
            f"order: {plan.order} steps at {plan.touchpoints:,} touchpoints have too many combinations.",
            hint=f"An order of {len(fits)} can be counted.",
        )


@dataclass(frozen=True, slots=True)
class NextCounts:
    """What adds up over buckets.

    ``outcomes``: by longest context and outcome. ``times``: by length of the context, outcome and bin, where
    certain steps were asked about. ``waiting``: by context, of open units.
    """

    outcomes: Tally
    times: Tally
    waiting: Tally

    def __add__(self, other: NextCounts) -> NextCounts:
        """Return the counts of both, which share no unit."""
        return NextCounts(
            self.outcomes + other.outcomes, self.times + other.times, self.waiting + other.waiting
        )


def nothing_counted() -> NextCounts:
    """Return the counts of no units."""
    return NextCounts(none_counted(), none_counted(), none_counted())


def count_next(units: Units, plan: NextPlan) -> NextCounts:
    """Count what came next in the units of one bucket."""
    from trodden.methods.journeys import kernels_next

    found = kernels_next.count_next(_steps(units), _rules(plan))
    outcomes, times, waiting = (
        tally(keys[:used]) for keys, used in zip(found[:3], found.used.tolist(), strict=True)
    )
    return NextCounts(outcomes, times, waiting)


def _steps(units: Units) -> Steps:
    import numpy as np

    from trodden.methods.journeys.kernels_next import Steps

    waits = np.diff(units.occurred_at, prepend=0) // 1_000
    bins = frozen(bin_of(waits))
    return Steps(units.offsets, units.touchpoint, units.occurred_at, bins, units.state)


def _rules(plan: NextPlan) -> Rules:
    import numpy as np

    from trodden.methods.journeys.kernels_next import Rules

    return Rules(
        after=frozen(np.array(plan.after, dtype=np.int64)),
        order=plan.order,
        start=plan.touchpoints,
        base=plan.base,
        all_bins=BINS,
        horizon=plan.horizon,
        as_of=plan.as_of,
    )


class Prediction(msgspec.Struct, frozen=True):
    """Probabilities of outcomes by code; ``rest`` is shared by all others.

    ``context``: how many steps the longest context ever seen has; ``counts``: what came after it.
    """

    probabilities: Mapping[int, float]
    rest: float
    context: int
    counts: Mapping[int, int]


class NextSteps:
    """A trained model: predicts what comes after any steps.

    Parameters
    ----------
    outcomes
        Counts by longest context and outcome, as `count_next` makes them.
    plan
        What was counted.
    """

    def __init__(self, outcomes: Tally, plan: NextPlan) -> None:
        self._plan = plan
        self._contexts: list[dict[int, dict[int, int]]] = []
        for length in range(plan.order + 1):
            self._contexts.append(_table(outcomes, plan.base, length))

    def predict(self, after: Sequence[int]) -> Prediction:
        """Return what comes after these steps, oldest first; START is code ``touchpoints``."""
        found = [counts for counts in self.seen(after) if counts]
        probabilities, rest = blend(found[::-1], self._plan.touchpoints + 1)
        return Prediction(probabilities, rest, max(len(found) - 1, 0), found[-1] if found else {})

    def seen(self, after: Sequence[int]) -> Iterator[Mapping[int, int]]:
        """Yield what came after each context the steps end with, the shortest first, while any was seen."""
        key, digit = 0, 1
        for length, table in enumerate(self._contexts[: len(after) + 1]):
            if length:
                key += (after[-length] + 1) * digit
                digit *= self._plan.base
            counts = table.get(key)
            if counts is None:
                return
            yield counts


def _table(outcomes: Tally, base: int, length: int) -> dict[int, dict[int, int]]:
    """Return what came after each context of this length, by its key and by code."""
    import numpy as np

    contexts, came = np.divmod(outcomes.keys, base)
    long_enough = contexts >= (base ** (length - 1) if length else 0)
    keys = contexts[long_enough] % base**length * base + came[long_enough]
    distinct, place = np.unique(keys, return_inverse=True)
    counts = np.zeros(len(distinct), dtype=np.int64)
    np.add.at(counts, place, outcomes.counts[long_enough])
    found: dict[int, dict[int, int]] = {}
    for key, count in zip(distinct.tolist(), counts.tolist(), strict=True):
        found.setdefault(key // base, {})[key % base - 1] = count
    return found


def blend(contexts: Sequence[Mapping[int, int]], outcomes: int) -> tuple[dict[int, float], float]:
    """Return the probability of each outcome seen, and what is left for the others, by method D.

    ``contexts``: counts by outcome, the longest context first. ``outcomes``: how many there can be.
    """
    found: dict[int, float] = {}
    weight = 1.0
    for counts in contexts:
        new = [one for one in counts.items() if one[0] not in found]
        if not new:
            continue
        twice, kinds = 2 * sum(count for _, count in new), len(new)
        escapes = kinds if len(found) + kinds < outcomes else 0
        share = weight / (twice - kinds + escapes)
        for code, count in new:
            found[code] = (2 * count - 1) * share
        weight = escapes * share
    return found, weight


def context_of(key: int, plan: NextPlan) -> list[int]:
    """Return the codes of the steps a context's key stands for, oldest first."""
    digits: list[int] = []
    while key:
        key, digit = divmod(key, plan.base)
        digits.append(digit - 1)
    return digits[::-1]
