"""Processes killed at every named point of every durable step, then at random ones, again and again."""

from __future__ import annotations

import atexit
import functools
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.faults.harness import ROUNDS, Bench
from tests.faults.oracle import Expectation
from tests.support.fault_report import hits, kills
from trodden.store.faultpoints import POINTS

SENT = 100
RIGHT = 60
"""Events that came before those of the import that is taken back."""

OLD, YOUNG = (0, 60), (320, 360)
"""Events of January and of February; those of January are too old."""

BEFORE = 40
"""Events that are on disk, and walked, before the work that is to be killed begins."""

OWN: dict[str, Callable[[str], bool]] = {
    "import": lambda _: True,
    "load": lambda point: point.startswith("walks."),
    "few": lambda point: point.endswith("_dead"),
    "compact": lambda _: True,
    "erase": lambda point: not point.startswith("walks."),
    "undo": lambda point: not point.startswith("walks."),
    "open": lambda _: True,
}
"""Which points each kind of work is killed at in turn; the others have had theirs in another kind."""

SCENARIOS = tuple(OWN)
SOME = 4
"""Every fourth point is tried each time, the others where there is time."""


@functools.cache
def template(scenario: str) -> Path:
    """Make, once, a workspace in which the scenario has something to do."""
    folder = Path(tempfile.mkdtemp(prefix="trodden-faults-"))
    atexit.register(shutil.rmtree, folder)
    bench = Bench(folder)
    if scenario == "load":
        assert bench.do("load", 0, BEFORE) == 0
    if scenario == "few":
        assert bench.do("load", 0, SENT - 1) == 0
    if scenario == "compact":
        assert bench.do("import", 0, SENT) == 0
    if scenario == "erase":
        assert bench.do("load", 0, SENT) == 0
    if scenario == "retain":
        assert bench.do("load", *OLD) == 0
        assert bench.do("load", *YOUNG) == 0
    if scenario == "undo":
        assert bench.do("load", 0, RIGHT) == 0
        assert bench.do("wrong", RIGHT, SENT) == 0
    if scenario == "open":
        assert bench.do("import", 0, BEFORE) == 0
        assert bench.do("import", BEFORE, SENT, fault="kill=events.after_log_before_flush:1") == -9
    return folder


def prepared(folder: Path, scenario: str) -> Bench:
    """Copy the scenario's workspace to a folder of its own."""
    shutil.copytree(template(scenario), folder)
    return Bench(folder)


def killed(bench: Bench, scenario: str, fault: str = "") -> int:
    """Do the scenario's work, killed at the fault; return the exit code."""
    fault = fault and f"kill={fault}"
    return bench.do(scenario, 0, SENT, **({"fault": fault} if fault else {}))


def check(bench: Bench, scenario: str) -> None:
    """Judge what the kill left; then do the work again, undisturbed, and judge the end."""
    erased, undone = (None if scenario == work else False for work in ("erase", "undo"))
    wrong = RIGHT if scenario == "undo" else 0
    left = bench.judge(Expectation(SENT, bench.acked(), is_erased=erased, wrong=wrong, is_undone=undone))
    assert not left.faults, left.faults
    assert killed(bench, scenario) == 0
    if scenario == "open":
        assert bench.do("import", 0, SENT) == 0
    every = Expectation(
        SENT,
        [(0, SENT)],
        is_erased=scenario == "erase",
        has_walks=scenario in {"load", "few", "erase", "undo"},
        wrong=wrong,
        is_undone=scenario == "undo",
    )
    end = bench.judge(every)
    assert not end.faults, end.faults


@functools.cache
def reachable(scenario: str) -> Counter[str]:
    """Do the scenario's work once, undisturbed; return how often it passes each point."""
    with tempfile.TemporaryDirectory(prefix="trodden-faults-") as folder:
        bench = prepared(Path(folder, "whole"), scenario)
        before = Counter(hits)
        assert killed(bench, scenario) == 0
        return hits - before


def part(points: Iterable[str], step: int) -> list[str]:
    """Return each ``step``-th of some points by name, or with ``-step`` all the others; both are all."""
    return [one for place, one in enumerate(sorted(points)) if (place % abs(step) == 0) == (step > 0)]


def kill_in_turn(folder: Path, scenario: str, step: int) -> None:
    """Kill the scenario's work at a `part` of its points, a fresh workspace each time."""
    for number, point in enumerate(part(filter(OWN[scenario], reachable(scenario)), step)):
        bench = prepared(folder / str(number), scenario)
        assert killed(bench, scenario, f"{point}:1") == -9, point
        kills[point] += 1
        check(bench, scenario)


