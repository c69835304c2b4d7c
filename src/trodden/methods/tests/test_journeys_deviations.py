"""Kinds of deviation and flags where the table leaves room for doubt, rows, precision, and mutants."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import alignment as oracle
from tests.oracles.alignment import Seen
from trodden.methods.journeys import kernels_align_counts, kernels_align_kinds, kernels_align_precision
from trodden.methods.journeys.deviations import KINDS
from trodden.methods.journeys.deviations_rows import (
    CLOSED,
    DESIGNED,
    Keys,
    accepted_keys,
    judge_units,
    rows_of,
)
from trodden.methods.journeys.kernels_align_structs import Found
from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.precision import merge_runs, precision, runs_of
from trodden.methods.journeys.units import ABANDONED, OPEN, REACHED, SILENT
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
from trodden.model.journey_map import JourneyMap

Row = tuple[str, str, int, int]


def rows(map_text: str, walk: str, state: int = REACHED) -> list[Row]:
    [found] = in_words(*solve(parse_map(map_text), [seen(walk)], [state]))
    return sorted(found.rows)


def flags(map_text: str, walk: list[Seen]) -> list[tuple[int, str]]:
    [found] = in_words(*solve(parse_map(map_text), [walk], [REACHED]))
    return found.flags


@pytest.mark.parametrize(
    ("map_text", "walk", "state", "expected"),
    [
        (
            "{name: m, flow: [a, b, c]}",
            "cab",
            ABANDONED,
            [("departed", "c", 1, -1), ("out of order", "c", 1, 0)],
        ),
        (
            "{name: m, flow: [a, b, c]}",
            "ccab",
            REACHED,
            [("out of order", "c", 2, 0), ("repeated", "c", 1, 1)],
        ),
        ("{name: m, flow: [a, b, c]}", "ca", OPEN, [("out of order", "c", 1, 0)]),
        ("{name: m, flow: [a, choice: [b, c], e]}", "ca", OPEN, [("out of order", "c", 1, 0)]),
        ("{name: m, flow: [a, choice: [b, c], e]}", "abc", OPEN, [("wrong branch", "c", 1, 2)]),
        (
            "{name: m, flow: [loop: {flow: [a], again: [b, c, d, e]}]}",
            "aba",
            REACHED,
            [
                ("out of order", "b", 1, 1),
                ("repeated", "a", 1, 2),
            ],
        ),
        (
            "{name: m, flow: [a, optional: [choice: [b, c]], e]}",
            "abce",
            REACHED,
            [("wrong branch", "c", 1, 2)],
        ),
        (
            "{name: m, flow: [a, optional: [choice: [b, c]], e]}",
            "bae",
            REACHED,
            [("out of order", "b", 1, 0)],
        ),
        ("{name: m, flow: [a, b]}", "ax", SILENT, [("ad hoc", "x", 1, 1), ("departed", "b", 1, -1)]),
    ],
)
def test_what_the_table_leaves_open_is_decided(
    map_text: str, walk: str, state: int, expected: list[Row]
) -> None:
    assert rows(map_text, walk, state) == expected


def test_an_event_whose_outcome_keeps_it_from_matching_takes_the_missing_step() -> None:
    only_ok = "{name: m, steps: [{id: pay, match: a, outcome: ok}], flow: [b, pay, c]}"
    assert rows(only_ok, "b a!failed c") == [("out of order", "pay", 2, 1)]


def test_a_second_touchpoint_of_a_matched_step_is_a_repetition() -> None:
    either = "{name: m, steps: [{id: pay, match: [a, b]}], flow: [pay, c]}"
    assert rows(either, "abc") == [("repeated", "pay", 1, 1)]


def test_every_failing_outcome_is_flagged_and_no_other() -> None:
    outcomes = ("unknown", "ok", "failed", "declined", "abandoned", "unresolved", "partial")
    found = flags("{name: m, flow: [loop: [a]]}", [Seen("a", outcome) for outcome in outcomes])
    assert found == [(2, "failing"), (3, "failing"), (4, "failing"), (5, "failing")]


def test_a_wait_is_a_pause_only_above_the_longest_and_since_the_last_matched_event() -> None:
    slow = "{name: m, steps: [{id: b, wait: {longest: 1h}}], flow: [a, b]}"
    assert flags(slow, [Seen("a"), Seen("b", at=3600)]) == []
    assert flags(slow, [Seen("a"), Seen("b", at=3601)]) == [(1, "paused")]
    assert flags(slow, [Seen("a"), Seen("x", at=3000), Seen("b", at=3601)]) == [(2, "paused")]


def test_a_switch_is_forced_only_right_after_the_other_channel_failed() -> None:
    two = "{name: m, flow: [a, b]}"
    failed, phone = Seen("a", "failed", "chat"), Seen("b", "ok", "phone")
    assert (1, "forced switch") in flags(two, [failed, phone])
    assert (1, "forced switch") not in flags(two, [failed, Seen("b", "ok", "chat")])
    assert (1, "forced switch") not in flags(two, [Seen("a", "ok", "chat"), phone])
    assert (2, "forced switch") not in flags(two, [failed, Seen("x", "ok", "phone"), phone])
    assert (2, "forced switch") in flags(two, [Seen("a", "ok", "chat"), Seen("x", "failed", "chat"), phone])


@given(maps(), st.lists(walks(), min_size=1, max_size=4), st.sampled_from((OPEN, REACHED, SILENT)))
@settings(max_examples=200, deadline=None)
def test_rows_by_unit_are_the_deviations_of_brute_force(
    journey_map: JourneyMap, drawn: list[list[Seen]], state: int
) -> None:
    automaton, units, found, kinds = solve(journey_map, drawn, [state] * len(drawn))
    keys = Keys(len(automaton.steps), len(TOUCHPOINTS))
    gathered = rows_of(keys, units, found, kinds)
    mine: dict[tuple[int, str, str], tuple[int, int]] = {}
    for unit, key, times, cost in zip(
        gathered.unit.tolist(),
        gathered.key.tolist(),
        gathered.times.tolist(),
        gathered.cost.tolist(),
        strict=True,
    ):
        kind, step, touchpoint = keys.split(key)
        name = automaton.steps[step] if step is not None else TOUCHPOINTS[touchpoint or 0]
        assert (unit, kind, name) not in mine
        mine[unit, kind, name] = (times, cost)
    theirs: dict[tuple[int, str, str], tuple[int, int]] = {}
    for unit, walk in enumerate(drawn):
        best = oracle.align(journey_map, walk, is_open=state == OPEN, reached=state == REACHED)
        told = [(kind, name, cost) for kind, name, cost, _ in best.rows]
        by_event = {
            event: step for step, event in zip(best.run, best.events, strict=True) if event is not None
        }
        told += [(flag, by_event[event], 0) for event, flag in best.flags]
        for kind, name, cost in told:
            times, sum_ = theirs.get((unit, kind, name), (0, 0))
            theirs[unit, kind, name] = (times + 1, sum_ + cost)
    assert mine == theirs


def test_a_row_is_told_at_the_event_it_happened_at() -> None:
    journey_map = parse_map("{name: m, flow: [a, b, c, d]}")
    automaton, units, found, kinds = solve(journey_map, [seen("acxd"), seen("ab")], [REACHED, SILENT])
    keys = Keys(len(automaton.steps), len(TOUCHPOINTS))
    gathered = rows_of(keys, units, found, kinds)
    told = {
        keys.split(key)[0]: event
        for key, event in zip(gathered.key.tolist(), gathered.event.tolist(), strict=True)
    }
    assert told == {"missing": 1, "ad hoc": 2, "departed": 5}


def test_accepted_variations_leave_the_design_whole_and_nothing_else() -> None:
    text = (
        "{name: m, steps: [{id: b, match: [b, e]}], flow: [a, b, c], "
        "accepted: [{kind: missing, step: b}, {kind: repeated, step: e}, "
        "{kind: ad hoc, step: x}, {kind: failing}]}"
    )
    journey_map = parse_map(text)
    tried = [seen("abc"), seen("ac"), seen("axbc"), seen("adbc"), seen("a b!failed c"), seen("abbc")]
    automaton, units, found, kinds = solve(journey_map, tried, [REACHED] * len(tried))
    keys = Keys(len(automaton.steps), len(TOUCHPOINTS))
    accepted = accepted_keys(journey_map, keys, TOUCHPOINTS)
    judged = judge_units(keys, units, found, kinds, accepted)
    assert judged.totals.tolist() == [[0, 0, 0, 0, 0], [6, 2, 5, 4, 20]]
    assert judge_units(keys, units, found, kinds, frozenset()).totals[CLOSED, DESIGNED] == 1
    assert judged.missing.tolist() == [0, 1, 0]


# Precision


def test_precision_of_a_choice_half_walked() -> None:
    journey_map = parse_map("{name: m, flow: [a, choice: [b, c], e]}")
    automaton, _, found, _ = solve(journey_map, [seen("abe"), seen("abe")], [REACHED, REACHED])
    runs = runs_of(found, np.array([True, True]))
    assert runs is not None
    assert list(runs.values()) == [2]
    assert precision(automaton, runs) == 1 - 2 / 10


def test_no_run_has_no_precision() -> None:
    automaton, _, found, _ = solve(parse_map("{name: m, flow: [a]}"), [seen("a")], [OPEN])
    assert precision(automaton, runs_of(found, np.array([False])) or {}) is None


def test_too_many_different_runs_are_none_whatever_is_added_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trodden.methods.journeys.precision.MOST_RUNS", 2)
    one, two, three = {b"a": 1}, {b"b": 1}, {b"c": 1}
    assert merge_runs(merge_runs(one, two), three) is None
    assert merge_runs(one, merge_runs(two, three)) is None
    assert merge_runs(merge_runs(one, two), one) == {b"a": 2, b"b": 1}


def test_one_bucket_alone_may_hold_too_many_different_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether there are too many must not depend on how many buckets they lie in."""
    journey_map = parse_map("{name: m, flow: [a, choice: [b, c, d], e]}")
    walked = [seen("abe"), seen("ace"), seen("ade")]
    _, _, found, _ = solve(journey_map, walked, [REACHED] * 3)
    whole = runs_of(found, np.array([True, True, True]))
    assert whole is not None
    assert len(whole) == 3
    monkeypatch.setattr("trodden.methods.journeys.precision.MOST_RUNS", 2)
    assert runs_of(found, np.array([True, True, True])) is None
    two = runs_of(found, np.array([True, True, False]))
    assert two is not None
    assert len(two) == 2


