"""The kernels of pauses against plain loops, on random small units and random designs."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import pauses as oracle
from trodden.methods.journeys import kernels_pauses as kernels
from trodden.methods.journeys.units import ABANDONED, OPEN, REACHED, SILENT
from trodden.methods.tests.mutants import plain_module

STEPS, TOUCHPOINTS = 3, 4
PLACES = STEPS + TOUCHPOINTS

World = dict[str, Any]


@st.composite
def steps(draw: st.DrawFn) -> dict[str, Any]:
    touchpoint = draw(st.integers(0, TOUCHPOINTS - 1))
    return {
        "touchpoint": touchpoint,
        "place": draw(st.sampled_from([*range(STEPS), STEPS + touchpoint])),
        "channel": draw(st.integers(0, 2)),
        "state": draw(st.integers(0, 2)),
        "paused": draw(st.booleans()),
    }


units = st.fixed_dictionaries(
    {
        "steps": st.lists(steps(), min_size=1, max_size=6),
        "state": st.sampled_from([OPEN, REACHED, ABANDONED, SILENT]),
    }
)
worlds = st.fixed_dictionaries(
    {
        "units": st.lists(units, max_size=5),
        "has_map": st.booleans(),
        "allowed": st.lists(st.sets(st.integers(0, STEPS - 1)), min_size=3, max_size=3),
        "stage": st.lists(st.integers(-1, 2), min_size=PLACES, max_size=PLACES),
        "on_map": st.sets(st.integers(0, TOUCHPOINTS - 1)),
    }
)


def all_steps(world: World) -> list[dict[str, Any]]:
    return [step for unit in world["units"] for step in unit["steps"]]


def as_steps(world: World) -> kernels.Steps:
    found = all_steps(world)
    lengths = [len(unit["steps"]) for unit in world["units"]]
    outcomes = [16 * (number % 5) for number in range(len(found))]
    return kernels.Steps(
        offsets=np.cumsum([0, *lengths], dtype=np.int64),
        state=np.array([unit["state"] for unit in world["units"]], dtype=np.uint8),
        touchpoint=np.array([step["touchpoint"] for step in found], dtype=np.uint16),
        channel_outcome=np.array(
            [step["channel"] + mark for step, mark in zip(found, outcomes, strict=True)], dtype=np.uint8
        ),
        place=np.array([step["place"] for step in found], dtype=np.int32),
        after=np.array([step["state"] for step in found], dtype=np.int32),
        paused=np.array([step["paused"] for step in found], dtype=np.bool_),
    )


def as_plan(world: World) -> kernels.Plan:
    allowed = [sorted(found) for found in world["allowed"]]
    return kernels.Plan(
        steps=STEPS if world["has_map"] else 0,
        move_from=np.cumsum([0, *map(len, allowed)], dtype=np.int32),
        move_step=np.array([step for found in allowed for step in found], dtype=np.int32),
        stage=np.array(world["stage"], dtype=np.int32),
        on_map=np.array([number in world["on_map"] for number in range(TOUCHPOINTS)], dtype=np.bool_),
    )


def expected_next(world: World) -> list[int]:
    stage = dict(enumerate(world["stage"])) if world["has_map"] else None
    found = []
    for unit in world["units"]:
        for step in unit["steps"]:
            step["allowed"] = world["allowed"][step["state"]]
        found += [
            kernels.NO_GAP
            if unit["state"] == REACHED and here + 1 == len(unit["steps"])
            else oracle.what_next(unit, here, stage, world["on_map"], is_pause=step["paused"])
            for here, step in enumerate(unit["steps"])
        ]
    return found


@given(worlds)
@settings(max_examples=300, deadline=None)
def test_what_came_next_equals_plain_loops(world: World) -> None:
    assert kernels.what_came_next(as_steps(world), as_plan(world)).tolist() == expected_next(world)


def expected_ends(world: World) -> list[Any]:
    paused = [[step["paused"] for step in unit["steps"]] for unit in world["units"]]
    counted = oracle.ends_by_pause(world["units"], paused)
    return [
        [[counted[place, some, goal] for goal in (False, True)] for some in (False, True)]
        for place in range(PLACES)
    ]


@given(worlds)
@settings(max_examples=300, deadline=None)
def test_how_units_ended_equals_plain_loops(world: World) -> None:
    assert kernels.ends_by_pause(as_steps(world), PLACES).tolist() == expected_ends(world)


def step(
    touchpoint: int, place: int, *, channel: int = 0, state: int = 0, paused: bool = False
) -> dict[str, Any]:
    return {"touchpoint": touchpoint, "place": place, "channel": channel, "state": state, "paused": paused}


def world(*units: tuple[int, list[dict[str, Any]]], has_map: bool = True) -> World:
    """Return units over a map of steps 0, 1, 2 in order, at touchpoints of the same codes; 3 is off it."""
    return {
        "units": [{"state": state, "steps": found} for state, found in units],
        "has_map": has_map,
        "allowed": [{0}, {1}, {2}],
        "stage": [0, 1, 2, 0, 1, 2, -1],
        "on_map": {0, 1, 2},
    }


EVERYTHING = world(
    (ABANDONED, [step(0, 0, state=1, paused=True), step(0, 3, state=1, paused=True), step(0, 3, state=1)]),
    (REACHED, [step(0, 0, state=1), step(1, 1, state=2), step(2, 2, paused=True)]),
    (SILENT, [step(0, 0, state=1), step(2, 2, channel=1, state=0), step(0, 3, state=0, paused=True)]),
    (OPEN, [step(0, 0, state=1, paused=True), step(3, 6, state=1), step(3, 6, channel=1, state=1)]),
    (OPEN, [step(1, 1, state=2), step(1, 4, state=2, paused=True)]),
)


SHUFFLED = world(
    (SILENT, [step(2, 2, state=0), step(1, 4, state=0), step(3, 6), step(1, 4)]),
    (SILENT, [step(1, 1, state=2), step(0, 3, channel=2, state=2), step(2, 2, state=0)]),
    (SILENT, [step(0, 0, state=1), step(2, 2, state=0)]),
)


def test_everything_is_told_as_defined() -> None:
    found = kernels.what_came_next(as_steps(EVERYTHING), as_plan(EVERYTHING)).tolist()
    designed, branch, unplanned, earlier, channel, nothing, not_yet, within, no_gap = range(9)
    assert found == [
        *(unplanned, unplanned, nothing),
        *(designed, designed, no_gap),
        *(branch, earlier, nothing),
        *(unplanned, channel, within),
        *(unplanned, not_yet),
    ]


MUTANTS = [
    ("max(furthest, plan.stage[steps.place[step]])", "plan.stage[steps.place[step]]"),
    ("0 <= plan.stage[to] < furthest", "0 <= plan.stage[to] <= furthest"),
    ("walked_in[steps.touchpoint[step + 1]] == unit", "walked_in[steps.touchpoint[step + 1]] >= 0"),
    ("CHANNEL_BITS = 15", "CHANNEL_BITS = 255"),
    (
        "steps.state[unit] == REACHED:\n        return NO_GAP",
        "steps.state[unit] == OPEN:\n        return NO_GAP",
    ),
    (
        "last = steps.offsets[unit + 1] - 1\n        furthest",
        "last = steps.offsets[unit + 1] - 2\n        furthest",
    ),
]


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_changed_kernel_names_something_else(old: str, new: str) -> None:
    worlds = [EVERYTHING, SHUFFLED]
    mutant = plain_module(kernels, old, new)
    found = [mutant.what_came_next(as_steps(one), as_plan(one)).tolist() for one in worlds]
    assert found != [expected_next(one) for one in worlds]
    plain = plain_module(kernels)
    assert [plain.what_came_next(as_steps(one), as_plan(one)).tolist() for one in worlds] == [
        expected_next(one) for one in worlds
    ]


END_MUTANTS = [
    (
        "if steps.state[unit] == OPEN:\n            continue",
        "if steps.state[unit] == REACHED:\n            continue",
    ),
    ("if counted_in[place] != unit:", "if counted_in[place] < 0:"),
    (
        "first, last = steps.offsets[unit], steps.offsets[unit + 1] - 1",
        "first, last = steps.offsets[unit], steps.offsets[unit + 1]",
    ),
    ("1 if paused_in[place] == unit else 0", "1 if paused_in[place] >= 0 else 0"),
]


@pytest.mark.parametrize(("old", "new"), END_MUTANTS)
def test_a_changed_kernel_counts_other_ends(old: str, new: str) -> None:
    assert plain_module(kernels, old, new).ends_by_pause(
        as_steps(EVERYTHING), PLACES
    ).tolist() != expected_ends(EVERYTHING)
    assert plain_module(kernels).ends_by_pause(as_steps(EVERYTHING), PLACES).tolist() == expected_ends(
        EVERYTHING
    )


RUNS = st.lists(
    st.tuples(st.integers(1, 5), st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=6)),
    max_size=4,
)
NEXT_STATE = [{0: 1}, {1: 2, 2: 0}, {0: 0, 2: 2}]


def expected_states(runs: list[tuple[int, list[tuple[int, int]]]]) -> list[int]:
    """Replay each run and remember the state at the last matched event not after each event."""
    found, base = [], 0
    for events, run in runs:
        state, at = 0, {}
        for step_, event in run:
            state = NEXT_STATE[state].get(step_, state)
            if event >= 0:
                at[event - base] = state
        for event in range(events):
            matched = [one for one in at if one <= event]
            found.append(at[max(matched)] if matched else 0)
        base += events
    return found


def placed(drawn: list[tuple[int, list[tuple[int, bool]]]]) -> list[tuple[int, list[tuple[int, int]]]]:
    """Let the steps marked so match the next event not yet matched, while there is one."""
    found, base = [], 0
    for events, run in drawn:
        free = iter(range(base, base + events))
        found.append((events, [(one, next(free, -1) if matches else -1) for one, matches in run]))
        base += events
    return found


@given(RUNS)
@settings(max_examples=300, deadline=None)
def test_the_state_after_each_event_equals_a_replay(drawn: list[tuple[int, list[tuple[int, bool]]]]) -> None:
    assert states(kernels, placed(drawn)) == expected_states(placed(drawn))


def states(module: Any, runs: list[tuple[int, list[tuple[int, int]]]]) -> list[int]:  # noqa: ANN401 - kernels or their mutants
    moves = [move for ways in NEXT_STATE for move in ways.items()]
    flat = [one for _, run in runs for one in run]
    found = module.states_after(
        np.cumsum([0, *map(len, NEXT_STATE)], dtype=np.int32),
        np.array([one for one, _ in moves], dtype=np.int32),
        np.array([to for _, to in moves], dtype=np.int32),
        module.Runs(
            np.cumsum([0, *(len(run) for _, run in runs)], dtype=np.int64),
            np.array([one for one, _ in flat], dtype=np.int16),
            np.array([event for _, event in flat], dtype=np.int32),
        ),
        np.cumsum([0, *(events for events, _ in runs)], dtype=np.int64),
    )
    return found.tolist()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("if runs.event[at] >= 0:", "if runs.event[at] > 0:"),
        ("event, told = runs.event[at], state", "event, told = runs.event[at] + 1, state"),
        ("found[event : offsets[unit + 1]] = told", "found[event : offsets[unit + 1]] = state"),
        ("state, told = 0, 0", "state, told = 1, 1"),
    ],
)
def test_a_changed_replay_ends_in_other_states(old: str, new: str) -> None:
    runs = [(4, [(0, 0), (1, 2), (2, -1), (0, -1)]), (2, [(0, 5)]), (1, [])]
    assert states(plain_module(kernels, old, new), runs) != expected_states(runs)
    assert states(plain_module(kernels), runs) == expected_states(runs) == [1, 1, 2, 2, 0, 1, 0]


def test_the_oracle_counts_every_kind() -> None:
    """A guard on the generator: each kind occurs, so no branch is compared with nothing."""
    kinds = Counter(expected_next(EVERYTHING) + expected_next(SHUFFLED))
    assert set(kinds) == set(range(9))