@pytest.mark.parametrize("scenario", ["import", "compact", "open"])
def test_a_kill_at_any_point_loses_nothing_and_doubles_nothing(scenario: str, tmp_path: Path) -> None:
    kill_in_turn(tmp_path, scenario, 1)


@pytest.mark.parametrize("scenario", ["load", "erase", "undo"])
def test_a_kill_at_some_points_of_what_takes_longer_loses_nothing(scenario: str, tmp_path: Path) -> None:
    kill_in_turn(tmp_path, scenario, SOME)


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("scenario", ["load", "erase", "undo"])
def test_a_kill_at_any_other_point_of_what_takes_longer_loses_nothing(scenario: str, tmp_path: Path) -> None:
    kill_in_turn(tmp_path, scenario, -SOME)


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(ROUNDS)
    passed = {scenario: reachable(scenario) for scenario in SCENARIOS}
    for number in range(ROUNDS):
        scenario = chance.choice(SCENARIOS)
        point = chance.choice(sorted(passed[scenario]))
        fault = f"{point}:{chance.randint(1, passed[scenario][point])}"
        bench = prepared(tmp_path / str(number), scenario)
        assert killed(bench, scenario, fault) == -9, fault
        kills[point] += 1
        check(bench, scenario)


@pytest.mark.parametrize("step", [SOME, pytest.param(-SOME, marks=pytest.mark.slow)])
def test_a_removal_of_what_is_too_old_killed_at_any_point_is_finished_by_the_next(
    tmp_path: Path, step: int
) -> None:
    passed = [one for one in reachable("retain") if one.startswith("retention.")]
    young, every = (Expectation(YOUNG[1], kept, has_walks=True) for kept in ([YOUNG], [OLD, YOUNG]))
    for number, point in enumerate(part(passed, step)):
        bench = prepared(tmp_path / str(number), "retain")
        assert killed(bench, "retain", f"{point}:1") == -9, point
        kills[point] += 1
        left = bench.judge(Expectation(YOUNG[1], [YOUNG]))
        assert not left.faults, left.faults
        assert left.found in {40, 100}, point
        assert bench.do("retain") == 0
        end = bench.judge(young)
        assert (end.faults, end.found) == ({}, 40), point
    assert bench.do("load", *OLD) == 0
    assert bench.judge(young).found == 40
    assert prepared(tmp_path / "untouched", "retain").judge(every).faults == {}


def test_what_was_too_old_is_removed_again_from_what_is_restored(tmp_path: Path) -> None:
    bench = prepared(tmp_path / "one", "retain")
    assert bench.do("backup") == 0
    assert bench.do("retain") == 0
    assert bench.do("restore") == 0
    found = Bench(bench.folder, bench.home.with_name("restored"))
    assert found.judge(Expectation(YOUNG[1])).found == 0  # by now February is too old as well


@pytest.mark.parametrize("point", ["recover.before_adopt", "durable.before_version", "recover.after_adopt"])
def test_a_process_killed_while_it_adopts_a_commit_is_recovered_from(point: str, tmp_path: Path) -> None:
    bench = prepared(tmp_path / "adopt", "open")
    assert killed(bench, "open", f"{point}:1") == -9
    check(bench, "open")


@pytest.mark.parametrize("point", ["recover.before_quarantine", "recover.after_quarantine"])
def test_a_process_killed_while_it_sets_a_commit_aside_is_recovered_from(point: str, tmp_path: Path) -> None:
    bench = torn(tmp_path / "torn")
    assert killed(bench, "open", f"{point}:1") == -9
    check(bench, "open")


def torn(folder: Path) -> Bench:
    """Make a workspace whose last log entry was being written when the process died."""
    bench = prepared(folder, "open")
    tail = max((bench.home / "workspaces/default/events/_delta_log").glob("*.json"))
    tail.write_bytes(tail.read_bytes()[:50])
    return bench


def test_every_named_point_is_passed(tmp_path: Path) -> None:
    for scenario in SCENARIOS:
        reachable(scenario)
    assert torn(tmp_path / "torn").do("open") == 0
    assert prepared(tmp_path / "old", "retain").do("retain") == 0
    saved = prepared(tmp_path / "saved", "erase")
    assert [saved.do("backup"), saved.do("restore")] == [0, 0]
    # Those of a new key are stopped at in tests/records/test_rekeying.py.
    assert sorted(point for point in POINTS if not hits[point] and not point.startswith("key.")) == []
