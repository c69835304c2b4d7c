"""From integer counts of gaps to places, ranked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from trodden.analyses.pauses.answer import (
    NextShare,
    PauseLimit,
    PausePlace,
    Pauses,
    Ranks,
    Reached,
)
from trodden.analyses.pauses.common import about
from trodden.analyses.pauses.limits import US_PER_S, Rows, late_at, limits_at, rows_of_moves, rows_of_waiting
from trodden.methods.journeys.examples import Candidate, examples_of
from trodden.methods.journeys.hours import Clock
from trodden.methods.journeys.pauses import (
    ENDED,
    ENDED_PAUSE,
    KINDS,
    NEXT,
    NOT_ENDED,
    NOT_YET,
    NOTHING,
    WITHIN,
    PauseCounts,
)
from trodden.methods.journeys.pauses_limits import Limits
from trodden.methods.journeys.pauses_places import Design, Place
from trodden.methods.journeys.select import Selection
from trodden.methods.journeys.units import Counted
from trodden.methods.stats.compare import is_clear
from trodden.methods.stats.logbins import BINS, quantile
from trodden.methods.stats.medians import Counted as Durations
from trodden.methods.stats.medians import median_interval
from trodden.methods.stats.rates import newcombe, wilson
from trodden.methods.stats.survival import Survival, kaplan_meier, thinned
from trodden.methods.stats.tally import Tally, none_counted
from trodden.model.question import Estimate, Rate
from trodden.model.words import keep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_LIMITS: Final = 50
CURVE_POINTS: Final = 32
SAME_CHANNEL: Final = "same channel"
UNRANKED: Final = Ranks(0, None, None)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an answer rests on besides the walks. ``kept``: (places,) those that can be shown."""

    selection: Selection
    snapshot: str
    design: Design | None
    names: tuple[Place, ...]
    labels: dict[str, str]
    limits: Limits
    kept: NDArray[np.bool_]
    top: int
    reference_gaps: int
    notes: tuple[str, ...]
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Counts of gaps and of units, and for each place those who waited longest."""

    counts: PauseCounts
    counted: Counted
    examples: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What a place is ranked by, before the rest is worked out for those that are shown."""

    code: int
    place: Place
    beyond_ms: int
    late: Rate
    reached: Reached | None
    ranks: Ranks = UNRANKED


def no_state(places: int) -> State:
    """Return the state of no bucket at all."""
    nothing = none_counted()
    counts = PauseCounts(
        next_kinds=np.zeros((places, 2, KINDS), dtype=np.int64),
        moves=nothing,
        waiting=nothing,
        lengths=nothing,
        beyond=np.zeros((places, 2), dtype=np.int64),
        ends=np.zeros((places, 2, 2), dtype=np.int64),
        units=nothing,
        at=np.zeros(places, dtype=np.int64),
    )
    return State(counts, Counted(), ())


def pauses_of(plan: Plan, state: State | None) -> Pauses:
    """Form the answer."""
    state = state or no_state(len(plan.names))
    kinds = state.counts.next_kinds
    left = kinds.sum(axis=(1, 2)) > 0
    moves = rows_of_moves(plan.limits, state.counts)
    waiting = rows_of_waiting(plan.limits, plan.design, state.counts)
    heads = ranked([_head(plan, state, moves, code) for code in np.flatnonzero(left & plan.kept).tolist()])
    shown = heads[: plan.top]
    every = kinds.sum(axis=0)
    return Pauses(
        about=about("pauses", plan.snapshot, plan.selection, state.counted, plan.notes),
        places=tuple(
            _place(plan, state, head, limits_at(moves, waiting, plan.names, head.code)) for head in shown
        ),
        hidden=int(left.sum()) - len(shown),
        gaps=int(every.sum()),
        paused=_paused(every),
        beyond_s=int(state.counts.beyond[:, 0].sum()) / 1_000,
        floor_s=plan.limits.floor / US_PER_S,
        reference_gaps=plan.reference_gaps,
        calendar="" if plan.clock is None else plan.clock.calendar.name,
    )


def _head(plan: Plan, state: State, moves: Rows, code: int) -> Head:
    return Head(
        code=code,
        place=plan.names[code],
        beyond_ms=int(state.counts.beyond[code, 0]),
        late=late_at(moves, code),
        reached=_reached(state.counts.ends[code]) if plan.selection.unit == "journey" else None,
    )


def _paused(kinds: NDArray[np.int64]) -> Rate:
    """Return pauses of all gaps but those within their limit; ``kinds``: (2, kinds)."""
    return wilson(int(kinds[1].sum()), int(kinds.sum() - kinds[:, WITHIN].sum()))


