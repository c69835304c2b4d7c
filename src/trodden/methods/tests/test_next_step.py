"""The model of next steps: its kernel against plain loops, its probabilities against what happened."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import next_step as oracle
from tests.support.desk import desk_events
from tests.support.logs import customer_of
from trodden.methods.journeys import kernels_next
from trodden.methods.journeys.next_step import (
    NextPlan,
    NextSteps,
    Prediction,
    blend,
    context_of,
    count_next,
    refuse_long_keys,
)
from trodden.methods.journeys.units import OPEN, SILENT
from trodden.methods.tests.buckets import units_of
from trodden.methods.tests.mutants import plain_module
from trodden.model.errors import QuestionError

if TYPE_CHECKING:
    from pathlib import Path

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
    return NextSteps(counts.outcomes, plan), counts


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


def test_a_context_can_be_read_back_from_its_key() -> None:
    plan = NextPlan(touchpoints=3, order=4)
    _, counts = trained([([(0, 1), (2, 2)], OPEN)], plan)
    assert [context_of(key, plan) for key in counts.waiting.keys.tolist()] == [[3, 0, 2]]


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
DESK = NextPlan(touchpoints=9, order=3)
"""Activities 1 to 9 are codes 0 to 8."""


@pytest.fixture(scope="module")
def desk_cases(shared: Path) -> list[list[int]]:
    """Return the help desk's cases in the order of the file, each in the order of its walk."""
    cases: dict[str, list[Any]] = {}
    for event in desk_events(shared):
        cases.setdefault(customer_of(event), []).append(event)
    in_order = (sorted(case, key=lambda one: (one.occurred_at, one.seq)) for case in cases.values())
    return [[int(event.name) - 1 for event in case] for case in in_order]


@pytest.fixture(scope="module")
def desk_model(desk_cases: list[list[int]]) -> NextSteps:
    """Train on the first two thirds of the cases, all of which are over."""
    train = desk_cases[: len(desk_cases) * 2 // 3]
    units = units_of([[(code, at) for at, code in enumerate(case)] for case in train], [SILENT] * len(train))
    return NextSteps(count_next(units, DESK).outcomes, DESK)


def predictions(model: NextSteps, cases: list[list[int]], fewest: int) -> Iterator[tuple[Prediction, int]]:
    """Yield predictions for the last third, each with what came, after prefixes of so many events or more."""
    for case in cases[len(cases) * 2 // 3 :]:
        for length in range(fewest, len(case) + 1):
            came = case[length] if length < len(case) else DESK.end
            yield model.predict([DESK.touchpoints, *case[:length]]), came


def best(told: Prediction) -> int:
    return max(told.probabilities, key=lambda code: (told.probabilities[code], -code))


def accuracy(told: Predicted) -> float:
    return sum(best(one) == came for one, came in told) / len(told)


def test_a_real_help_desk_is_predicted(desk_cases: list[list[int]], desk_model: NextSteps) -> None:
    """1,268 unseen cases: 1,993 prefixes of two events or more that go on, 3,261 with those that end."""
    every = list(predictions(desk_model, desk_cases, 2))
    going_on = [one for one in every if one[1] != DESK.end]
    assert (len(going_on), len(every)) == (1_993, 3_261)
    assert accuracy(going_on) >= 0.69
    assert accuracy(every) >= 0.81
    assert accuracy(list(predictions(desk_model, desk_cases, 1))) >= 0.82


def test_probabilities_are_kept(desk_cases: list[list[int]], desk_model: NextSteps) -> None:
    """The expected calibration error, of the best outcome and of all of them, in ten bins."""
    every = list(predictions(desk_model, desk_cases, 2))
    tops = [(one.probabilities[best(one)], best(one) == came) for one, came in every]
    everything = [(share, code == came) for one, came in every for code, share in one.probabilities.items()]
    assert calibration_error(tops) <= 0.05
    assert calibration_error(everything) <= 0.05


def calibration_error(told: list[tuple[float, bool]]) -> float:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for share, happened in told:
        bins.setdefault(min(int(share * 10), 9), []).append((share, happened))
    return sum(abs(sum(share - happened for share, happened in one)) for one in bins.values()) / len(told)
