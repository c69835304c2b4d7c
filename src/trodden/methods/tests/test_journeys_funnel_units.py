"""Which units reach a step of a funnel, by plain loops, and with its kernel changed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings

from tests.oracles.funnel import Attempt, attempts_of, with_ends
from trodden.methods.journeys import kernels_funnel
from trodden.methods.journeys.funnel import FunnelPlan, units_that_reach
from trodden.methods.journeys.units import OPEN
from trodden.methods.tests import test_journeys_funnel as funnels
from trodden.methods.tests.buckets import units_of
from trodden.methods.tests.mutants import plain_module

if TYPE_CHECKING:
    from collections.abc import Iterator

Walks = list[list[tuple[int, int]]]


def _counts_at(attempts: list[Attempt], plan: FunnelPlan, step: int) -> bool:
    if plan.steps[step].optional:
        return any(step in one.passed for one in attempts)
    before = sum(not one.optional for one in plan.steps[:step])
    return any(one.depth > before for one in attempts)


def _expected(logs: Walks, states: list[int], plan: FunnelPlan) -> list[list[bool]]:
    """Say for each step of each unit whether one of its attempts counts there."""
    ask = funnels._ask(plan)
    named = [[(funnels.NAMES[code], at) for code, at in walk] for walk in logs]
    every = [
        attempts_of(with_ends(walk, ask, is_open=state == OPEN), ask)
        for walk, state in zip(named, states, strict=True)
    ]
    return [[_counts_at(attempts, plan, step) for attempts in every] for step in range(len(plan.steps))]


def _found(logs: Walks, states: list[int], plan: FunnelPlan) -> list[list[bool]]:
    units = units_of(logs, states)
    return [units_that_reach(units, plan, step).tolist() for step in range(len(plan.steps))]


@settings(deadline=None, max_examples=200)
@given(logs=funnels.walks, plan=funnels.plans())
def test_units_that_reach_a_step_equal_every_choice_of_events(logs: Walks, plan: FunnelPlan) -> None:
    states = funnels._states(logs)
    assert _found(logs, states, plan) == _expected(logs, states, plan)


def _examples() -> Iterator[tuple[Walks, list[int], FunnelPlan]]:
    """Yield several walks at a time with one plan, whose steps after the first may be optional."""
    for number in range(0, 1_200, 3):
        walks = [funnels._example(number + place)[0] for place in range(3)]
        plan = funnels._example(number)[1]
        optional = Random(number).randrange(1, len(plan.steps)) if len(plan.steps) > 2 else 0
        steps = tuple(
            msgspec.structs.replace(one, optional=0 < place == optional)
            for place, one in enumerate(plan.steps)
        )
        yield walks, funnels._states(walks), msgspec.structs.replace(plan, steps=steps)


def _agrees() -> bool:
    return all(_found(*example) == _expected(*example) for example in _examples())


MUTANTS = [
    ("counts.reached[:] = 0", "pass"),
    ("counts.optional[:] = 0", "pass"),
    ("for depth in range(len(counts.reached)):", "for depth in range(len(counts.reached) - 1):"),
    ("for depth in range(len(counts.reached)):", "for depth in range(len(counts.reached) - 1, -1, -1):"),
    ("for unit in range(len(found)):", "for unit in range(len(found) - 1):"),
    ("used = read_unit(walks, chains, rules, unit, reading)\n    first",
     "used = read_unit(walks, chains, rules, unit, reading) - 1\n    first"),
    ("best = best_attempt(chains, rules, reading, (first, last), used)",
     "best = best_attempt(chains, rules, reading, (first, last - 1), used)"),
    ("count_every_attempt(chains, rules, reading, (first, last, used), grows, counts)",
     "count_every_attempt(chains, rules, reading, (first, last, used - 1), grows, counts)"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [("", ""), *MUTANTS])
def test_a_changed_kernel_finds_other_units(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    plain = plain_module(kernels_funnel, old, new).depths_of_units
    monkeypatch.setattr(kernels_funnel, "depths_of_units", plain)
    assert _agrees() == (old == "")
