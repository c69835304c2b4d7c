from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import stats as stats_oracle
from tests.oracles import transitions as oracle
from trodden.methods.journeys import kernels_transitions, transitions
from trodden.methods.journeys.transitions import (
    ENDS,
    MoveGroups,
    count_moves,
    empty_groups,
    group_moves,
    groups_of,
)
from trodden.methods.journeys.units import OPEN, SILENT, Units
from trodden.methods.stats.logbins import BINS, bin_of
from trodden.methods.stats.medians import Counted
from trodden.methods.tests.buckets import units_of
from trodden.methods.tests.mutants import plain_module

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = "abc"
COLUMNS = (*NAMES, *ENDS)
Walk = list[tuple[int, int]]

gaps = st.one_of(st.sampled_from((0, 499_999, 500_000, 1_000_000, 128_000_000)), st.integers(0, 10**13))
walks = st.lists(
    st.lists(st.tuples(st.integers(0, 2), gaps), min_size=1, max_size=6).map(lambda steps: timed(steps)),  # noqa: PLW0108 - defined below
    max_size=5,
)


def timed(steps: Walk) -> Walk:
    times = np.cumsum([gap for _, gap in steps]).tolist()
    return [(code, int(at)) for (code, _), at in zip(steps, times, strict=True)]


def states(count: int) -> list[int]:
    return [OPEN if place % 3 else SILENT for place in range(count)]


def plain_units(log: list[Walk], customers: Sequence[int]) -> list[oracle.Unit]:
    return [
        (str(who), [(NAMES[code], at) for code, at in walk], state == OPEN)
        for walk, who, state in zip(log, customers, states(len(log)), strict=True)
    ]


def units_and_plain(log: list[Walk]) -> tuple[Units, list[oracle.Unit]]:
    """Return units of which every second belongs to the customer of the one before, and the same as lists."""
    customers = np.arange(len(log)) // 2
    units = units_of(log, states(len(log)))
    object.__setattr__(units, "customer", customers)
    return units, plain_units(log, customers.tolist())


def number(pair: tuple[str, str]) -> int:
    return COLUMNS.index(pair[0]) * len(COLUMNS) + COLUMNS.index(pair[1])


def grouped(units: Units, pairs: list[tuple[str, str]], other: int) -> MoveGroups:
    moves = np.array([number(pair) for pair in pairs], dtype=np.int64)
    groups = groups_of(moves, np.arange(len(moves), dtype=np.int32), len(NAMES), other=other)
    return group_moves(units, len(NAMES), groups, len(pairs) + 1)


@settings(deadline=None, max_examples=200)
@given(log=walks)
def test_moves_equal_plain_loops(log: list[Walk]) -> None:
    units, plain = units_and_plain(log)
    expected = {number(pair): move.count for pair, move in oracle.count(plain).items()}
    counted = count_moves(units, len(NAMES))
    assert dict(zip(counted.keys.tolist(), counted.counts.tolist(), strict=True)) == expected


def binned(gaps: Counted) -> Counter[int]:
    assert gaps.bins is not None
    return Counter(dict(zip(gaps.bins.tolist(), gaps.counts.tolist(), strict=True)))


def agrees(
    found: MoveGroups, pairs: list[tuple[str, str]], plain: list[oracle.Unit], *, all_else: bool
) -> bool:
    moves = oracle.count(plain)
    hidden = [move for pair, move in moves.items() if pair not in pairs and all_else]
    expected = [*(moves.get(pair, oracle.Move()) for pair in pairs), oracle.together(hidden)]
    told = found.gaps(range(len(expected)))
    return (
        found.counts.tolist() == [move.count for move in expected]
        and found.customers.tolist() == [len(move.customers) for move in expected]
        and [binned(gaps) for gaps in told]
        == [Counter(stats_oracle.bin_of(gap * 1_000) for gap in move.gaps) for move in expected]
    )


PAIRS = [("a", "b"), ("START", "a"), ("b", "b"), ("c", "OPEN"), ("c", "a")]


@settings(deadline=None, max_examples=200)
@given(log=walks, all_else=st.booleans())
def test_groups_of_moves_equal_plain_loops(log: list[Walk], *, all_else: bool) -> None:
    units, plain = units_and_plain(log)
    found = grouped(units, PAIRS, len(PAIRS) if all_else else -1)
    assert agrees(found, PAIRS, plain, all_else=all_else)


