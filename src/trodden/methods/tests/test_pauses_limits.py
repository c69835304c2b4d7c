from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import pauses as oracle
from trodden.methods.journeys.pauses_limits import SOURCES, MoveGaps, PlaceGaps, learn_limits, limits_of
from trodden.methods.journeys.pauses_places import Place

NAMES = tuple(Place(name) for name in "abc")
measured = st.tuples(st.integers(0, 60), st.integers(0, 200))
"""Gaps, and the 0.9 quantile in seconds."""

worlds = st.fixed_dictionaries(
    {
        "moves": st.dictionaries(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), measured),
        "steps": st.dictionaries(st.sampled_from(NAMES), measured),
        "all": st.one_of(st.none(), measured),
        "floor": st.integers(0, 100),
        "stated": st.one_of(st.none(), st.integers(0, 200)),
        "asked": st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 2)), min_size=1, max_size=9),
    }
)


def limits_from(world: dict[str, Any]) -> Any:  # noqa: ANN401 - what is under test
    return learn_limits(
        world["floor"] * 1_000_000,
        None,
        NAMES,
        [MoveGaps(*move, gaps, 0.0, float(p90)) for move, (gaps, p90) in world["moves"].items()],
        [PlaceGaps(place, gaps, 0.0, float(p90)) for place, (gaps, p90) in world["steps"].items()],
        (0, None) if world["all"] is None else (world["all"][0], float(world["all"][1])),
    )


def learned_of(world: dict[str, Any]) -> dict[str, Any]:
    enough = {
        kind: {key: (p90 * 1_000_000, gaps) for key, (gaps, p90) in world[kind].items() if gaps >= 30}
        for kind in ("moves", "steps")
    }
    everywhere = None if world["all"] is None else (world["all"][1] * 1_000_000, world["all"][0])
    return {"floor": world["floor"] * 1_000_000, "all": everywhere, **enough}


@given(worlds)
@settings(max_examples=300)
def test_limits_equal_plain_look_ups(world: dict[str, Any]) -> None:
    """Whatever the map states for the step that may come next is read only while a gap lasts."""
    source, target = (np.array(side, dtype=np.int64) for side in zip(*world["asked"], strict=True))
    stated = None if world["stated"] is None else world["stated"] * 1_000_000
    longest = np.full(len(source), -1 if stated is None else stated, dtype=np.int64)
    found = limits_of(limits_from(world), source, target, longest)
    told = [
        (limit, SOURCES[origin], gaps)
        for limit, origin, gaps in zip(
            found.limit.tolist(), found.source.tolist(), found.gaps.tolist(), strict=True
        )
    ]
    learned = learned_of(world)
    assert told == [
        oracle.limit_of(NAMES[at], None if to < 0 else NAMES[to], learned, stated if to < 0 else None)
        for at, to in world["asked"]
    ]


def test_thirty_gaps_are_enough_and_twenty_nine_are_not() -> None:
    world: dict[str, Any] = {"moves": {}, "steps": {NAMES[0]: (30, 99)}, "all": (500, 77), "floor": 60}
    sources = []
    for gaps in (29, 30):
        world["moves"] = {(NAMES[0], NAMES[1]): (gaps, 88)}
        found = limits_of(limits_from(world), np.array([0]), np.array([1]), np.array([-1]))
        sources.append((SOURCES[int(found.source[0])], int(found.limit[0]) // 1_000_000, int(found.gaps[0])))
    assert sources == [("step", 99, 30), ("move", 88, 30)]


def test_names_of_the_reference_that_nobody_knows_here_are_passed_over() -> None:
    limits = learn_limits(
        0,
        None,
        NAMES,
        [MoveGaps(Place("x"), NAMES[0], 50, 1.0, 2.0)],
        [PlaceGaps(Place("x"), 50, 1.0, 2.0)],
        (0, None),
    )
    assert len(limits.move_keys) == 0
    assert limits.steps.tolist() == [-1, -1, -1]
