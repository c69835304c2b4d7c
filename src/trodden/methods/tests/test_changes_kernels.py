"""Changes of mind by the kernels against plain loops, on random units."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import changes as oracle
from tests.oracles.changes import Change, Seen, World
from trodden.methods.journeys import kernels_changes as kernels
from trodden.methods.journeys.changes import HOW, KINDS, ping_pongs, reworks
from trodden.methods.journeys.units import ABANDONED, OPEN, REACHED, SILENT
from trodden.methods.tests.buckets import units_of
from trodden.methods.tests.mutants import plain_module
from trodden.model.event import CHANNELS, OUTCOMES

NAMES = ("a", "b", "c", "d", "edit", "cancel", "x")
STATES = {"open": OPEN, "reached": REACHED, "abandoned": ABANDONED, "silent": SILENT}
WORLD = World(
    aims={"edit": "edit", "cancel": "cancel"},
    on_map=frozenset("abcd"),
    branches=({"b": 0, "c": 1}, {"c": 0, "d": 1}),
    within=10,
)
Unit = tuple[list[Seen], str]

events = st.builds(
    Seen,
    at=st.integers(0, 6),
    touchpoint=st.sampled_from(NAMES),
    channel=st.sampled_from(("web", "web", "phone", "email")),
    outcome=st.sampled_from(("ok", "ok", "failed", "abandoned", "unknown")),
    matched=st.one_of(st.none(), st.none(), st.integers(0, 3)),
    stage=st.one_of(st.none(), st.integers(0, 2)),
)


@st.composite
def some_units(draw: st.DrawFn) -> list[Unit]:
    found: list[Unit] = []
    for listed in draw(st.lists(st.lists(events, min_size=1, max_size=9), max_size=4)):
        at, timed = 0, list[Seen]()
        for event in listed:
            at += event.at
            matched = event.matched if event.touchpoint in WORLD.on_map else None
            timed.append(Seen(at, event.touchpoint, event.channel, event.outcome, matched, event.stage))
        found.append((timed, draw(st.sampled_from(sorted(STATES)))))
    return found


def steps_of(module: Any, found: list[Unit]) -> Any:  # noqa: ANN401 - kernels or mutants
    listed = [event for one, _ in found for event in one]
    coded = [CHANNELS.index(one.channel) | OUTCOMES.index(one.outcome) << 4 for one in listed]
    return module.Steps(
        np.cumsum([0, *(len(one) for one, _ in found)], dtype=np.int64),
        np.array([STATES[state] for _, state in found], dtype=np.uint8),
        np.array([one.at for one in listed], dtype=np.int64),
        np.array([NAMES.index(one.touchpoint) for one in listed], dtype=np.uint16),
        np.array(coded, dtype=np.uint8),
        np.array([-1 if one.matched is None else one.matched for one in listed], dtype=np.int16),
        np.array([-1 if one.stage is None else one.stage for one in listed], dtype=np.int32),
    )


def knows_of(module: Any) -> Any:  # noqa: ANN401 - as above
    return module.Knows(
        np.array([KINDS.index(WORLD.aims[n]) + 1 if n in WORLD.aims else 0 for n in NAMES], dtype=np.uint8),
        np.array([name in WORLD.on_map for name in NAMES]),
        np.array([[choice.get(name, -1) for choice in WORLD.branches] for name in NAMES], dtype=np.int32),
    )


def found_by(module: Any, found: list[Unit]) -> list[list[Change]]:  # noqa: ANN401 - as above
    steps, knows = steps_of(module, found), knows_of(module)
    many = len(steps.touchpoint)
    changes = module.Changes(*(np.zeros(many, dtype=np.int64) for _ in range(6)))
    rows = module.find_changes(steps, knows, WORLD.within, changes)
    contacts = np.zeros(rows, dtype=np.int64)
    module.count_contacts(steps, knows, changes.first[:rows], changes.last[:rows], contacts)
    listed: list[list[Change]] = [[] for _ in found]
    for row in range(rows):
        unit, start = int(changes.unit[row]), int(steps.offsets[changes.unit[row]])
        progress = int(changes.progress[row])
        listed[unit].append(
            Change(
                KINDS[changes.kind[row] - 1],
                HOW[changes.could[row]],
                int(changes.first[row]) - start,
                int(changes.last[row]) - start,
                None if progress < 0 else progress,
                int(contacts[row]),
            )
        )
    return listed


def expected(found: list[Unit]) -> list[list[Change]]:
    return [oracle.changes_of(listed, state, WORLD) for listed, state in found]


@given(some_units())
@settings(deadline=None)
def test_changes_equal_plain_loops(found: list[Unit]) -> None:
    assert found_by(kernels, found) == expected(found)


def unit(text: str, state: str = "silent") -> Unit:
    """Read ``touchpoint[@channel][!outcome][#matched][~stage]`` words; ``+n`` lets so much time pass."""
    at, listed = 0, list[Seen]()
    for word in text.split():
        if word.startswith("+"):
            at += int(word[1:])
            continue
        rest, _, stage = word.partition("~")
        rest, _, matched = rest.partition("#")
        rest, _, outcome = rest.partition("!")
        name, _, channel = rest.partition("@")
        numbers = [int(part) if part else None for part in (matched, stage)]
        listed.append(Seen(at, name, channel or "web", outcome or "ok", *numbers))
    return listed, state


EVERYTHING = [
    unit("a#0~0 b#1~1 d#3~2 a~0 b~1 +1 d~2"),
    unit("a#0~0 b#1~1 a!failed~0 +3 x@phone +2 a~0 d#3~2"),
    unit("a#0~0 edit!failed +10 x@phone", "reached"),
    unit("a#0~0 edit!failed +5 edit!abandoned +6 x@phone edit"),
    unit("edit!failed x@email edit@phone edit!failed x@phone", "abandoned"),
    unit("edit!declined x@phone", "open"),
    unit("edit!unknown cancel!failed cancel b c#2 b"),
    unit("a!failed b#1 a c d"),
    unit("c a#0 a a!failed a~0 x~0"),
    unit("b#1~1 a~0 edit!failed d#3~1 d@phone"),
    unit("b c x c"),
    unit("a#0~1 x~0 b~0 x b!unresolved"),
    unit("d#3~2 a#0~1 b~1 cancel!failed +10 cancel@web +1 cancel!failed"),
    unit("edit!failed d@phone edit!failed"),
    unit("b#1 d"),
    unit("a#0 d#1 a!unknown d#1 a d"),
    unit("c#2~1 a~1"),
    unit("edit!declined"),
]


def test_everything_is_told_as_defined() -> None:
    assert found_by(kernels, EVERYTHING) == expected(EVERYTHING)
    kinds = {(one.kind, one.could) for listed in expected(EVERYTHING) for one in listed}
    assert {kind for kind, _ in kinds} == {"edit", "cancel", "other branch", "back"}
    assert {could for _, could in kinds} == set(HOW)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("steps.occurred_at[first] <= within", "steps.occurred_at[first] < within"),
        ("is_back = is_back and steps.matched[event] < 0", "is_back = is_back"),
        ("0 <= stage < furthest_stage or", "0 <= stage <= furthest_stage or"),
        ("and designed > room.visit[code]", ""),
        ("return not _is_failing(steps.channel_outcome[room.visit[code]]) and", "return"),
        ("if room.seen_in[code] != unit:", "if room.seen_in[code] < 0:"),
        ("room.taken[choice] >= 0 and", ""),
        ("        room.taken[:] = -1\n", ""),
        ("room.is_told[event] = True", "room.is_told[first] = True"),
        ("now >> 4 != UNKNOWN or kind >= OTHER_BRANCH", "now >> 4 != UNKNOWN"),
        ("elif event < ending and", "elif"),
        ("REFUSING = (1 << 2) | (1 << 3)", "REFUSING = 1 << 2"),
        ("1 == 1 and not knows.on_map[code]", "1 == 1"),
        ("steps.matched[detour] < 0", "True"),
    ],
)
def test_a_changed_kernel_is_noticed(old: str, new: str) -> None:
    assert found_by(plain_module(kernels), EVERYTHING) == expected(EVERYTHING)
    assert found_by(plain_module(kernels, old, new), EVERYTHING) != expected(EVERYTHING)