def _place(plan: Plan, state: State, head: Head, limits: Sequence[PauseLimit]) -> PausePlace:
    counts, code = state.counts, head.code
    kinds = counts.next_kinds[code]
    paused = _lengths(plan, counts, ENDED_PAUSE, code)
    curve = _curve(plan, counts, code)
    return PausePlace(
        place=head.place.name,
        label=_label(plan, head.place),
        on_map=head.place.kind == "step",
        paused=_paused(kinds),
        units=int(counts.at[code]),
        late=head.late,
        median=median_interval(Durations(paused.counts, paused.keys)),
        p90_s=quantile(paused.counts, 0.9, paused.keys),
        beyond_s=head.beyond_ms / 1_000,
        open_beyond_s=int(counts.beyond[code, 1]) / 1_000,
        not_yet=int(kinds[:, NOT_YET].sum()),
        within=int(kinds[:, WITHIN].sum()),
        median_wait=Estimate(curve.median, curve.median_low, curve.median_high, curve.n, "s"),
        curve=thinned(curve, CURVE_POINTS).points,
        next=tuple(_next_shares(kinds, plan.design is not None)),
        reached=head.reached,
        limits=tuple(limits[:MOST_LIMITS]),
        hidden_limits=max(len(limits) - MOST_LIMITS, 0),
        ranks=head.ranks,
        examples=examples_of(state.examples, code),
    )


def _label(plan: Plan, place: Place) -> str:
    if place.kind == "step":
        return plan.labels[place.name]
    return keep("{to} (not as designed)", to=place.name) if plan.design is not None else place.name


def _lengths(plan: Plan, counts: PauseCounts, kind: int, code: int) -> Tally:
    """Return the gaps of one kind at a place by bin."""
    first = (kind * len(plan.names) + code) * BINS
    found = counts.lengths.within(first, first + BINS)
    return Tally(found.keys - first, found.counts)


def _curve(plan: Plan, counts: PauseCounts, code: int) -> Survival:
    ended = _lengths(plan, counts, ENDED, code) + _lengths(plan, counts, ENDED_PAUSE, code)
    cut = _lengths(plan, counts, NOT_ENDED, code)
    bins = np.union1d(ended.keys, cut.keys)
    return kaplan_meier(_at(bins, ended), _at(bins, cut), bins)


def _at(bins: NDArray[np.int64], counted: Tally) -> NDArray[np.int64]:
    found = np.zeros(len(bins), dtype=np.int64)
    found[np.searchsorted(bins, counted.keys)] = counted.counts
    return found


def _next_shares(kinds: NDArray[np.int64], has_map: bool) -> Iterator[NextShare]:  # noqa: FBT001 - one of two readings
    """Yield the share of each kind that came up; without a map there are fewer."""
    named = range(NOTHING + 1) if has_map else (0, 4, NOTHING)
    of = [int(kinds[paused, : NOTHING + 1].sum()) for paused in (0, 1)]
    for kind in named:
        after, without = (wilson(int(kinds[paused, kind]), of[paused]) for paused in (1, 0))
        if after.count or without.count:
            name = NEXT[kind] if has_map or kind else SAME_CHANNEL
            yield NextShare(name, after, without, newcombe(after, without))


def _reached(ends: NDArray[np.int64]) -> Reached:
    after, without = (wilson(int(ends[paused, 1]), int(ends[paused].sum())) for paused in (1, 0))
    return Reached(after, without, newcombe(after, without))


def ranked(heads: Iterable[Head]) -> list[Head]:
    """Give every place its ranks, and return them by time beyond the limit (ties by name)."""
    ordered = sorted(heads, key=lambda one: (-one.beyond_ms, one.place))
    outcome = _ranks([_weight_of_outcome(one) for one in ordered])
    promise = _ranks([one.late.low for one in ordered])
    return [
        replace(one, ranks=Ranks(rank, outcome.get(rank), promise.get(rank)))
        for rank, one in enumerate(ordered, start=1)
    ]


def _weight_of_outcome(head: Head) -> float | None:
    if head.reached is None or not is_clear(head.reached.difference):
        return None
    return abs(head.reached.difference.value or 0.0)


def _ranks(weights: Sequence[float | None]) -> dict[int, int]:
    """Return rank by weight (largest first) for each rank by time; places without a weight have none."""
    known = [(-weight, at) for at, weight in enumerate(weights, start=1) if weight is not None]
    return {at: rank for rank, (_, at) in enumerate(sorted(known), start=1)}
