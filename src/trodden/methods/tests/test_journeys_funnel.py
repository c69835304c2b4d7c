from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.funnel import Ask, Attempt, attempts_of
from trodden.methods.journeys.funnel import (
    NO_LIMIT,
    FunnelCounts,
    FunnelPlan,
    FunnelStepPlan,
    count_funnel,
    no_counts,
)
from trodden.methods.journeys.units import OPEN, SILENT
from trodden.methods.stats.logbins import bin_of
from trodden.methods.tests.buckets import units_of

NAMES = "abcd"
SECOND = 1_000_000
HOUR = 3_600 * SECOND


def _timed(steps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    hours = np.cumsum([gap for _, gap in steps])
    return [(code, int(at) * HOUR) for (code, _), at in zip(steps, hours, strict=True)]


walks = st.lists(
    st.lists(
        st.tuples(st.sampled_from(range(len(NAMES))), st.sampled_from((0, 0, 1, 2, 5, 40))), max_size=9
    ).map(_timed),
    min_size=1,
    max_size=3,
)
places = st.sets(st.sampled_from(range(len(NAMES))), min_size=0, max_size=3)


@st.composite
def plans(draw: st.DrawFn) -> FunnelPlan:
    """Draw every option, alone and together; ``as_of`` is so long after the last event."""
    count = draw(st.integers(2, 5))
    order = draw(st.sampled_from(("open", "open", "strict", "any")))
    limits = st.just(NO_LIMIT) if order == "any" else st.sampled_from((NO_LIMIT, NO_LIMIT, 0, HOUR, 5 * HOUR))
    optional = draw(st.sets(st.integers(1, count - 1), max_size=min(2, count - 2)))
    steps = tuple(
        FunnelStepPlan(
            _bytes(draw(places.filter(bool))), NO_LIMIT if place == 0 else draw(limits), place in optional
        )
        for place in range(count)
    )
    return FunnelPlan(
        steps=steps,
        within=draw(st.sampled_from((0, HOUR, 5 * HOUR, 6 * HOUR, 1_000 * HOUR))),
        as_of=draw(st.sampled_from((0, 1, 5, 6, 1_000))) * HOUR,
        excluded=_bytes(set() if order == "strict" else draw(st.one_of(st.just(set()), places))),
        entry=draw(st.sampled_from(("best", "best", "first", "every"))),
        order=order,
        anchor=draw(st.sampled_from(("every", "every", "first", "last"))),
        direction=draw(st.sampled_from(("forward", "forward", "backward"))),
    )


def _bytes(codes: set[int]) -> bytes:
    return bytes(code in codes for code in range(len(NAMES)))


def _names(codes: bytes) -> frozenset[str]:
    return frozenset(name for name, is_in in zip(NAMES, codes, strict=True) if is_in)


def _ask(plan: FunnelPlan) -> Ask:
    return Ask(
        steps=tuple(_names(step.fits) for step in plan.steps),
        within=plan.within,
        as_of=plan.as_of,
        limits=tuple(None if step.limit == NO_LIMIT else step.limit for step in plan.steps),
        excluded=_names(plan.excluded),
        optional=frozenset(place for place, step in enumerate(plan.steps) if step.optional),
        entry=plan.entry,
        order=plan.order,
        anchor=plan.anchor,
        direction=plan.direction,
    )


def expected(logs: list[list[tuple[int, int]]], states: list[int], plan: FunnelPlan) -> FunnelCounts:
    counts = no_counts(plan)
    for walk, state in zip(logs, states, strict=True):
        for attempt in attempts_of([(NAMES[code], at) for code, at in walk], _ask(plan)):
            _count(counts, attempt, grows=state == OPEN)
    return counts


def _count(counts: FunnelCounts, attempt: Attempt, *, grows: bool) -> None:
    counts.reached[attempt.depth] += 1
    counts.pending[attempt.depth] += grows and attempt.waits
    counts.excluded[attempt.depth] += attempt.excluded
    counts.optional[list(attempt.passed)] += 1
    for step, at in enumerate(attempt.times):
        took = np.array([(at - attempt.times[0]) // 1_000])
        counts.times[step, bin_of(took)[0]] += 1


def same(found: FunnelCounts, wanted: FunnelCounts) -> bool:
    names = ("reached", "pending", "excluded", "optional", "times")
    return all(np.array_equal(getattr(found, name), getattr(wanted, name)) for name in names)


def _states(logs: list[list[tuple[int, int]]]) -> list[int]:
    return [OPEN if place % 2 == 0 else SILENT for place in range(len(logs))]


@settings(deadline=None, max_examples=400)
@given(logs=walks, plan=plans())
def test_a_funnel_equals_every_choice_of_events(logs: list[list[tuple[int, int]]], plan: FunnelPlan) -> None:
    states = _states(logs)
    last = max((at for walk in logs for _, at in walk), default=0)
    plan = msgspec.structs.replace(plan, as_of=last + plan.as_of)
    found = count_funnel(units_of(logs, states), plan, can_always_grow=False)
    wanted = expected(logs, states, plan)
    assert found.reached.tolist() == wanted.reached.tolist()
    assert found.pending.tolist() == wanted.pending.tolist()
    assert found.excluded.tolist() == wanted.excluded.tolist()
    assert found.optional.tolist() == wanted.optional.tolist()
    assert same(found, wanted)