@settings(deadline=None, max_examples=50)
@given(log=walks)
def test_large_dictionaries_are_counted_alike(log: list[Walk]) -> None:
    units, plain = units_and_plain(log)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(transitions, "DENSE_COUNTS", 0)
        patched.setattr(transitions, "DENSE_GROUPS", 0)
        sorted_counts = count_moves(units, len(NAMES))
        bisected = grouped(units, PAIRS, len(PAIRS))
    counts = count_moves(units, len(NAMES))
    assert sorted_counts.keys.tolist() == counts.keys.tolist()
    assert sorted_counts.counts.tolist() == counts.counts.tolist()
    assert agrees(bisected, PAIRS, plain, all_else=True)


@settings(deadline=None, max_examples=50)
@given(logs=st.lists(walks, min_size=2, max_size=4), most=st.sampled_from((0, 3, 10**9)))
def test_groups_add_up_in_any_order(logs: list[list[Walk]], most: int) -> None:
    whole, plain = units_and_plain([walk for log in logs for walk in log + log[: len(log) % 2]])
    del whole
    parts = [units_and_plain(log + log[: len(log) % 2])[0] for log in logs]
    plain = [
        (f"{place}-{who}", steps, is_open)
        for place, log in enumerate(logs)
        for who, steps, is_open in units_and_plain(log + log[: len(log) % 2])[1]
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(transitions, "MOST_BINS", most)
        for order in (parts, parts[::-1]):
            total = empty_groups(len(PAIRS) + 1)
            for units in order:
                total = total.add(grouped(units, PAIRS, len(PAIRS)))
            assert agrees(total, PAIRS, plain, all_else=True)


@settings(deadline=None, max_examples=500)
@given(gap=gaps)
def test_a_gap_has_the_bin_of_its_milliseconds(gap: int) -> None:
    found = kernels_transitions.bin_of_gap(gap)
    assert found == bin_of(np.array([gap // 1_000]))[0]
    assert found < BINS == kernels_transitions.BINS


def test_every_edge_of_a_bin_is_where_it_should_be() -> None:
    for octave in range(32):
        for seconds in (2**octave - 1, 2**octave, 2**octave + 1):
            assert (
                kernels_transitions.bin_of_gap(seconds * 1_000_000) == bin_of(np.array([seconds * 1_000]))[0]
            )


MUTANTS = [
    ("if moves.state[unit] == OPEN_UNIT else 1", "if moves.state[unit] != OPEN_UNIT else 1"),
    ("moves.touchpoint[moves.offsets[unit + 1] - 1]", "moves.touchpoint[moves.offsets[unit]]"),
    ("customers[group, 0] += customers[group, 1] != customer", "customers[group, 0] += 1"),
    ("gap + SECOND // 2", "gap"),
    ("seconds if seconds < PLAIN", "seconds if seconds < 4 * PLAIN"),
    ("            source, left_at = target, arrived_at", "            source = target"),
    ("places[chunk, group + 1])", "places[chunk, group + 1] - 1)"),
    ("counts[bins[place]] += 1", "counts[bins[place]] += 2"),
    ("range(first + 1, moves.offsets[unit + 1])", "range(first + 1, moves.offsets[unit + 1] - 1)"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [("", ""), *MUTANTS])
def test_a_changed_kernel_counts_otherwise(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    plain = plain_module(kernels_transitions, old, new)
    for name in ("count_moves", "grouped_moves", "gaps_of_groups"):
        monkeypatch.setattr(kernels_transitions, name, getattr(plain, name))
    random = Random(7)
    log = [
        timed([(random.randrange(3), random.choice((0, 500_000, 3 * 10**8, 10**9))) for _ in range(6)])
        for _ in range(30)
    ]
    units, plain_log = units_and_plain(log)
    found = grouped(units, PAIRS, len(PAIRS))
    counted = count_moves(units, len(NAMES))
    expected = {number(pair): move.count for pair, move in oracle.count(plain_log).items()}
    same = dict(zip(counted.keys.tolist(), counted.counts.tolist(), strict=True)) == expected
    assert (same and agrees(found, PAIRS, plain_log, all_else=True)) == (old == "")
