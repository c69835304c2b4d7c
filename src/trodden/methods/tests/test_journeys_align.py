"""Alignments against the worked table, the brute-force oracle, and kernels that were tampered with."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import alignment as oracle
from tests.oracles.alignment import Seen
from trodden.methods.journeys import kernels_align
from trodden.methods.journeys.automaton import compile_map
from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.units import OPEN, REACHED, SILENT
from trodden.methods.tests.journeys_aligned import (
    catalog_of,
    in_words,
    maps,
    seeded_examples,
    seen,
    solve,
    walks,
)
from trodden.methods.tests.mutants import plain_module
from trodden.model.errors import TooLargeError
from trodden.model.journey_map import JourneyMap

WORKED = parse_map("{name: worked, flow: [a, choice: [[b], [c]], optional: [d], e]}")


@pytest.mark.parametrize(
    ("walk", "state", "cost", "rows"),
    [
        ("abe", REACHED, 0, []),
        ("ae", REACHED, 1, [("missing", "b", 1, -1)]),
        ("abce", REACHED, 1, [("wrong branch", "c", 1, 2)]),
        ("abbe", REACHED, 1, [("repeated", "b", 1, 2)]),
        ("bae", REACHED, 2, [("out of order", "a", 2, 1)]),
        ("adbe", REACHED, 1, [("out of order", "d", 1, 1)]),
        ("axbe", REACHED, 1, [("ad hoc", "x", 1, 1)]),
        ("ab", SILENT, 1, [("departed", "e", 1, -1)]),
        ("a", SILENT, 2, [("departed", "b", 2, -1)]),
        ("a", OPEN, 0, []),
    ],
)
def test_the_worked_table_comes_out_as_written(
    walk: str, state: int, cost: int, rows: list[tuple[str, str, int, int]]
) -> None:
    [found] = in_words(*solve(WORKED, [seen(walk)], [state]))
    assert (found.cost, found.rows) == (cost, rows)


def test_steps_in_any_order_fit_in_any_order() -> None:
    beside = parse_map("{name: beside, flow: [parallel: [a, b], c]}")
    found = in_words(*solve(beside, [seen("abc"), seen("bac")], [REACHED, REACHED]))
    assert [one.cost for one in found] == [0, 0]


TWICE = parse_map("{name: twice, steps: [{id: a1, match: a}, {id: a2, match: a}], flow: [a1, b, a2]}")


def test_an_event_matches_the_earliest_step_of_the_run_it_can() -> None:
    [found] = in_words(*solve(TWICE, [seen("a")], [REACHED]))
    assert (found.run, found.events) == (["a1", "b", "a2"], [0, None, None])


def test_of_two_runs_the_smaller_in_document_order_is_taken() -> None:
    either = parse_map("{name: either, flow: [a, choice: [c, b], e]}")
    [found] = in_words(*solve(either, [seen("ae")], [REACHED]))
    assert found.run == ["a", "c", "e"]


@given(maps(), st.lists(walks(), min_size=1, max_size=3), st.sampled_from((OPEN, REACHED, SILENT)))
@settings(max_examples=300, deadline=None)
def test_alignments_and_deviations_equal_brute_force(
    journey_map: JourneyMap, drawn: list[list[Seen]], state: int
) -> None:
    found = in_words(*solve(journey_map, drawn, [state] * len(drawn)))
    for walk, mine in zip(drawn, found, strict=True):
        theirs = oracle.align(journey_map, walk, is_open=state == OPEN, reached=state == REACHED)
        assert (mine.cost, mine.run, mine.events) == (theirs.cost, theirs.run, theirs.events)
        assert sorted(mine.rows) == sorted(theirs.rows)
        assert sorted(mine.flags) == sorted(theirs.flags)
        assert sum(cost for _, _, cost, _ in mine.rows) == mine.cost


@given(maps(), walks(longest=30))
@settings(max_examples=100, deadline=None)
def test_a_journey_longer_than_one_block_of_the_key_is_aligned_as_exactly(
    journey_map: JourneyMap, walk: list[Seen]
) -> None:
    narrow = plain_module(kernels_align)
    narrow.KEY_BITS = 18
    assert aligned_by(narrow, journey_map, walk) == aligned_by(kernels_align, journey_map, walk)


def test_a_walk_of_hundreds_of_events_equals_brute_force() -> None:
    journey_map = parse_map(
        "{name: long, flow: [a, loop: {flow: [parallel: [b, [c, optional: [d]]]], again: [e]}, x]}"
    )
    walk = seen("a" + "bcebdceccbebbdcexcbe" * 12 + "x")
    theirs = oracle.align(journey_map, walk, is_open=False)
    assert aligned_by(kernels_align, journey_map, walk) == (theirs.cost, theirs.run, theirs.events)


def test_a_journey_too_large_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = parse_map("{name: wide, flow: [parallel: [a, b, c, d, e, f, g, h, i, j, k, l]]}")
    small = plain_module(kernels_align)
    small.MOST_CELLS = 1 << 13
    monkeypatch.setattr("trodden.methods.journeys.kernels_align.align", small.align)
    with pytest.raises(
        TooLargeError, match="A journey of 3 events cannot be aligned with a map of 4,096 states"
    ):
        solve(wide, [seen("ab"), seen("abb")], [REACHED, REACHED])


def aligned_by(
    kernels: object, journey_map: JourneyMap, walk: list[Seen], state: int = REACHED
) -> tuple[int, list[str], list[int | None]]:
    """Align one walk by the kernels of a module."""
    automaton = compile_map(journey_map, catalog_of(journey_map))
    rows = automaton.symbols.by_outcome
    outcomes = {"unknown": 0, "ok": 1, "failed": 2, "declined": 3, "partial": 6}
    codes = [rows.get("abcdex".index(event.touchpoint), (0,) * 7)[outcomes[event.outcome]] for event in walk]
    room = 2 * len(walk) + automaton.cheapest_run
    found = kernels.Found(
        np.zeros(1, np.int32),
        np.zeros(len(walk), np.int16),
        np.zeros(2, np.int64),
        np.zeros(room, np.int16),
        np.zeros(room, np.int32),
    )
    journeys = kernels.Journeys(
        np.array([0, len(walk)], np.int64), np.array([state], np.uint8), np.array(codes, np.int32)
    )
    assert kernels.align(automaton.tables, journeys, found) == -1
    used = int(found.run_offsets[1])
    events = [event if event >= 0 else None for event in found.run_event[:used].tolist()]
    return int(found.cost[0]), [automaton.steps[step] for step in found.run_step[:used]], events


BACK = parse_map("{name: back, flow: [loop: {flow: [a, b], again: [c, d]}]}")


@cache
def examples() -> list[tuple[JourneyMap, list[Seen], int, oracle.Aligned]]:
    """Return what kernels are tried on, with the oracle's word on each."""
    worked = [(WORKED, seen(walk), REACHED) for walk in ("ae", "abbe", "bae", "adbe", "axbe", "ebca")]
    back = [(BACK, seen(walk), REACHED) for walk in ("abab", "abdbab", "bdcabcdb")]
    tried = [*worked, *back, (TWICE, seen("a"), REACHED), *seeded_examples(250, longest=14)]
    return [(*one, oracle.align(one[0], one[1], is_open=one[2] == OPEN)) for one in tried]


