"""A disk that fills up: refused in time, and, when it is full after all, nothing lost and nothing stuck."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.disks import small_disk
from tests.faults.harness import REFUSED, Bench
from tests.faults.oracle import Expectation

pytestmark = pytest.mark.requires("root")

SENT = 400


def filled(bench: Bench, sabotage: str) -> int:
    """Import until the disk refuses; judge what is there; return how many events were acknowledged."""
    assert bench.do("import", 0, SENT, sabotage=sabotage) in {1, REFUSED}
    verdict = bench.judge(Expectation(SENT, bench.acked()))
    assert not verdict.faults, verdict.faults
    return max(last for _, last in bench.acked())


def test_a_disk_is_left_a_reserve(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 640) as disk:
        bench = Bench(tmp_path, disk / "home")
        acked = filled(bench, "")
        assert 0 < acked < SENT
        assert acked <= filled(bench, "") < SENT
        (disk / "reserve").write_bytes(b"\0" * 40_000)  # a tenth of the disk is still there


@pytest.mark.parametrize("size", [400, 432, 464, 496, 528])
def test_a_disk_that_is_full_after_all_loses_nothing(size: int, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size) as disk:
        bench = Bench(tmp_path, disk / "home")
        ballast = disk / "something else"
        ballast.write_bytes(b"\0" * 96_000)
        assert filled(bench, "no reserve") < SENT
        assert bench.do("import", 0, SENT, sabotage="no reserve") in {1, REFUSED}
        ballast.unlink()
        before = bench.judge(Expectation(SENT, bench.acked()))
        assert not before.faults, before.faults
        assert bench.do("open", sabotage="no reserve") == 0
        after = bench.judge(Expectation(SENT, bench.acked()))
        assert not after.faults, after.faults
