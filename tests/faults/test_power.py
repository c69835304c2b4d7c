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
    "events.after_file:3",
    "events.after_parquet_before_log:2",
    "events.after_log_before_flush:4",
    "events.after_flush:2",
    "durable.after_version:5",
    "imports.after_acknowledge:3",
)
"""Points between which the disk knows more, or less, than the process."""


def cut(folder: Path, disk: LoopDisk, moment: str, sabotage: str = "") -> Verdict:
    """Import until a moment, cut the power there, start again and judge."""
    bench = Bench(folder, disk.point / "home")
    job = bench.job("import", 0, SENT, fault=f"stop={moment}", sabotage=sabotage)
    process = bench.start(job)
    assert process.pid is not None
    if wait_until_stopped(process.pid):
        disk.cut_power()
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    bench.count()
    disk.restart()
    return bench.judge(Expectation(SENT, bench.acked()))


def finish(folder: Path, disk: LoopDisk) -> Verdict:
    """Do the import again, undisturbed, and judge the end."""
    bench = Bench(folder, disk.point / "home")
    assert bench.do("import", 0, SENT) == 0
    return bench.judge(Expectation(SENT, [(0, SENT)]))


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_power_cut_takes_back_nothing_that_was_acknowledged(moment: str, tmp_path: Path) -> None:
    with loop_disk(tmp_path) as disk:
        assert not (verdict := cut(tmp_path, disk, moment)).faults, verdict
        assert not (verdict := finish(tmp_path, disk)).faults, verdict


@pytest.mark.slow
def test_power_cuts_at_random_moments_take_back_nothing(tmp_path: Path) -> None:
    chance = random.Random(ROUNDS)
    points = [name for name in sorted(POINTS) if name.partition(".")[0] in {"events", "durable", "imports"}]
    for number in range(max(ROUNDS // 5, 10)):
        folder = tmp_path / str(number)
        folder.mkdir()
        moment = f"{chance.choice(points)}:{chance.randint(1, 5)}"
        with loop_disk(folder) as disk:
            assert not (verdict := cut(folder, disk, moment)).faults, (moment, verdict)
            assert not (verdict := finish(folder, disk)).faults, (moment, verdict)
        (folder / "disk.img").unlink()


def test_without_flushes_the_loss_is_noticed(tmp_path: Path) -> None:
    with loop_disk(tmp_path) as disk:
        verdict = cut(tmp_path, disk, "imports.after_acknowledge:5", sabotage="no flush")
    assert verdict.lost or verdict.error, "the harness saw no loss on a store that never flushes"
