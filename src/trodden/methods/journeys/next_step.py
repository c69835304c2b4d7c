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

**Pace.** Where limits of pace are known (`trodden.methods.journeys.next_step_pace`), each step but the first
of a unit is *slow* or not, by the wait before it, and *late* or not, by the time since the first. The
probability of an outcome after such a step is the mean of three by method D: from the contexts above; from
these and, before the longest there can be, the same only after steps equally slow; and likewise equally late.

References
----------
Cleary, J. G. and Witten, I. H. (1984). Data compression using adaptive coding and partial string matching.
IEEE Transactions on Communications 32, 396-402. Moffat, A. (1990). Implementing the PPM data compression
scheme. IEEE Transactions on Communications 38, 1917-1921 (exclusion; method C). Howard, P. G. (1993). The
design and analysis of efficient lossless data compression systems. Brown University, chapter 3 (method D).
Stone, M. (1961). The opinion pool. Annals of Mathematical Statistics 32, 1339-1342 (the mean).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.methods.journeys.next_step_pace import Limits, paces, since_last
from trodden.methods.journeys.units import Units, frozen
from trodden.methods.stats.logbins import BINS
from trodden.methods.stats.tally import Tally, none_counted, tally
from trodden.model.errors import QuestionError

if TYPE_CHECKING:
    from trodden.methods.journeys.kernels_next import Rules, Steps

NO_HORIZON: Final = -1
PACES: Final = 5
_LARGEST: Final = 2**60
"""A key is still multiplied by `PACES`."""


class NextPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted, in codes and microseconds; START is code ``touchpoints``, END the one behind it.

    ``after``: the steps asked about, oldest first; empty for every context there is. ``limits``: of pace,
    None where it is not looked at.
    """

    touchpoints: int
    order: int
    after: tuple[int, ...] = ()
    horizon: int = NO_HORIZON
    as_of: int = 0
    limits: Limits | None = None

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
    certain steps were asked about. ``waiting``: by context and pace, of open units. ``slow``, ``late``: by
    longest context, outcome and whether the step before was.
    """

    outcomes: Tally
    times: Tally
    waiting: Tally
    slow: Tally
    late: Tally

    @property
    def kinds(self) -> int:
        """Return how many keys there are."""
        return sum(len(one.keys) for one in self._all())

    def _all(self) -> tuple[Tally, ...]:
        return self.outcomes, self.times, self.waiting, self.slow, self.late

    def __add__(self, other: NextCounts) -> NextCounts:
        """Return the counts of both, which share no unit."""
        return NextCounts(*(mine + theirs for mine, theirs in zip(self._all(), other._all(), strict=True)))


def nothing_counted() -> NextCounts:
    """Return the counts of no units."""
    return NextCounts(*(none_counted() for _ in range(5)))


def count_next(units: Units, plan: NextPlan) -> NextCounts:
    """Count what came next in the units of one bucket."""
    from trodden.methods.journeys import kernels_next

    found = kernels_next.count_next(_steps(units, plan), _rules(plan))
    used = [*found.used.tolist(), int(found.used[3])]
    return NextCounts(*(tally(keys[:many]) for keys, many in zip(found[:5], used, strict=True)))


def _steps(units: Units, plan: NextPlan) -> Steps:

    from trodden.methods.journeys.kernels_next import Steps

    bins = frozen(since_last(units))
    pace = frozen(paces(units, bins, plan.limits, plan.touchpoints))
    return Steps(units.offsets, units.touchpoint, units.occurred_at, bins, units.state, pace)


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


_Counts = Sequence[Mapping[int, int]]


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
    counts
        As `count_next` makes them.
    plan
        What was counted.
    """

    def __init__(self, counts: NextCounts, plan: NextPlan) -> None:
        self._plan = plan
        self._contexts = [_table(counts.outcomes, plan.base, length) for length in range(plan.order + 1)]
        self._paced = (_paced_table(counts.slow, plan.base), _paced_table(counts.late, plan.base))

    def predict(self, after: Sequence[int], pace: int = 0) -> Prediction:
        """Return what comes after these steps, oldest first; START is code ``touchpoints``.

        ``pace``: of the last of them, as `trodden.methods.journeys.next_step_pace.paces` tells; 0 where it is
        not known.
        """
        found = list(self.seen(after))[::-1]
        probabilities, rest = self._mean([found, *self._with_pace(after, pace, found)])
        return Prediction(probabilities, rest, max(len(found) - 1, 0), found[0] if found else {})

    def _with_pace(
        self, after: Sequence[int], pace: int, found: list[Mapping[int, int]]
    ) -> Iterator[_Counts]:
        """Yield the contexts with what came after the longest of them at the same pace before them."""
        if pace:
            key = _key(after[-self._plan.order :], self._plan.base) * 2
            for table, half in zip(self._paced, divmod(pace - 1, 2), strict=True):
                yield [table.get(key + half, {}), *found]

    def _mean(self, contexts: list[_Counts]) -> tuple[dict[int, float], float]:
        """Return the mean of the probabilities from each; all have the same outcomes."""
        blends = [blend(one, self._plan.touchpoints + 1) for one in contexts]
        many = len(blends)
        found = {code: sum(one[code] for one, _ in blends) / many for code in blends[0][0]}
        return found, sum(rest for _, rest in blends) / many

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


def _key(steps: Sequence[int], base: int) -> int:
    """Return a context as a number, as the kernel does."""
    key = 0
    for code in steps:
        key = key * base + code + 1
    return key


def _paced_table(counts: Tally, base: int) -> dict[int, dict[int, int]]:
    """Return what came after each context at each pace, by twice its key and the pace, and by code."""
    found: dict[int, dict[int, int]] = {}
    for key, count in counts.items():
        context, came = divmod(key // 2, base)
        found.setdefault(context * 2 + key % 2, {})[came - 1] = count
    return found


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


def context_of(waiting: int, plan: NextPlan) -> tuple[list[int], int]:
    """Return the codes of the steps a waiting unit's key stands for, oldest first, and its pace."""
    digits: list[int] = []
    key, pace = divmod(waiting, PACES)
    while key:
        key, digit = divmod(key, plan.base)
        digits.append(digit - 1)
    return digits[::-1], pace
