"""The kernel of sequences against every choice of steps, on random units."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import sequences as oracle
from trodden.methods.journeys import kernels_sequences as kernels
from trodden.methods.journeys.sequences import SequencePlan, _sought, candidates
from trodden.methods.tests.buckets import units_of
from trodden.methods.tests.mutants import plain_module

NAMES = "abcd"
World = list[tuple[list[tuple[int, int]], int, int]]
"""Units: steps as (code, time), how many of them are read, and the group."""


def world_of(random: Random) -> World:
    world: World = []
    for _ in range(10):
        steps = [(random.randrange(4), random.randrange(8)) for _ in range(random.randrange(1, 8))]
        steps.sort(key=lambda step: step[1])
        world.append((steps, random.randrange(len(steps) // 2, len(steps) + 1), random.randrange(3)))
    return world


def read_by(module: Any, world: World, sought: tuple[Any, ...]) -> tuple[Any, Any]:  # noqa: ANN401 - kernels or mutants
    """Return units and sequences as the kernels of a module take them."""
    codes, max_gap, wait = sought
    units = units_of([steps for steps, _, _ in world])
    read = module.Read(
        units.offsets,
        units.touchpoint,
        units.occurred_at,
        units.offsets[:-1] + np.array([until for _, until, _ in world], dtype=np.int64),
        np.array([group for _, _, group in world], dtype=np.uint8),
    )
    return read, module.Sought(*_sought(SequencePlan(sought=codes, max_gap=max_gap, longest_wait=wait)))


def found_by(module: Any, world: World, sought: tuple[Any, ...]) -> dict[oracle.Steps, tuple[int, int]]:  # noqa: ANN401 - kernels or mutants
    rows = module.count_sequences(*read_by(module, world, sought)).tolist()
    return {
        tuple(NAMES[code] for code in steps): (row[0], row[1])
        for steps, row in zip(sought[0], rows, strict=True)
        if sum(row)
    }


def containing(module: Any, world: World, sought: tuple[Any, ...]) -> list[bool]:  # noqa: ANN401 - kernels or mutants
    return module.units_containing(*read_by(module, world, sought)).tolist()


def expected(world: World, sought: tuple[Any, ...]) -> dict[oracle.Steps, tuple[int, int]]:
    codes, max_gap, wait = sought
    units: oracle.Units = [
        ([(NAMES[code], at) for code, at in steps[:until]], None if group == kernels.LEFT_OUT else group)
        for steps, until, group in world
    ]
    found = oracle.supports(
        units, len(codes[0]), None if max_gap < 0 else max_gap, None if wait < 0 else wait
    )
    wanted = {tuple(NAMES[code] for code in steps) for steps in codes}
    return {steps: counts for steps, counts in found.items() if steps in wanted}


def some_codes(random: Random, length: int) -> tuple[tuple[int, ...], ...]:
    """Return a sorted choice of all sequences of a length over the four touchpoints."""
    every = [()]
    for _ in range(length):
        every = [(*steps, code) for steps in every for code in range(4)]
    chosen = [steps for steps in every if random.random() < 0.6]
    return tuple(chosen or every[:1])


@settings(deadline=None)
@given(
    seed=st.integers(0, 10_000),
    length=st.integers(1, 4),
    max_gap=st.sampled_from((-1, 0, 1)),
    wait=st.sampled_from((-1, 0, 3)),
)
def test_counts_equal_every_choice_of_steps(seed: int, length: int, max_gap: int, wait: int) -> None:
    random = Random(seed)
    world, sought = world_of(random), (some_codes(random, length), max_gap, wait)
    assert found_by(kernels, world, sought) == expected(world, sought)
    assert containing(kernels, world, sought) == [bool(expected([unit], sought)) for unit in world]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("step - before - 1 > sought.max_gap", "step - before > sought.max_gap"),
        ("or wait <= sought.longest_wait", "or wait < sought.longest_wait"),
        ("before[place] < step", "before[place] <= step"),
        ("is_near(read, sought, before[place - 1], step)", "is_near(read, sought, before[0], step)"),
        ("before[0] + 1 if depth", "before[0] if depth"),
        ("one = sought.following[one, depth]", "one = sought.following[one, 0]"),
        ("read.until[unit]", "read.offsets[unit + 1]"),
        ("!= LEFT_OUT:\n            count_unit", "!= LEFT_OUT + 1:\n            count_unit"),
        ("+= used[depth] > 0", "+= used[depth]"),
    ],
)
def test_a_changed_kernel_is_noticed(old: str, new: str) -> None:
    module = plain_module(kernels, old, new)
    random = Random(3)
    try:
        same = all(
            found_by(module, world, sought) == expected(world, sought)
            for length in (1, 2, 3)
            for max_gap, wait in ((-1, -1), (0, -1), (1, -1), (-1, 3))
            for world, sought in [(world_of(random), (some_codes(random, length), max_gap, wait))]
        )
    except IndexError:
        same = False
    assert same == (old == "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("            counts[:] = 0\n", ""),
        ("counts.sum() > 0", "counts.sum() > 1"),
        ("counts.sum() > 0", "counts[0].sum() > 0"),
        (
            "if read.group[unit] != LEFT_OUT:\n            counts",
            "if read.group[unit] == 1:\n            counts",
        ),
        ("            found[unit] = ", "            found[unit - 1] = "),
        ("step - before - 1 > sought.max_gap", "step - before > sought.max_gap"),
        ("one = sought.following[one, depth]", "one = sought.following[one, 0]"),
    ],
)
def test_a_changed_kernel_finds_other_units(old: str, new: str) -> None:
    module, random = plain_module(kernels, old, new), Random(5)
    examples = [
        (world_of(random), (some_codes(random, length), max_gap, wait))
        for length in (1, 2, 3)
        for max_gap, wait in ((-1, -1), (0, -1), (1, -1), (-1, 3))
    ]
    same = all(
        containing(module, world, sought) == [bool(expected([unit], sought)) for unit in world]
        for world, sought in examples
    )
    assert same == (old == "")


def test_candidates_are_those_both_of_whose_parts_are_frequent() -> None:
    assert candidates([], 2, 1) == ((0,), (1,))
    assert candidates([(0,), (2,)], 3, 2) == ((0, 0), (0, 2), (2, 0), (2, 2))
    assert candidates([(2, 0), (0, 2), (0, 1)], 3, 3) == ((0, 2, 0), (2, 0, 1), (2, 0, 2))
