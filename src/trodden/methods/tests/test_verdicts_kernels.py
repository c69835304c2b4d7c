"""Who went which way at a fork: the kernels against plain loops, on random maps and walks."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import verdicts as oracle
from trodden.methods.journeys import kernels_verdicts as kernels
from trodden.methods.journeys.deviations import KINDS
from trodden.methods.journeys.units import OPEN, REACHED, SILENT
from trodden.methods.journeys.verdicts import ANY, Judging, Way, _aligned, _ways, open_parts
from trodden.methods.journeys.walked import Codes
from trodden.methods.tests.journeys_aligned import (
    TOUCHPOINTS,
    in_words,
    maps,
    seeded_examples,
    seen,
    solve,
    walks,
)
from trodden.methods.tests.mutants import plain_module
from trodden.model.journey_map import JourneyMap, StepRef

if TYPE_CHECKING:
    from tests.oracles.alignment import Seen
    from trodden.methods.journeys.automaton import Automaton

WALK_ONLY = ("out of order", "wrong branch", "repeated")


def every_way(automaton: Automaton) -> list[oracle.Way]:
    """Return all ways there could be off a map."""
    steps, sources = automaton.steps, ("", *automaton.steps)
    return [
        *(oracle.Way(*one) for one in product(sources, (*WALK_ONLY, *oracle.FLAGS), steps)),
        *(oracle.Way(source, "ad hoc", "", name) for source in sources for name in TOUCHPOINTS),
        *(
            oracle.Way(source, "missing", step, "", target)
            for source, step, target in product(sources, steps, steps)
        ),
    ]


def coded(automaton: Automaton, codes: Codes, way: oracle.Way) -> Way:
    number = {name: code for code, name in enumerate(automaton.steps)}
    return Way(
        source=number.get(way.source, codes.start),
        kind=KINDS.index(way.kind) + 1,  # type: ignore[arg-type]
        step=number.get(way.step, ANY),
        touchpoint=TOUCHPOINTS.index(way.touchpoint) if way.touchpoint else ANY,
        target=number.get(way.target, ANY),
    )


def found_by(
    module: Any,  # noqa: ANN401 - kernels or mutants
    journey_map: JourneyMap,
    walked: list[list[Seen]],
    states: list[int],
) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
    """Return every passage as the kernels and as plain loops tell it."""
    automaton, units, found, kinds = solve(journey_map, walked, states)
    codes = Codes(len(automaton.steps), len(TOUCHPOINTS))
    by_code = {coded(automaton, codes, way): way for way in every_way(automaton)}
    listed = tuple(sorted(by_code))
    inside = open_parts(journey_map, automaton.steps, listed)
    judging = Judging(automaton, codes, listed, None, None, inside)  # type: ignore[arg-type]
    ways, aligned = _ways(judging), _aligned(units, found, kinds)
    room = (len(units.touchpoint) + len(units)) * max(int(np.diff(ways.offsets).max()), 1)
    rows = kernels.Passed(*(np.zeros(room, dtype=np.int64) for _ in kernels.Passed._fields))
    used = module.pass_forks(aligned, ways, rows)
    told = set(zip(*(column[:used].tolist() for column in rows), strict=True))
    expected = set[tuple[Any, ...]]()
    words = in_words(automaton, units, found, kinds)
    for unit, (walk, state) in enumerate(zip(walked, states, strict=True)):
        first = int(units.offsets[unit])
        for number, code in enumerate(judging.ways):
            if state == OPEN:
                continue
            one = oracle.passage(journey_map, walk, words[unit], by_code[code], reached=state == REACHED)
            if one is not None:
                join = kernels.LEFT if one.join is None else first + one.join
                expected.add((unit, number, int(one.did), first + one.fork, join, one.done, one.strayed))
    assert len(told) == used
    return told, expected


@given(
    maps(),
    st.lists(st.tuples(walks(), st.sampled_from((OPEN, REACHED, SILENT, SILENT))), min_size=1, max_size=3),
)
def test_ways_at_forks_equal_plain_loops(
    journey_map: JourneyMap, walked: list[tuple[list[Seen], int]]
) -> None:
    told, expected = found_by(
        kernels, journey_map, [walk for walk, _ in walked], [state for _, state in walked]
    )
    assert told == expected


MUTANTS = [
    ("if aligned.state[unit] != OPEN:", "if aligned.state[unit] == OPEN:"),
    ("if seen[source] != unit:", "if True:"),
    ("missed += aligned.run_kind[between] == MISSING", "missed += aligned.run_kind[between] != MISSING"),
    ("if fork.next_event != fork.event + 1:\n        return NEITHER, LEFT\n    if", "if"),
    ("range(fork.event + 1, fork.next_event)", "range(fork.event + 1, fork.next_event - 1)"),
    ("return DESIGNED if follows else NEITHER, fork.next_event", "return DESIGNED, fork.next_event"),
    ("range(fork.place + 1, fork.next_place)", "range(fork.place + 2, fork.next_place)"),
    ("range(fork.next_place + 1, fork.run_end)", "range(fork.next_place, fork.run_end - 1)"),
    ("(1 << (ways.kind[way] - FIRST_FLAG))", "(2 << (ways.kind[way] - FIRST_FLAG))"),
    ("aligned.event_about[event] != ways.step[way]", "aligned.event_about[event] < ways.step[way]"),
]


FAILING = JourneyMap(name="failing", flow=(StepRef("a"), StepRef("b"), StepRef("c")))


def differs(module: Any) -> bool:  # noqa: ANN401 - kernels or mutants
    for journey_map, walk, state in (*seeded_examples(60), (FAILING, seen("a b!failed c"), REACHED)):
        try:
            told, expected = found_by(module, journey_map, [walk, walk[:3]], [state, SILENT])
        except (IndexError, AssertionError):
            return True
        if told != expected:
            return True
    return False


@pytest.mark.parametrize(("old", "new"), MUTANTS)
def test_a_changed_kernel_is_noticed(old: str, new: str) -> None:
    assert differs(plain_module(kernels, old, new))


def test_the_plain_kernels_are_right() -> None:
    assert not differs(plain_module(kernels))


horizons = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 12)), min_size=1, max_size=8)


def until_by(module: Any, times: list[int], asked: list[tuple[int, int]]) -> list[int]:  # noqa: ANN401 - kernels or mutants
    rows = np.array([min(row, len(times) - 1) for row, _ in asked], dtype=np.int64)
    ends = np.full(len(asked), len(times), dtype=np.int64)
    limits = np.array([limit for _, limit in asked], dtype=np.int64)
    return module.rows_until(rows, ends, limits, np.array(times, dtype=np.int64)).tolist()


def until_by_loops(times: list[int], asked: list[tuple[int, int]]) -> list[int]:
    found = []
    for row, limit in asked:
        later = [at for at in range(min(row, len(times) - 1) + 1, len(times)) if times[at] > limit]
        found.append(later[0] if later else len(times))
    return found


@given(st.lists(st.integers(0, 10), min_size=1, max_size=6).map(sorted), horizons)
def test_the_horizon_ends_before_the_first_later_row(times: list[int], asked: list[tuple[int, int]]) -> None:
    assert until_by(kernels, times, asked) == until_by_loops(times, asked)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("occurred_at[middle] <= until[one]", "occurred_at[middle] < until[one]"),
        ("low, high = row[one] + 1, ends[one]", "low, high = row[one], ends[one]"),
        ("low, high = row[one] + 1, ends[one]", "low, high = row[one] + 1, ends[one] - 1"),
    ],
)
def test_a_changed_horizon_is_noticed(old: str, new: str) -> None:
    times, asked = [1, 3, 3, 5], [(0, 3), (1, 9), (2, 2), (0, 0)]
    assert until_by(kernels, times, asked) == until_by_loops(times, asked) == [3, 4, 3, 1]
    assert until_by(plain_module(kernels, old, new), times, asked) != until_by_loops(times, asked)
