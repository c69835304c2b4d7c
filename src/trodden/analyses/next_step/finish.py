"""The answer of ``next_step``: the model trained on the counts, asked about the steps or the open units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from trodden.analyses.next_step.answer import NextCandidate, NextStep
from trodden.methods.journeys.next_step import NextCounts, NextPlan, NextSteps, context_of
from trodden.methods.journeys.transitions import END, told_name
from trodden.methods.stats.logbins import BINS, quantile
from trodden.methods.stats.rates import wilson
from trodden.methods.stats.tally import Tally
from trodden.model.question import About

FEWEST_WAITS = 30
"""Fewer waits after a context do not say how long they are; a shorter one is then taken."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Probabilities by code, all others together, what came after the longest context seen, its length."""

    probabilities: dict[int, float]
    rest: float
    seen: dict[int, int]
    context: int
    open: int


def finish(
    about: About, plan: NextPlan, told: tuple[tuple[str, ...], tuple[str, ...], int], counts: NextCounts
) -> NextStep:
    """Form the answer; ``told``: the steps asked about, all touchpoints, and how many outcomes are shown."""
    after, touchpoints, limit = told
    model = NextSteps(counts, plan)
    found = _after(model, plan, counts) if after else _of_open_units(model, plan, counts)
    names = [*(told_name(name) for name in touchpoints), "", END]
    order = sorted(found.probabilities, key=lambda code: (-found.probabilities[code], names[code]))
    shown = order[:limit]
    return NextStep(
        about=about,
        after=after,
        context=found.context,
        places=sum(found.seen.values()),
        open=found.open,
        ends=found.probabilities.get(plan.end, 0.0),
        candidates=tuple(_candidate(plan, found, counts.times, code, names[code]) for code in shown),
        rest=found.rest + sum(found.probabilities[code] for code in order[limit:]),
    )


def _after(model: NextSteps, plan: NextPlan, counts: NextCounts) -> _Found:
    told = model.predict(plan.after)
    waiting = sum(
        many for key, many in counts.waiting.items() if context_of(key, plan)[0] == list(plan.after)
    )
    return _Found(dict(told.probabilities), told.rest, dict(told.counts), told.context, waiting)


def _of_open_units(model: NextSteps, plan: NextPlan, counts: NextCounts) -> _Found:
    """Return the mean over all open units, each by the steps it stands behind and how fast it came there."""
    total = counts.waiting.total
    mean: dict[int, float] = {}
    rest = 0.0 if total else 1.0
    for key, many in counts.waiting.items():
        told = model.predict(*context_of(key, plan))
        rest += told.rest * many / total
        for code, probability in told.probabilities.items():
            mean[code] = mean.get(code, 0.0) + probability * many / total
    return _Found(mean, rest, _everywhere(model), 0, total)


def _everywhere(model: NextSteps) -> dict[int, int]:
    """Return what came next at all places."""
    return dict(model.predict(()).counts)


def _candidate(plan: NextPlan, found: _Found, times: Tally, code: int, name: str) -> NextCandidate:
    waits, length = _waits(times, code, plan) if code < plan.touchpoints else (None, 0)
    counts, bins = (waits.counts, waits.keys) if waits else (None, None)
    return NextCandidate(
        outcome=name,
        probability=found.probabilities[code],
        seen=wilson(found.seen.get(code, 0), sum(found.seen.values())),
        median_s=None if counts is None else quantile(counts, 0.5, bins),
        p90_s=None if counts is None else quantile(counts, 0.9, bins),
        waits=waits.total if waits else 0,
        waits_after=length,
    )


def _waits(times: Tally, code: int, plan: NextPlan) -> tuple[Tally, int]:
    """Return the waits for an outcome by bin, after the most steps that have enough of them."""
    lengths: Sequence[int] = range(min(plan.order, len(plan.after)), -1, -1)
    waits = _nothing(times)
    for length, more in zip(lengths, _by_length(times, code, plan, lengths), strict=True):
        waits += more
        if waits.total >= FEWEST_WAITS:
            return waits, length
    return waits, 0


def _by_length(times: Tally, code: int, plan: NextPlan, lengths: Iterable[int]) -> Iterator[Tally]:
    for length in lengths:
        first = (length * plan.touchpoints + code) * BINS
        part = times.within(first, first + BINS)
        yield Tally(part.keys - first, part.counts)


def _nothing(times: Tally) -> Tally:
    return times.within(0, 0)