def marked(module: Any, found: list[Unit]) -> list[list[int]]:  # noqa: ANN401 - kernels or mutants
    steps = steps_of(module, found)
    marks = np.zeros(len(steps.stage), dtype=np.bool_)
    module.mark_backtracks(steps.offsets, steps.stage, marks)
    return [np.flatnonzero(marks[first:last]).tolist() for first, last in pairwise(steps.offsets.tolist())]


@given(some_units())
@settings(deadline=None)
def test_backtracks_equal_plain_loops(found: list[Unit]) -> None:
    assert marked(kernels, found) == [oracle.backtracks(listed) for listed, _ in found]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0 <= stage[step] < furthest", "stage[step] < furthest"),
        ("0 <= stage[step] < furthest", "0 <= stage[step] <= furthest"),
        ("furthest = max(furthest, stage[step])", "furthest = stage[step]"),
        ("        furthest = -1\n", "        furthest = -1 if unit == 0 else furthest\n"),
    ],
)
def test_a_changed_mark_is_noticed(old: str, new: str) -> None:
    found = [unit("a~1 b~1 c~2 x a~1 b~1"), unit("a~0 b~1")]
    assert marked(plain_module(kernels), found) == [[4, 5], []]
    assert marked(plain_module(kernels, old, new), found) != [[4, 5], []]


walks = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=8), max_size=5)


@given(walks)
def test_patterns_equal_plain_loops(found: list[list[int]]) -> None:
    units = units_of([[(code, 0) for code in walk] for walk in found])
    named = [[str(code) for code in walk] for walk in found]
    code = units.touchpoint
    pairs = [(str(code[event]), str(code[event - 1])) for event in ping_pongs(units).tolist()]
    assert pairs == [pair for walk in named for pair in oracle.ping_pongs(walk)]
    again = list(zip(*(column.tolist() for column in reworks(units, 3)), strict=True))
    plain = [sorted(oracle.reworks(walk).items()) for walk in named]
    assert again == [(who, int(name), times) for who, one in enumerate(plain) for name, times in one]
