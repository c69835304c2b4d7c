from __future__ import annotations

from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.funnel import Ask, Attempt, attempts_of, with_ends
from tests.oracles.patterns import matches
from trodden.methods.journeys import kernels_funnel, kernels_funnel_simple
from trodden.methods.journeys.funnel import (
    NO_LIMIT,
    FunnelCounts,
    FunnelPlan,
    FunnelStepPlan,
    count_funnel,
    no_counts,
)
from trodden.methods.journeys.patterns import parse_pattern
from trodden.methods.journeys.patterns_dfa import compile_finder
from trodden.methods.journeys.periods import moment
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.units import OPEN, SILENT
from trodden.methods.stats.logbins import bin_of
from trodden.methods.tests.buckets import units_of
from trodden.methods.tests.mutants import plain_module
from trodden.model.catalog import Catalog
from trodden.model.walks import Dictionaries

NAMES = "abcd"
ENDS = ("START", "END", "OPEN")
SECOND = 1_000_000
HOUR = 3_600 * SECOND


def _timed(steps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    hours = np.cumsum([gap for _, gap in steps])
    return [(code, int(at) * HOUR) for (code, _), at in zip(steps, hours, strict=True)]


walks = st.lists(
    st.lists(
        st.tuples(st.sampled_from(range(len(NAMES))), st.sampled_from((0, 0, 1, 2, 5, 40))),
        min_size=1,
        max_size=9,
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
    end = st.sampled_from((None, None, None, None, None, 0, 1, 2))
    steps = tuple(
        step_plan(
            draw(places.filter(bool)), draw(end), NO_LIMIT if place == 0 else draw(limits), place in optional
        )
        for place in range(count)
    )
    return FunnelPlan(
        steps=steps,
        within=draw(st.sampled_from((0, HOUR, 5 * HOUR, 6 * HOUR, 1_000 * HOUR))),
        as_of=draw(st.sampled_from((0, 1, 5, 6, 1_000))) * HOUR,
        excluded=_bytes(set() if order == "strict" else draw(st.one_of(st.just(set()), places))),
        entry=draw(st.sampled_from(("best", "best", "first", "every", "each"))),
        order=order,
        anchor=draw(st.sampled_from(("every", "every", "first", "last"))),
        direction=draw(st.sampled_from(("forward", "forward", "backward"))),
    )


def step_plan(codes: set[int], end: int | None, limit: int, optional: bool) -> FunnelStepPlan:  # noqa: FBT001 - as drawn
    """Return a step at these places, or at an end of the unit."""
    return FunnelStepPlan(_bytes(set() if end is not None else codes), limit, optional, end)


def _bytes(codes: set[int]) -> bytes:
    return bytes(code in codes for code in range(len(NAMES)))


def _names(codes: bytes) -> frozenset[str]:
    return frozenset(name for name, is_in in zip(NAMES, codes, strict=True) if is_in)


def _ask(plan: FunnelPlan) -> Ask:
    return Ask(
        steps=tuple(
            _names(step.fits) if step.end is None else frozenset([ENDS[step.end]]) for step in plan.steps
        ),
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


def expected(
    logs: list[list[tuple[int, int]]], states: list[int], plan: FunnelPlan, pattern: str = ""
) -> FunnelCounts:
    counts = no_counts(plan)
    for walk, state in zip(logs, states, strict=True):
        ask, named = _ask(plan), [(NAMES[code], at) for code, at in walk]
        read = with_ends(named, ask, is_open=state == OPEN)
        attempts = attempts_of(read, ask, _given(walk, plan, pattern, "START" in {name for name, _ in read}))
        counts.entered[0] += bool(attempts)
        for attempt in attempts:
            _count(counts, attempt, grows=state == OPEN)
    return counts


def _given(
    walk: list[tuple[int, int]],
    plan: FunnelPlan,
    pattern: str,
    before: bool,  # noqa: FBT001 - counted
) -> list[int] | None:
    """Return the places a pattern lets attempts start with, None where there is none.

    ``before`` says that START stands before the walk.
    """
    found = matches("".join(NAMES[code] for code, _ in walk), pattern) if pattern else None
    side = 0 if plan.direction == "backward" else 1
    return None if found is None else [match[side] + before for match in found]


def _count(counts: FunnelCounts, attempt: Attempt, *, grows: bool) -> None:
    counts.reached[attempt.depth] += 1
    counts.pending[attempt.depth] += grows and attempt.waits
    counts.excluded[attempt.depth] += attempt.excluded
    counts.optional[list(attempt.passed)] += 1
    for step, at in enumerate(attempt.times):
        took = np.array([(at - attempt.times[0]) // 1_000])
        counts.times[step, bin_of(took)[0]] += 1


def same(found: FunnelCounts, wanted: FunnelCounts) -> bool:
    names = ("reached", "pending", "excluded", "optional", "times", "entered")
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


@settings(deadline=None, max_examples=200)
@given(
    logs=walks,
    plan=plans(),
    pattern=st.sampled_from(("a->b", "a->.*->b", "^[a|b]", "c$", "[^a]+->a", "[^c]*->c?->d")),
)
def test_a_pattern_starts_attempts_where_it_ends(
    logs: list[list[tuple[int, int]]], plan: FunnelPlan, pattern: str
) -> None:
    touchpoints = Touchpoints(
        Catalog(snapshot="s", as_of=moment(0), dictionaries=Dictionaries(touchpoints=tuple(NAMES)))
    )
    last = max((at for walk in logs for _, at in walk), default=0)
    first = FunnelStepPlan(_bytes(set()))
    started = msgspec.structs.replace(
        plan,
        steps=(first, *plan.steps[1:]),
        as_of=last + plan.as_of,
        start=compile_finder(parse_pattern(pattern), touchpoints),
    )
    found = count_funnel(units_of(logs, _states(logs)), started, can_always_grow=False)
    assert same(found, expected(logs, _states(logs), started, pattern))


def _walk(text: str) -> list[tuple[int, int]]:
    """Read ``a0 b1 c5``: touchpoint and hour."""
    return [(NAMES.index(step[0]), int(step[1:]) * HOUR) for step in text.split()]


def _plan(steps: str, **options: Any) -> FunnelPlan:  # noqa: ANN401 - any field of a plan
    """Read ``a b? cd``: three steps, the second optional, the third at c or d; or an end, such as ``END``."""
    limits: list[int] = options.pop("limits", [NO_LIMIT] * 9)
    read = [
        FunnelStepPlan(
            _bytes({NAMES.index(name) for name in step.strip("?") if step not in ENDS}),
            limits[place],
            step.endswith("?"),
            ENDS.index(step) if step in ENDS else None,
        )
        for place, step in enumerate(steps.split())
    ]
    given: dict[str, Any] = {
        "within": 100 * HOUR,
        "as_of": 1_000 * HOUR,
        "excluded": _bytes(set()),
        **options,
    }
    return FunnelPlan(steps=tuple(read), **given)


def _depths(found: FunnelCounts) -> list[int]:
    """Return the depth of each unit or attempt, ascending."""
    return np.repeat(np.arange(len(found.reached)), found.reached).tolist()


EXCLUDE_D = {"excluded": _bytes({3})}
WORKED = [
    # walk, funnel, depths, pending, excluded
    ("a0 b1 c2", _plan("a b c"), [3], 0, 0),
    ("a0 c1 b2", _plan("a b c"), [2], 0, 0),
    ("b0 c1", _plan("a b c"), [], 0, 0),
    ("a0 b100", _plan("a b"), [2], 0, 0),
    ("a0 b101", _plan("a b"), [1], 0, 0),
    ("a0 a60 b101", _plan("a b"), [2], 0, 0),
    ("a0 a60 b101", _plan("a b", entry="first"), [1], 0, 0),
    ("a0 b10 a60 b101 c120", _plan("a b c"), [3], 0, 0),
    ("a0 b0 c0", _plan("a b c", within=0), [3], 0, 0),
    ("a0 a1", _plan("a a"), [2], 0, 0),
    ("a0", _plan("a a"), [1], 0, 0),
    ("a0 d1 b2", _plan("a b", order="strict"), [1], 0, 1),
    ("a0 a1 b2", _plan("a b", order="strict"), [2], 0, 0),
    ("a0 a1 b2", _plan("a b", order="strict", entry="every"), [1, 2], 0, 1),
    ("a0 c1 b2", _plan("a b c", order="any"), [3], 0, 0),
    ("a0 b1", _plan("a ab b", order="any"), [2], 0, 0),
    ("a0 b1 a2", _plan("a ab b", order="any"), [3], 0, 0),
    ("a0 d1 b2", _plan("a b", **EXCLUDE_D), [1], 0, 1),
    ("a0 d1 b2 a3 b4", _plan("a b", **EXCLUDE_D), [2], 0, 0),
    ("a0 b1 d2 c3 b4 c5", _plan("a b c", **EXCLUDE_D), [2], 0, 1),
    ("a0 b1 d2", _plan("a b d", **EXCLUDE_D), [3], 0, 0),
    ("a0 d1 b2 c3", _plan("a b c", order="any", **EXCLUDE_D), [1], 0, 1),
    ("a0 b1 b5 c7", _plan("a b c", limits=[0, 9 * HOUR, 2 * HOUR]), [3], 0, 0),
    ("a0 b1 c7", _plan("a b c", limits=[0, 9 * HOUR, 2 * HOUR]), [2], 0, 0),
    ("a0 b3", _plan("a b", limits=[0, 3 * HOUR]), [2], 0, 0),
    ("a0 a1 b2 a3 b4 a5", _plan("a b", entry="every"), [1, 2, 2], 0, 0),
    ("a0 a90 a101 b102", _plan("a b", entry="every"), [1, 2], 0, 0),
    ("a0 d1 a2 b3", _plan("a b", entry="every", **EXCLUDE_D), [1, 2], 0, 1),
    ("a0 b1 a2", _plan("a b", anchor="last"), [1], 0, 0),
    ("a0 c1 a2 b3", _plan("a c", anchor="first"), [2], 0, 0),
    ("b0 a1", _plan("a b", direction="backward"), [2], 0, 0),
    ("a0 b1", _plan("a b", direction="backward", as_of=HOUR), [1], 0, 0),
    ("b0 a1 c2 a3", _plan("a c", direction="backward", anchor="first"), [1], 0, 0),
    ("a0 b1", _plan("a b c", as_of=100 * HOUR), [2], 1, 0),
    ("a0 b1", _plan("a b c", as_of=101 * HOUR), [2], 0, 0),
    ("a0 b1 a50", _plan("a b c", as_of=150 * HOUR), [2], 1, 0),
    ("a0 b1 a50", _plan("a b c", as_of=150 * HOUR, entry="first"), [2], 0, 0),
    ("a0 b1", _plan("a b c", as_of=3 * HOUR, limits=[0, NO_LIMIT, HOUR]), [2], 1, 0),
    ("a0 b1", _plan("a b c", as_of=3 * HOUR, limits=[0, HOUR, HOUR]), [2], 0, 0),
    ("a0 b1 d2", _plan("a b c", as_of=3 * HOUR, **EXCLUDE_D), [2], 0, 1),
    ("a0 b1", _plan("a b c", order="any", as_of=100 * HOUR), [2], 1, 0),
    ("a0 a1 a2 b3", _plan("a abcd b", order="strict", entry="every"), [2, 2], 0, 1),
    ("a0 a1 a2 b3", _plan("a abcd b", order="strict", entry="each"), [2, 2, 3], 0, 1),
    ("a0 b1", _plan("START a", order="strict"), [2], 0, 0),
    ("a0 b1", _plan("START b", order="strict"), [1], 0, 1),
    ("a0 b1", _plan("START b"), [2], 0, 0),
    ("a0 b1", _plan("b OPEN", order="strict"), [2], 0, 0),
    ("a0 b1", _plan("a OPEN", order="strict"), [1], 0, 1),
    ("a0 b1", _plan("b END"), [1], 0, 0),
    ("a0 b1", _plan("b abcd OPEN", order="strict"), [1], 0, 0),
    ("a0 b1", _plan("OPEN b a START", order="strict", direction="backward"), [4], 0, 0),
]


@pytest.mark.parametrize(("walk", "plan", "depths", "pending", "excluded"), WORKED)
def test_worked_funnels(walk: str, plan: FunnelPlan, depths: list[int], pending: int, excluded: int) -> None:
    found = count_funnel(units_of([_walk(walk)]), plan, can_always_grow=True)
    assert _depths(found) == depths
    assert (found.pending.sum(), found.excluded.sum()) == (pending, excluded)


@pytest.mark.parametrize(
    ("walk", "passes"),
    [("a0 b1 c2", 1), ("a0 c1 b2", 0), ("a0 b1", 1), ("a0 c1", 0), ("a0 b1 a2 c3", 1), ("b0 a1 c2", 0)],
)
def test_an_optional_step_lies_on_the_way(walk: str, passes: int) -> None:
    found = count_funnel(units_of([_walk(walk)]), _plan("a b? c"), can_always_grow=True)
    assert found.optional.tolist() == [0, passes, 0]
    assert _depths(found) == _depths(
        count_funnel(units_of([_walk(walk)]), _plan("a c"), can_always_grow=True)
    )


def test_times_are_of_the_earliest_start_of_greatest_depth_and_its_earliest_end() -> None:
    found = count_funnel(
        units_of([_walk("a0 a3 b5 b6")]), _plan("a b", within=9 * HOUR), can_always_grow=True
    )
    assert np.flatnonzero(found.times[1]).tolist() == bin_of(np.array([5 * 3_600_000])).tolist()


def test_a_closed_unit_is_never_pending() -> None:
    plan = _plan("a b", as_of=HOUR)
    states = [OPEN, SILENT]
    found = count_funnel(units_of([_walk("a0")] * 2, states), plan, can_always_grow=False)
    assert found.pending.tolist() == [0, 1, 0]


_LAST_LOST = "latest[0] = reading.done[0] = reading.at[start]\n    for place in range(start + 1, used - 1)"
MUTANTS = [
    ("if at - reading.at[start] > rules.within or", "if at - reading.at[start] >= rules.within or"),
    ("min(depth, chains.lengths[chain] - 1), 0, -1)", "min(depth, chains.lengths[chain] - 1), 1, -1)"),
    ("latest[0] = reading.done[0] = reading.at[start]\n    for place in range(start + 1, used)", _LAST_LOST),
    ("if found.depth > best.depth:", "if found.depth >= best.depth:"),
    ("if reading.placed[step] == place:", "if reading.placed[step] >= 0:"),
    ("at - reading.latest[step] <= chains.limits", "at - reading.latest[step] < chains.limits"),
    (
        "rules.as_of - reading.done[0] <= rules.within\n    return",
        "rules.as_of - reading.done[0] < rules.within\n    return",
    ),
    ("else max(found.end, start + 1)", "else start + 1"),
    ("if fits >> step & 1 and not chosen >> step & 1:", "if fits >> step & 1:"),
    ("range((1 << steps) - 1, -1, -1)", "range(1 << steps)"),
    ("(rules.anchor == LAST_ANCHOR) != (rules.backward == 1)", "(rules.anchor == LAST_ANCHOR)"),
    ("return first, (first if only_one else last) + 1", "return first, (first if only_one else last)"),
    ("(2 if walks.state[unit] == OPEN_UNIT else 1)", "1"),
    ("reading.starts[used] = chains.fits[0, code] & np.uint32(1)", "reading.starts[used] = 0"),
    ("end_code, walks.occurred_at[end - 1], used)", "end_code, walks.occurred_at[end - 1] + 1, used)"),
    ("start + 1 if rules.entry == EACH else", "start + 1 if rules.entry == EVERY else"),
]
SIMPLE_MUTANTS = [
    ("fitting.at[place] - fitting.at[start] > within", "fitting.at[place] - fitting.at[start] >= within"),
    ("fitting.place[step - 1] + 1)", "fitting.place[step - 1])"),
    ("while place < used and", "while place < used - 1 and"),
    ("if found > depth:", "if found >= depth:"),
    (
        "or rules.first_only:\n            break\n    return depth",
        "or found:\n            break\n    return depth",
    ),
    ("            start = place\n", "            start = min(place, 0)\n"),
    ("rules.as_of - fitting.at[start] <= rules.within", "rules.as_of - fitting.at[start] < rules.within"),
    ("fitting.kept[step] - fitting.kept[0]", "fitting.kept[step]"),
    ("range(offsets[unit], offsets[unit + 1])", "range(offsets[unit], offsets[unit + 1] - 1)"),
]


def _example(number: int) -> tuple[list[tuple[int, int]], FunnelPlan]:
    """Return one walk and plan of an endless seeded series."""
    random = Random(number)
    walk = [(random.randrange(3), gap) for gap in random.choices((0, 1, 2, 40), k=random.randrange(1, 9))]
    simple = random.random() < 0.5
    order = random.choice(("open",) if simple else ("open", "strict", "any"))
    limits = (NO_LIMIT,) if simple or order == "any" else (NO_LIMIT, HOUR, 2 * HOUR)
    plan = _plan(
        " ".join(
            random.choices(
                ("a", "b", "c", "ab", "bc", *(() if simple else ENDS[::2])), k=random.randrange(2, 4)
            )
        ),
        within=random.choice((0, 2, 42)) * HOUR,
        order=order,
        entry=random.choice(("best", "best", "first", "every", "each")),
        anchor=random.choice(("every", "first", "last")),
        direction=random.choice(("forward", "backward")),
        excluded=_bytes(random.choice((set(), {1}, {2})) if order == "open" and not simple else set()),
        limits=[NO_LIMIT, *random.choices(limits, k=3)],
    )
    timed = _timed(walk)
    return timed, msgspec.structs.replace(plan, as_of=timed[-1][1] + random.choice((0, 1, 2, 42)) * HOUR)


def _agrees() -> bool:
    examples = (_example(number) for number in range(3_000))
    return all(
        same(count_funnel(units_of([walk]), plan, can_always_grow=True), expected([walk], [OPEN], plan))
        for walk, plan in examples
    )


@pytest.mark.parametrize(("old", "new"), [("", ""), *MUTANTS])
def test_a_changed_kernel_counts_otherwise(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    """Kernels as plain Python equal the oracle on a series of examples; a mutant differs on some."""
    monkeypatch.setattr(kernels_funnel, "count_units", plain_module(kernels_funnel, old, new).count_units)
    assert _agrees() == (old == "")


@pytest.mark.parametrize(("old", "new"), [("", ""), *SIMPLE_MUTANTS])
def test_a_changed_simple_kernel_counts_otherwise(
    monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    plain = plain_module(kernels_funnel_simple, old, new).count_simple
    monkeypatch.setattr(kernels_funnel_simple, "count_simple", plain)
    assert _agrees() == (old == "")
