"""From integer counts of gaps to places, ranked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
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
from trodden.methods.journeys.examples import Candidate, examples_of
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
from trodden.methods.journeys.pauses_limits import MAP, NOWHERE, SOURCES, Found, Limits, limits_of
from trodden.methods.journeys.pauses_places import NO_WAIT, Design, Place
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

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_LIMITS: Final = 50
CURVE_POINTS: Final = 32
SAME_CHANNEL: Final = "same channel"
US_PER_S: Final = 1_000_000


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


@dataclass(frozen=True, slots=True)
class State:
    """Counts of gaps and of units, and for each place those who waited longest."""

    counts: PauseCounts
    counted: Counted
    examples: tuple[Candidate, ...]


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
    )
    return State(counts, Counted(), ())


def pauses_of(plan: Plan, state: State | None) -> Pauses:
    """Form the answer."""
    state = state or no_state(len(plan.names))
    kinds = state.counts.next_kinds
    left = np.flatnonzero((kinds.sum(axis=(1, 2)) > 0) & plan.kept).tolist()
    limits = _limits_by_place(plan, state.counts)
    places = ranked([_place(plan, state, code, limits.get(code, [])) for code in left])
    every = kinds.sum(axis=0)
    return Pauses(
        about=about("pauses", plan.snapshot, plan.selection, state.counted, plan.notes),
        places=tuple(places[: plan.top]),
        hidden=max(int((kinds.sum(axis=(1, 2)) > 0).sum()) - plan.top, 0),
        gaps=int(every.sum()),
        paused=_paused(every),
        beyond_s=int(state.counts.beyond[:, 0].sum()) / 1_000,
        floor_s=plan.limits.floor / US_PER_S,
        reference_gaps=plan.reference_gaps,
    )


def _paused(kinds: NDArray[np.int64]) -> Rate:
    """Return pauses of all gaps but those within their limit; ``kinds``: (2, kinds)."""
    return wilson(int(kinds[1].sum()), int(kinds.sum() - kinds[:, WITHIN].sum()))


def _place(plan: Plan, state: State, code: int, limits: Sequence[PauseLimit]) -> PausePlace:
    counts, name = state.counts, plan.names[code]
    kinds = counts.next_kinds[code]
    paused = _lengths(plan, counts, ENDED_PAUSE, code)
    curve = _curve(plan, counts, code)
    promised = [limit for limit in limits if limit.source == SOURCES[MAP] and limit.to]
    return PausePlace(
        place=name.name,
        label=_label(plan, name),
        on_map=name.kind == "step",
        paused=_paused(kinds),
        late=wilson(sum(one.paused for one in promised), sum(one.gaps for one in promised)),
        median=median_interval(Durations(paused.counts, paused.keys)),
        p90_s=quantile(paused.counts, 0.9, paused.keys),
        beyond_s=int(counts.beyond[code, 0]) / 1_000,
        open_beyond_s=int(counts.beyond[code, 1]) / 1_000,
        not_yet=int(kinds[:, NOT_YET].sum()),
        within=int(kinds[:, WITHIN].sum()),
        median_wait=Estimate(curve.median, curve.median_low, curve.median_high, curve.n, "s"),
        curve=thinned(curve, CURVE_POINTS).points,
        next=tuple(_next_shares(kinds, plan.design is not None)),
        reached=_reached(counts.ends[code]) if plan.selection.unit == "journey" else None,
        limits=tuple(limits[:MOST_LIMITS]),
        hidden_limits=max(len(limits) - MOST_LIMITS, 0),
        ranks=Ranks(0, None, None),
        examples=examples_of(state.examples, code),
    )


def _label(plan: Plan, place: Place) -> str:
    if place.kind == "step":
        return plan.labels[place.name]
    return f"{place.name} (not as designed)" if plan.design is not None else place.name


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


def _limits_by_place(plan: Plan, counts: PauseCounts) -> dict[int, list[PauseLimit]]:
    """Return the limits of each place: by where gaps led, most walked first, then of those that last."""
    limits: dict[int, list[PauseLimit]] = {}
    for source, limit in (*_of_moves(plan, counts.moves), *_of_waiting(plan, counts.waiting)):
        limits.setdefault(source, []).append(limit)
    return limits


def _of_moves(plan: Plan, moves: Tally) -> list[tuple[int, PauseLimit]]:
    gaps, paused = _pairs(moves)
    keys = np.array(sorted(gaps), dtype=np.int64)
    source, target = keys // len(plan.names), keys % len(plan.names)
    found = limits_of(plan.limits, source, target, np.full(len(keys), NO_WAIT, dtype=np.int64))
    rows = [
        (int(source[at]), _limit(plan.names[int(target[at])], found, at, (gaps[key], paused.get(key, 0))))
        for at, key in enumerate(sorted(gaps))
    ]
    return sorted(rows, key=lambda row: (-row[1].gaps, row[1].to_kind, row[1].to))


def _of_waiting(plan: Plan, waiting: Tally) -> list[tuple[int, PauseLimit]]:
    """Return one limit for all gaps of a place that have not ended and share it."""
    gaps, paused = _pairs(waiting)
    keys = np.array(sorted(gaps), dtype=np.int64)
    states = 1 if plan.design is None else plan.design.automaton.states
    longest = np.full(1, NO_WAIT, dtype=np.int64) if plan.design is None else plan.design.longest_next
    source, target = keys // states, np.full(len(keys), NOWHERE, dtype=np.int64)
    found = limits_of(plan.limits, source, target, longest[keys % states])
    merged: dict[tuple[int, float, int], PauseLimit] = {}
    for at, key in enumerate(keys.tolist()):
        limit = _limit(None, found, at, (gaps[key], paused.get(key, 0)))
        same = int(source[at]), limit.limit_s, int(found.source[at])
        merged[same] = _together(merged[same], limit) if same in merged else limit
    return [(same[0], limit) for same, limit in sorted(merged.items(), key=lambda item: item[0])]


def _pairs(counted: Tally) -> tuple[dict[int, int], dict[int, int]]:
    """Split keys ``key * 2 + paused`` into all gaps and pauses by key."""
    paused = {key // 2: count for key, count in counted.items() if key % 2}
    gaps: dict[int, int] = {}
    for key, count in counted.items():
        gaps[key // 2] = gaps.get(key // 2, 0) + count
    return gaps, paused


def _limit(to: Place | None, found: Found, at: int, counts: tuple[int, int]) -> PauseLimit:
    return PauseLimit(
        to="" if to is None else to.name,
        to_kind="" if to is None else to.kind,
        limit_s=int(found.limit[at]) / US_PER_S,
        source=SOURCES[int(found.source[at])],
        rests_on=int(found.gaps[at]),
        gaps=counts[0],
        paused=counts[1],
    )


def _together(first: PauseLimit, second: PauseLimit) -> PauseLimit:
    return msgspec.structs.replace(first, gaps=first.gaps + second.gaps, paused=first.paused + second.paused)


def ranked(places: Iterable[PausePlace]) -> list[PausePlace]:
    """Give every place its ranks, and return them by time beyond the limit (ties by name)."""
    ordered = sorted(places, key=lambda one: (-one.beyond_s, one.place, not one.on_map))
    outcome = _ranks(ordered, [_weight_of_outcome(one) for one in ordered])
    promise = _ranks(ordered, [one.late.low for one in ordered])
    return [
        msgspec.structs.replace(one, ranks=Ranks(rank, outcome.get(rank), promise.get(rank)))
        for rank, one in enumerate(ordered, start=1)
    ]


def _weight_of_outcome(place: PausePlace) -> float | None:
    if place.reached is None or not is_clear(place.reached.difference):
        return None
    return abs(place.reached.difference.value or 0.0)


def _ranks(ordered: Sequence[PausePlace], weights: Sequence[float | None]) -> dict[int, int]:
    """Return rank by weight (largest first) for each rank by time; places without a weight have none."""
    known = [(-weight, at) for at, weight in enumerate(weights, start=1) if weight is not None]
    return {at: rank for rank, (_, at) in enumerate(sorted(known), start=1)} if ordered else {}