@given(maps(), st.lists(walks(), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_precision_equals_plain_loops(journey_map: JourneyMap, drawn: list[list[Seen]]) -> None:
    automaton, units, found, kinds = solve(journey_map, drawn, [REACHED] * len(drawn))
    runs = [one.run for one in in_words(automaton, units, found, kinds)]
    mine = precision(automaton, runs_of(found, np.ones(len(drawn), dtype=np.bool_)))
    assert mine == pytest.approx(oracle.precision(journey_map, runs))


# Tampered kernels


@cache
def examples() -> list[tuple[Any, Any, Any, JourneyMap, list[Seen], int]]:
    """Return aligned random walks: what the kernels that come after are tried on."""
    found = []
    choice = parse_map("{name: m, flow: [a, choice: [b, c], e]}")
    twice = parse_map("{name: m, steps: [{id: a1, match: a}, {id: a2, match: a}], flow: [a1, b, a2, c]}")
    later = parse_map(
        "{name: m, steps: [{id: a1, match: a}, {id: a2, match: a}], flow: [a1, b, optional: [a2], c]}"
    )
    rounds = parse_map("{name: m, flow: [loop: [a, b, c, d]]}")
    chosen = [
        (choice, seen("ca"), OPEN),
        (choice, seen("bae"), REACHED),
        (twice, seen("abcaa"), REACHED),
        (later, seen("aabc"), REACHED),
        (rounds, seen("cdcadbbdad"), REACHED),
        (rounds, seen("ccbdaadbb"), REACHED),
    ]
    for journey_map, walk, state in [*chosen, *seeded_examples(250)]:
        automaton, units, aligned, _ = solve(journey_map, [walk], [state])
        found.append((automaton, units, aligned, journey_map, walk, state))
    return found


def classified(kernels: Any, automaton: Any, units: Any, aligned: Any) -> Any:  # noqa: ANN401 - modules and structs
    """Classify by the kernels of a module."""
    events, runs = len(units.touchpoint), len(aligned.run_step)
    kinds = kernels.Kinds(
        np.zeros(events, np.uint8),
        np.zeros(events, np.uint8),
        np.full(events, -1, np.int16),
        np.zeros(events, np.uint8),
        np.zeros(runs, np.uint8),
        np.zeros(runs, np.int32),
    )
    steps = kernels.Steps(
        units.offsets, units.state, units.occurred_at, units.touchpoint, units.channel_outcome
    )
    kernels.classify(automaton.places, steps, _found(aligned), kinds)
    return kinds


def _found(aligned: Any) -> Found:  # noqa: ANN401 - a struct
    return Found(aligned.cost, aligned.event_step, aligned.run_offsets, aligned.run_step, aligned.run_event)


def is_wrong(kernels: Any) -> bool:  # noqa: ANN401 - a module
    """Tell whether the kernels part from the oracle anywhere."""
    for automaton, units, aligned, journey_map, walk, state in examples():
        theirs = oracle.align(journey_map, walk, is_open=state == OPEN, reached=state == REACHED)
        kinds = classified(kernels, automaton, units, aligned)
        [mine] = in_words(automaton, units, aligned, kinds)
        if (sorted(mine.rows), sorted(mine.flags)) != (sorted(theirs.rows), sorted(theirs.flags)):
            return True
    return False


def test_the_classifier_in_plain_python_agrees_with_the_oracle() -> None:
    assert not is_wrong(plain_module(kernels_align_kinds))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("is_lost = state[unit] != OPEN and state[unit] != REACHED", "is_lost = state[unit] != OPEN"),
        ("place = min(place, missing[step])", "place = missing[step]"),
        ("if stands.on_run[step] != unit:\n            stands", "if True:\n            stands"),
        ("elif many == 1 and matched[", "elif many >= 1 and matched["),
        ("if where == SKIPPED:", "if where == NOT_YET:"),
        ("return NOT_TAKEN if is_decided else NOT_YET", "return NOT_TAKEN"),
        (
            "return REPEATED, matched if matched >= 0 else paired",
            "return REPEATED, paired if paired >= 0 else matched",
        ),
        ("for step in range(first, last):  # noqa", "for step in range(first, last - 1):  # noqa"),
        ("_next_missing(run_step, run_kind, place + 1,", "_next_missing(run_step, run_kind, place + 2,"),
    ],
)
def test_a_tampered_classifier_is_noticed(old: str, new: str) -> None:
    assert is_wrong(plain_module(kernels_align_kinds, old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "occurred_at[event] - occurred_at[previous] > wait",
            "occurred_at[event] - occurred_at[previous] >= wait",
        ),
        ("previous = event\n", "previous = offsets[unit]\n"),
        ("(before & 15) != (now & 15) and", "(before & 15) == (now & 15) and"),
        ("FAILING if _is_failing(channel_outcome[event]) else 0", "0"),
    ],
)
def test_a_tampered_flag_is_noticed(old: str, new: str) -> None:
    text = "{name: m, steps: [{id: b, wait: {longest: 1h}}, {id: c, wait: {longest: 1h}}], flow: [a, b, c]}"
    walk = [
        Seen("a", "failed", "web", 0),
        Seen("b", "ok", "phone", 3600),
        Seen("c", "declined", "phone", 7000),
    ]
    expected = [(0, "failing"), (1, "forced switch"), (2, "failing")]
    automaton, units, aligned, kinds = solve(parse_map(text), [walk], [REACHED])
    assert sorted(in_words(automaton, units, aligned, kinds)[0].flags) == expected
    tampered = classified(plain_module(kernels_align_kinds, old, new), automaton, units, aligned)
    assert sorted(in_words(automaton, units, aligned, tampered)[0].flags) != expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("if row < first:", "if row < 0:"),
        ("rows.cost[row] += cost", "rows.cost[row] = cost"),
        ("for bit in range(FLAGS):", "for bit in range(FLAGS - 1):"),
        ("event = found.run_event[step]\n", "pass\n"),
    ],
)
def test_a_tampered_gathering_is_noticed(old: str, new: str) -> None:
    journey_map = parse_map("{name: m, flow: [a, b, c, d]}")
    tried = [seen("a@web!failed b@phone b b c d"), seen("acd"), seen("ad")]
    automaton, units, found, kinds = solve(journey_map, tried, [REACHED] * 3)
    keys = Keys(len(automaton.steps), len(TOUCHPOINTS))
    right = rows_of(keys, units, found, kinds)

    def gathered(kernels: Any) -> list[list[int]]:  # noqa: ANN401 - a module
        columns = kernels.Gathered(*(np.zeros(50, dtype=np.int64) for _ in range(5)))
        steps = kernels_align_kinds.Steps(
            units.offsets, units.state, units.occurred_at, units.touchpoint, units.channel_outcome
        )
        filled = kernels.gather(steps, _found(found), kinds, (keys.steps, len(keys)), columns)
        return [column[:filled].tolist() for column in columns]

    expected = [column.tolist() for column in (right.unit, right.key, right.times, right.cost, right.event)]
    assert gathered(plain_module(kernels_align_counts)) == expected
    assert gathered(plain_module(kernels_align_counts, old, new)) != expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tree.passed[node] += weight[run]", "tree.passed[node] = weight[run]"),
        ("taken = 1 if tree.ended[node] > 0 else 0", "taken = 0"),
        ("if tables.to_end[here] == 0 else 0", "if tables.to_end[here] != 0 else 0"),
    ],
)
def test_a_tampered_precision_is_noticed(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    journey_map = parse_map("{name: m, flow: [a, choice: [b, c], optional: [d], e]}")
    automaton, _, found, _ = solve(journey_map, [seen("abe"), seen("abe"), seen("ace")], [REACHED] * 3)
    runs = runs_of(found, np.ones(3, dtype=np.bool_))
    assert precision(automaton, runs) == pytest.approx(
        oracle.precision(journey_map, [["a", "b", "e"], ["a", "b", "e"], ["a", "c", "e"]])
    )
    tampered = plain_module(kernels_align_precision, old, new)
    for name in ("grow", "escaping_and_enabled"):
        monkeypatch.setattr(kernels_align_precision, name, getattr(tampered, name))
    assert precision(automaton, runs) != pytest.approx(
        oracle.precision(journey_map, [["a", "b", "e"], ["a", "b", "e"], ["a", "c", "e"]])
    )


def test_the_kinds_are_those_of_the_model() -> None:
    from typing import get_args

    from trodden.model.journey_map import DeviationKind

    assert set(KINDS) == set(get_args(DeviationKind))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("is_closed = 0 if steps.state[unit] == OPEN else 1", "is_closed = 1"),
        ("is_designed &= kind == 0 or", "is_designed |= kind == 0 or"),
        ("and last_unit[step] != unit:\n                last", "and True:\n                last"),
        ("elif flags != 0 and", "elif flags < 0 and"),
    ],
)
def test_a_tampered_judgement_is_noticed(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    journey_map = parse_map(
        "{name: m, flow: [loop: {flow: [a, b], again: [c]}, d], accepted: [{kind: ad hoc}]}"
    )
    tried = [seen("abd"), seen("axbd"), seen("acacabd"), seen("a!failed b d"), seen("ab")]
    automaton, units, found, kinds = solve(journey_map, tried, [REACHED] * 4 + [OPEN])
    keys = Keys(len(automaton.steps), len(TOUCHPOINTS))
    accepted = accepted_keys(journey_map, keys, TOUCHPOINTS)

    def judged() -> list[list[int]]:
        found_so = judge_units(keys, units, found, kinds, accepted)
        return [*found_so.totals.tolist(), found_so.missing.tolist()]

    expected = [[1, 1, 1, 0, 2], [4, 2, 2, 3, 17], [0, 1, 0, 0]]
    assert judged() == expected
    monkeypatch.setattr(kernels_align_counts, "judge", plain_module(kernels_align_counts, old, new).judge)
    assert judged() != expected
