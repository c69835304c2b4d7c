"""The model of next steps: its kernel against plain loops, its probabilities against what happened."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.oracles import next_step as oracle
from tests.support.desk import desk_events
from tests.support.logs import customer_of
from trodden.methods.journeys import kernels_next, next_step, next_step_pace
from trodden.methods.journeys.next_step import (
    NextPlan,
    NextSteps,
    Prediction,
    blend,
    context_of,
    count_next,
    refuse_long_keys,
)
from trodden.methods.journeys.next_step_pace import Limits, paces, since_last
from trodden.methods.journeys.units import OPEN, SILENT
from trodden.methods.tests.buckets import units_of
from trodden.methods.tests.mutants import plain_module
from trodden.model.errors import QuestionError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from numpy.typing import NDArray

SECOND = 1_000_000
NAMES = "abc"
AS_OF = 100
World = list[tuple[list[tuple[int, int]], int]]
CODES = {**{name: code for code, name in enumerate(NAMES)}, "START": 3, "END": 4}


def world_of(random: Random) -> World:
    """Return units as (steps, state), times in microseconds up to `AS_OF`."""
    world: World = []
    for _ in range(12):
        steps = [
            (random.randrange(3), random.choice((0, 5, 10, 90, 95))) for _ in range(random.randrange(1, 6))
        ]
        world.append((sorted(steps, key=lambda step: step[1]), random.choice((OPEN, SILENT))))
    return world


def plain(world: World) -> list[oracle.Unit]:
    return [([(NAMES[code], at) for code, at in steps], state == OPEN) for steps, state in world]


def trained(world: World, plan: NextPlan) -> tuple[NextSteps, Any]:
    counts = count_next(units_of([steps for steps, _ in world], [state for _, state in world]), plan)
    return NextSteps(counts, plan), counts


def agrees(world: World, after: tuple[str, ...], horizon: int, *, restricted: bool) -> bool:
    codes = tuple(CODES[name] for name in after)
    asked = codes if restricted else ()
    plan = NextPlan(touchpoints=3, order=4, after=asked, horizon=horizon, as_of=AS_OF)
    model, counts = trained(world, plan)
    limit = None if horizon < 0 else horizon
    expected = oracle.ask(plain(world), list(after), 4, limit, AS_OF)
    found = model.predict(codes).probabilities
    shares = {CODES[name]: pytest.approx(float(share)) for name, share in expected.items()}
    every = [place for unit in plain(world) for place in oracle.places(unit, limit, AS_OF)]
    waits = [wait for _, _, wait in every if wait is not None]
    waiting = sum(came == "?" for _, came, _ in every)
    return (
        found == shares
        and counts.waiting.total == waiting
        and counts.times.total == (len(waits) if restricted else 0)
    )


afters = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple)


@settings(deadline=None)
@given(
    seed=st.integers(0, 10_000),
    after=afters,
    start=st.booleans(),
    horizon=st.sampled_from((-1, 0, 5)),
    restricted=st.booleans(),
)
def test_predictions_equal_exact_fractions(
    seed: int, after: tuple[str, ...], horizon: int, *, start: bool, restricted: bool
) -> None:
    told = ("START", *after) if start else after
    assert agrees(world_of(Random(seed)), told, horizon, restricted=restricted)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("longest = min(rules.order, place + 1)", "longest = min(rules.order, place)"),
        ("rules.after[len(rules.after) - 1 - length]", "rules.after[length]"),
        ("is_late = waits and steps.occurred_at[row] -", "is_late = waits and 1 + steps.occurred_at[row] -"),
        ("rules.as_of - steps.occurred_at[row - 1] >", "rules.as_of - steps.occurred_at[row - 1] >="),
        ("steps.state[unit] != OPEN_UNIT", "steps.state[unit] == OPEN_UNIT"),
        ("came < rules.start", "came <= rules.start + 1"),
        ("- steps.offsets[unit] + 1):", "- steps.offsets[unit]):"),
        ("waits = place > 0 and rules.horizon >= 0", "waits = place > 1 and rules.horizon >= 0"),
    ],
)  # fmt: skip
def test_a_changed_kernel_is_noticed(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    module = plain_module(kernels_next, old, new)
    for name in ("count_next", "Steps", "Rules"):
        monkeypatch.setattr(kernels_next, name, getattr(module, name))
    try:
        same = all(
            agrees(world_of(Random(seed)), after, horizon, restricted=restricted)
            for seed in range(4)
            for after in (("a",), ("a", "b"), ("START", "c"))
            for horizon in (-1, 5, 10)
            for restricted in (True, False)
        )
    except IndexError:
        same = False
    assert same == (old == "")


def limits_of(walks: list[list[tuple[int, int]]], fewest: int) -> Limits:
    """Return what is slow and late by the medians of these walks."""
    moves: dict[tuple[int, int], list[int]] = {}
    since: list[int] = []
    for steps in walks:
        for (code, at), (following, then) in pairwise(steps):
            moves.setdefault((code, following), []).append(then - at)
            since.append(then - steps[0][1])
    medians = ((*move, _seconds(waits)) for move, waits in moves.items() if len(waits) >= fewest)
    rare = [wait for waits in moves.values() if len(waits) < fewest for wait in waits]
    return Limits(moves=tuple(medians), other=_seconds(rare or [0]), since=_seconds(since))


def _seconds(waits: list[int]) -> float:
    return oracle.middle(waits) / SECOND


def agrees_at_any_pace(world: World) -> bool:
    """Compare predictions after the last step of every unit, which came slowly or not, and late or not."""
    units = [([(code, at * SECOND) for code, at in steps], state) for steps, state in world]
    told = oracle.paces(plain(units), fewest=1)
    limits = limits_of([steps for steps, _ in units], fewest=1)
    model, _ = trained(units, NextPlan(touchpoints=3, order=3, limits=limits))
    for number, (steps, _) in enumerate(units):
        expected = oracle.ask_paced(plain(units), number, 4, 3, fewest=1)
        slow, late = told[number][-1] if told[number] else (False, False)
        after = [CODES["START"], *(code for code, _ in steps)][-3:]
        found = model.predict(after, 1 + 2 * slow + late if told[number] else 0)
        if found.probabilities != {CODES[name]: pytest.approx(float(one)) for name, one in expected.items()}:
            return False
        if found.rest + sum(found.probabilities.values()) != pytest.approx(1):
            return False
    return True


@settings(deadline=None)
@given(seed=st.integers(0, 10_000))
def test_predictions_at_a_pace_are_the_mean_of_three(seed: int) -> None:
    assert agrees_at_any_pace(world_of(Random(seed)))


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        (kernels_next, "", ""),
        (kernels_next, "+ (pace - 1) // 2", "+ (pace - 1) % 2"),
        (kernels_next, "+ (pace - 1) % 2", "+ 0"),
        (kernels_next, "+ place - 1]) if place > 0", "+ place]) if place > 0"),
        (next_step_pace, "", ""),
        (next_step_pace, "waits > _limits", "waits >= _limits"),
        (next_step_pace, "since_start(units) > _bins", "since_start(units) >= _bins"),
        (next_step_pace, "np.roll(units.touchpoint, 1)", "np.roll(units.touchpoint, 0)"),
        (next_step_pace, "units.occurred_at[units.offsets[:-1]]", "units.occurred_at[units.offsets[1:] - 1]"),
    ],
)
def test_a_changed_pace_is_noticed(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, old: str, new: str
) -> None:
    changed = plain_module(module, old, new)
    if module is kernels_next:
        for name in ("count_next", "Steps", "Rules"):
            monkeypatch.setattr(kernels_next, name, getattr(changed, name))
    else:
        monkeypatch.setattr(next_step, "paces", changed.paces)
    try:
        same = all(agrees_at_any_pace(world_of(Random(seed))) for seed in range(6))
    except IndexError:
        same = False
    assert same == (old == "")


def test_a_context_can_be_read_back_from_its_key() -> None:
    plan = NextPlan(touchpoints=3, order=4)
    _, counts = trained([([(0, 1), (2, 2)], OPEN)], plan)
    assert [context_of(key, plan) for key in counts.waiting.keys.tolist()] == [([3, 0, 2], 0)]
    paced = trained([([(0, 1), (2, 2)], OPEN)], structs.replace(plan, limits=Limits()))[1]
    assert [context_of(key, plan) for key in paced.waiting.keys.tolist()] == [([3, 0, 2], 1)]


def test_what_escapes_goes_to_shorter_contexts_without_what_was_given() -> None:
    """By method D: 3 of 4 and 1 of 4 leave an escape of 2 in 8; below, a is left out of 5 + 4 counts."""
    found, rest = blend([{0: 3, 1: 1}, {0: 5, 2: 4}], 4)
    assert found == pytest.approx({0: 5 / 8, 1: 1 / 8, 2: 2 / 8 * 7 / 8})
    assert rest == pytest.approx(2 / 8 / 8)
    assert blend([{0: 3, 1: 1}], 2) == (pytest.approx({0: 5 / 6, 1: 1 / 6}), 0.0)
    assert blend([], 4) == ({}, 1.0)


def test_orders_whose_contexts_cannot_be_numbered_are_refused() -> None:
    refuse_long_keys(NextPlan(touchpoints=40, order=8))
    with pytest.raises(QuestionError, match=r"order: 8 steps at 60,000 .* An order of 2 can be counted"):
        refuse_long_keys(NextPlan(touchpoints=60_000, order=8))


def test_parts_trained_apart_add_up() -> None:
    plan = NextPlan(touchpoints=3, order=2)
    world = world_of(Random(7))
    whole = trained(world, plan)[1]
    parts = trained(world[:5], plan)[1] + trained(world[5:], plan)[1]
    assert parts.outcomes.items() == whole.outcomes.items()
    assert np.array_equal(parts.waiting.counts, whole.waiting.counts)


Predicted = list[tuple[Prediction, int]]
Cases = list[list[tuple[int, int]]]
Desk = tuple[NextSteps, Cases, "list[NDArray[np.uint8]]"]
DESK = NextPlan(touchpoints=9, order=3)
"""Activities 1 to 9 are codes 0 to 8."""


@pytest.fixture(scope="module")
def desk_cases(shared: Path) -> Cases:
    """Return the help desk's cases in the order of the file, each in the order of its walk, with times."""
    cases: dict[str, list[Any]] = {}
    for event in desk_events(shared):
        cases.setdefault(customer_of(event), []).append(event)
    in_order = (sorted(case, key=lambda one: (one.occurred_at, one.seq)) for case in cases.values())
    return [
        [(int(event.name) - 1, int(event.occurred_at.timestamp()) * SECOND) for event in case]
        for case in in_order
    ]