def is_wrong(kernels: object) -> bool:
    """Tell whether a module's kernels part from the oracle anywhere."""
    return any(
        aligned_by(kernels, journey_map, walk, state) != (theirs.cost, theirs.run, theirs.events)
        for journey_map, walk, state, theirs in examples()
    )


@pytest.mark.parametrize("key_bits", [62, 15])
def test_the_kernel_in_plain_python_agrees_with_the_oracle(key_bits: int) -> None:
    kernels = plain_module(kernels_align)
    kernels.KEY_BITS = key_bits
    assert not is_wrong(kernels)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1 << (low - 1 - row)", "1 << (low - 2 + row)"),
        (">= step:", "> step:"),
        ("0 if is_open else", "0 if not is_open else"),
        ("range(highest - 1, lowest - 1, -1)", "range(highest - 2, lowest - 1, -1)"),
        ("for row in range(length - 1, -1, -1)", "for row in range(length - 2, -1, -1)"),
        ("for state in range(highest - 1, -1, -1):", "for state in range(0):"),
        ("column[state] - low[state] + rank", "column[state] - low[state] - rank"),
        ("(1 << shift) + (1 << low)", "1 << shift"),
    ],
)
def test_a_tampered_kernel_is_noticed(old: str, new: str) -> None:
    kernels = plain_module(kernels_align, old, new)
    kernels.KEY_BITS = 15
    try:
        noticed = is_wrong(kernels)
    except (IndexError, AssertionError, OverflowError):
        noticed = True
    assert noticed
