"""Power cuts: what was not flushed is gone, and what was acknowledged is not."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from tests.faults.disks import LoopDisk, loop_disk
from tests.faults.harness import ROUNDS, Bench, wait_until_stopped
from tests.faults.oracle import Expectation, Verdict
from trodden.store.faultpoints import POINTS

pytestmark = pytest.mark.requires("root", "loop_mount")

SENT = 100
MOMENTS = (
    ("import", "events.after_log_before_flush:4"),
    ("import", "imports.after_acknowledge:3"),
    ("load", "walks.after_current:1"),
    ("compact", "events.after_log_before_flush:1"),
    ("erase", "compact.after_unlink:1"),
)
"""Points between which the disk knows more, or less, than the process."""

MORE_MOMENTS = (
    ("import", "events.after_file:3"),
    ("import", "events.after_parquet_before_log:2"),
    ("import", "events.after_flush:2"),
    ("import", "durable.after_version:5"),
    ("load", "walks.before_current:1"),
    ("compact", "compact.after_unlink:1"),
    ("compact", "checkpoint.after_write:1"),
    ("compact", "checkpoint.after_unlink:1"),
    ("erase", "erasure.after_walks:1"),
)

OWN = {
    "import": ("events.", "durable.", "imports."),
    "load": ("walks.",),
    "compact": ("events.", "durable.", "compact.", "checkpoint."),
    "erase": ("events.", "durable.", "compact.", "checkpoint.", "erased.", "erasure.", "walks."),
}
"""How the points each kind of work passes begin."""


def cut(folder: Path, disk: LoopDisk, work: str, moment: str, sabotage: str = "") -> Verdict:
    """Work until a moment, cut the power there, start again and judge."""
    bench = Bench(folder, disk.point / "home")
    if work in {"compact", "erase"}:
        assert bench.do("load", 0, SENT) == 0
    process = bench.start(bench.job(work, 0, SENT, fault=f"stop={moment}", sabotage=sabotage))
    assert process.pid is not None
    if wait_until_stopped(process.pid):
        disk.cut_power()
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    bench.count()
    disk.restart()
    return bench.judge(Expectation(SENT, bench.acked(), is_erased=None if work == "erase" else False))


def finish(folder: Path, disk: LoopDisk, work: str) -> Verdict:
    """Do the work again, undisturbed, and judge the end, walks and all."""
    bench = Bench(folder, disk.point / "home")
    for one in (work, "load"):
        assert bench.do(one, 0, SENT) == 0
    return bench.judge(Expectation(SENT, [(0, SENT)], is_erased=work == "erase", has_walks=True))


def cut_and_finish(folder: Path, work: str, moment: str) -> None:
    """Cut the power at a moment of some work, judge; then do the work again and judge."""
    with loop_disk(folder) as disk:
        assert not (verdict := cut(folder, disk, work, moment)).faults, (work, moment, verdict)
        assert not (verdict := finish(folder, disk, work)).faults, (work, moment, verdict)


@pytest.mark.parametrize(("work", "moment"), MOMENTS)
def test_a_power_cut_takes_back_nothing_that_was_acknowledged(work: str, moment: str, tmp_path: Path) -> None:
    cut_and_finish(tmp_path, work, moment)


@pytest.mark.slow
@pytest.mark.parametrize(("work", "moment"), MORE_MOMENTS)
def test_a_power_cut_at_more_moments_takes_back_nothing(work: str, moment: str, tmp_path: Path) -> None:
    cut_and_finish(tmp_path, work, moment)


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_power_cuts_at_random_moments_take_back_nothing(tmp_path: Path) -> None:
    chance = random.Random(ROUNDS)
    for number in range(max(ROUNDS // 5, 10)):
        folder = tmp_path / str(number)
        folder.mkdir()
        work = chance.choice(sorted(OWN))
        points = [name for name in sorted(POINTS) if name.startswith(OWN[work])]
        moment = f"{chance.choice(points)}:{chance.randint(1, 4)}"
        cut_and_finish(folder, work, moment)
        (folder / "disk.img").unlink()


def test_without_flushes_the_loss_is_noticed(tmp_path: Path) -> None:
    with loop_disk(tmp_path) as disk:
        verdict = cut(tmp_path, disk, "import", "imports.after_acknowledge:5", sabotage="no flush")
    assert verdict.lost or verdict.error, "the harness saw no loss on a store that never flushes"