@pytest.fixture(scope="module", params=["steps", "steps and pace"])
def desk(request: pytest.FixtureRequest, desk_cases: Cases) -> Desk:
    """Train on the first two thirds of the cases, all of which are over; ask about the others."""
    train, asked = desk_cases[: len(desk_cases) * 2 // 3], desk_cases[len(desk_cases) * 2 // 3 :]
    limits = limits_of(train, fewest=30) if request.param == "steps and pace" else None
    plan = structs.replace(DESK, limits=limits)
    model = NextSteps(count_next(units_of(train, [SILENT] * len(train)), plan), plan)
    units = units_of(asked)
    pace = paces(units, since_last(units), limits, DESK.touchpoints)
    return model, asked, np.split(pace, np.cumsum([len(case) for case in asked])[:-1])


def predictions(desk: Desk, fewest: int) -> Iterator[tuple[Prediction, int]]:
    """Yield predictions for the last third, each with what came, after prefixes of so many events or more."""
    model, cases, every = desk
    for case, pace in zip(cases, every, strict=True):
        codes = [code for code, _ in case]
        for length in range(fewest, len(case) + 1):
            came = codes[length] if length < len(case) else DESK.end
            yield model.predict([DESK.touchpoints, *codes[:length]], int(pace[length - 1])), came


def best(told: Prediction) -> int:
    return max(told.probabilities, key=lambda code: (told.probabilities[code], -code))


def accuracy(told: Predicted) -> float:
    return sum(best(one) == came for one, came in told) / len(told)


def test_a_real_help_desk_is_predicted(desk: Desk, request: pytest.FixtureRequest) -> None:
    """1,268 unseen cases: 1,993 prefixes of two events or more that go on, 3,261 with those that end."""
    every = list(predictions(desk, 2))
    going_on = [one for one in every if one[1] != DESK.end]
    paced = "pace" in request.node.name
    assert (len(going_on), len(every)) == (1_993, 3_261)
    assert accuracy(going_on) >= (0.70 if paced else 0.69)
    assert accuracy(every) >= (0.82 if paced else 0.81)
    assert accuracy(list(predictions(desk, 1))) >= 0.82


def test_probabilities_are_kept(desk: Desk) -> None:
    """The expected calibration error, of the best outcome and of all of them, in ten bins."""
    every = list(predictions(desk, 2))
    tops = [(one.probabilities[best(one)], best(one) == came) for one, came in every]
    everything = [(share, code == came) for one, came in every for code, share in one.probabilities.items()]
    assert calibration_error(tops) <= 0.05
    assert calibration_error(everything) <= 0.05


def calibration_error(told: list[tuple[float, bool]]) -> float:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for share, happened in told:
        bins.setdefault(min(int(share * 10), 9), []).append((share, happened))
    return sum(abs(sum(share - happened for share, happened in one)) for one in bins.values()) / len(told)
