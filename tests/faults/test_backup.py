"""Backups while others write, killed, damaged, restored: all acknowledged is there, nobody who is gone."""

from __future__ import annotations

import functools
import os
import random
import shutil
import signal
import tempfile
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from tests.faults.harness import REFUSED, Bench, wait_until_stopped
from tests.faults.oracle import Expectation
from tests.faults.test_damage import DAMAGE, flipped
from tests.faults.test_kill import BEFORE, RIGHT, SENT, part, prepared, reachable
from tests.support.fault_report import hits, kills
from trodden.model.errors import CallerError, DamagedFileError, LockedError, NotAWorkspaceError
from trodden.store.backup.staging import beside
from trodden.web.backups import check_backup, restore

OURS = ("backup.", "staging.", "restore.")
LATER = [pytest.mark.slow, pytest.mark.timeout(0)]
SOME = [pytest.param(3, id="some points"), pytest.param(-3, marks=LATER, id="the others")]
FEW = [pytest.param(9, id="few points"), pytest.param(-9, marks=LATER, id="the others")]


def restored(bench: Bench) -> Bench:
    """Restore the backup of a workspace; return what to judge the new home by."""
    assert bench.do("restore") == 0
    return copy_of(bench)


def copy_of(bench: Bench) -> Bench:
    return Bench(bench.folder, bench.home.with_name("restored"))


def whole(bench: Bench, **more: object) -> None:
    """Fail unless every event is there, once and unchanged, and walks tell the same."""
    verdict = bench.judge(Expectation(SENT, [(0, SENT)], has_walks=True, **more))  # type: ignore[arg-type]
    assert not verdict.faults, verdict.faults


def started(bench: Bench, work: str, point: str) -> BaseProcess:
    """Start a piece of work and wait until it stops itself at a point."""
    process = bench.start(bench.job(work, 0, SENT, fault=f"stop={point}:1"))
    assert process.pid is not None
    assert wait_until_stopped(process.pid), point
    return process


def ended(process: BaseProcess, number: int) -> int | None:
    """Send a stopped process a signal; return how it ends."""
    assert process.pid is not None
    os.kill(process.pid, number)
    process.join()
    return process.exitcode


@functools.cache
def points(scenario: str, work: str) -> list[str]:
    """Do a piece of work, a restoration after its backup; return our own points it passed."""
    with tempfile.TemporaryDirectory(prefix="trodden-faults-") as folder:
        bench = prepared(Path(folder, "whole"), scenario)
        assert work == "backup" or bench.do("backup") == 0
        before = dict(hits)
        assert bench.do(work) == 0
    return [name for name, count in hits.items() if count > before.get(name, 0) and name.startswith(OURS)]


@pytest.mark.parametrize("step", SOME)
def test_a_backup_killed_at_any_point_is_there_whole_or_not_at_all(tmp_path: Path, step: int) -> None:
    for number, point in enumerate(part(points("erase", "backup"), step)):
        bench = prepared(tmp_path / str(number), "erase")
        assert bench.do("backup", fault=f"kill={point}:1") == -signal.SIGKILL, point
        kills[point] += 1
        backup = bench.home.with_name("backup")
        if backup.exists():
            check_backup(backup)
            assert point == "staging.after_rename"
        else:
            assert bench.do("backup") == 0
        assert [path.name for path in bench.folder.glob(".*")] == []
        whole(bench)
        whole(restored(bench))


@pytest.mark.parametrize("step", SOME)
def test_a_restoration_killed_at_any_point_is_there_whole_or_not_at_all(tmp_path: Path, step: int) -> None:
    first = prepared(tmp_path / "whole", "erase")
    assert first.do("backup") == 0
    for number, point in enumerate(part(points("erase", "restore"), step)):
        bench = Bench(shutil.copytree(tmp_path / "whole", tmp_path / str(number)))
        assert bench.do("restore", fault=f"kill={point}:1") == -signal.SIGKILL, point
        kills[point] += 1
        assert copy_of(bench).home.exists() is (point == "staging.after_rename")
        if point == "staging.after_rename":
            assert bench.do("restore") == REFUSED
        whole(copy_of(bench) if copy_of(bench).home.exists() else restored(bench))
        assert [path.name for path in bench.folder.glob(".*")] == []


@pytest.mark.parametrize("step", FEW)
def test_a_backup_made_in_the_middle_of_an_import_has_what_was_acknowledged(
    tmp_path: Path, step: int
) -> None:
    passed = [point for point in reachable("load") if not point.startswith("walks.")]
    for number, point in enumerate(part(passed, step)):
        bench = prepared(tmp_path / str(number), "load")
        process = started(bench, "load", point)
        acked = bench.acked()
        assert bench.do("backup") == 0, point
        assert ended(process, signal.SIGKILL) == -signal.SIGKILL
        found = restored(bench)
        verdict = found.judge(Expectation(SENT, [(0, BEFORE), *acked], has_walks=True))
        assert not verdict.faults, (point, verdict.faults)
        assert found.do("load", 0, SENT) == 0
        whole(found)


@pytest.mark.parametrize("step", SOME)
def test_who_is_being_erased_while_a_backup_is_made_is_gone_from_what_is_restored(
    tmp_path: Path, step: int
) -> None:
    passed = [one for one in reachable("erase") if one.startswith(("erased.", "erasure."))]
    for number, point in enumerate(part(passed, step)):
        bench = prepared(tmp_path / str(number), "erase")
        process = started(bench, "erase", point)
        assert bench.do("backup") == 0, point
        assert ended(process, signal.SIGKILL) == -signal.SIGKILL
        bench.home.rename(bench.home.with_name("lost"))
        assert bench.do("restore") == 0
        is_begun = point != "erased.before_note"
        whole(copy_of(bench), is_erased=is_begun)


@pytest.mark.parametrize("step", SOME)
@pytest.mark.parametrize("work", ["erase", "undo", "compact"])
def test_what_is_taken_away_while_a_backup_is_made_is_not_half_in_it(
    tmp_path: Path, work: str, step: int
) -> None:
    passed = [one for one in points(work, "backup") if one.startswith("backup.")]
    for number, point in enumerate(part(passed, step)):
        bench = prepared(tmp_path / str(number), work)
        process = started(bench, "backup", point)
        assert bench.do(work, 0, SENT) == 0
        assert ended(process, signal.SIGCONT) == 0, point
        bench.home.rename(bench.home.with_name("lost"))
        assert bench.do("restore") == 0
        is_before = point in {"backup.before_manifest", "backup.after_manifest"}
        more = {} if is_before else {"is_erased": work == "erase", "is_undone": work == "undo"}
        whole(copy_of(bench), **more, wrong=RIGHT if work == "undo" else 0)
        if work == "erase" and not is_before:
            assert b"C3" not in (bench.home.with_name("backup") / "backup.json").read_bytes()


def test_who_was_erased_after_the_backup_is_erased_again_and_stays_refused(tmp_path: Path) -> None:
    bench = prepared(tmp_path / "one", "erase")
    assert bench.do("backup") == 0
    assert bench.do("erase") == 0
    found = restored(bench)
    whole(found, is_erased=True)
    assert found.do("load", 0, SENT) == 0
    whole(found, is_erased=True)
    shutil.rmtree(found.home)
    bench.home.rename(bench.home.with_name("lost"))
    assert bench.do("restore") == 0
    whole(found)


def test_a_ledger_of_another_workspace_is_refused(tmp_path: Path) -> None:
    bench, other = prepared(tmp_path / "one", "erase"), prepared(tmp_path / "two", "erase")
    for one in (bench, other):
        assert one.do("backup") == 0
    assert other.do("erase") == 0
    with pytest.raises(CallerError, match="another salt"):
        restore(tmp_path / "one" / "backup", tmp_path / "new", "default", other.home)
    assert not (tmp_path / "new").exists()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a backup."""
    bench = prepared(tmp_path_factory.mktemp("saved") / "bench", "erase")
    assert bench.do("backup") == 0
    return bench.home.with_name("backup")


def refused(backup: Path, folder: Path) -> str:
    """Try to restore what was damaged; return what is said."""
    home = folder / "new"
    with pytest.raises((DamagedFileError, NotAWorkspaceError)) as caught:
        restore(backup, home, "default")
    assert not home.exists()
    assert [path.name for path in folder.glob(".*")] == []
    return caught.value.message


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_backup_in_which_any_file_is_damaged_is_refused_by_name(
    saved: Path, tmp_path: Path, damage: object
) -> None:
    chance = random.Random(7)
    for path in sorted(path for path in saved.rglob("*") if path.is_file()):
        bad = shutil.copytree(saved, tmp_path / "bad")
        damaged = bad / path.relative_to(saved)
        before = damaged.read_bytes()
        while damaged.read_bytes() == before:
            damaged.write_bytes(damage(before, chance))  # type: ignore[operator]
        assert str(damaged) in refused(bad, tmp_path)
        shutil.rmtree(bad)


def test_no_bit_of_the_manifest_can_be_turned_unseen(saved: Path, tmp_path: Path) -> None:
    bad = shutil.copytree(saved, tmp_path / "bad")
    text = (bad / "backup.json").read_bytes()
    chance = random.Random(40)
    for _turn in range(200):
        (bad / "backup.json").write_bytes(flipped(text, chance))
        assert "backup.json" in refused(bad, tmp_path)


def test_a_backup_with_a_file_more_less_or_leading_elsewhere_is_refused(saved: Path, tmp_path: Path) -> None:
    for change in ("more", "less", "link"):
        bad = shutil.copytree(saved, tmp_path / change)
        mark = bad / "home/workspaces/default/workspace.json"
        if change == "more":
            (bad / "home/extra").write_text("x")
        else:
            kept = mark.read_text()
            mark.unlink()
        if change == "link":
            (tmp_path / "elsewhere").write_text(kept)
            mark.symlink_to(tmp_path / "elsewhere")
        assert str(bad) in refused(bad, tmp_path)


def test_a_damaged_home_gets_no_backup(tmp_path: Path) -> None:
    bench = prepared(tmp_path / "one", "erase")
    for path in sorted((bench.home / "workspaces/default").rglob("*")):
        kind = path.suffix in {".parquet", ".db"} or path.parent.name == "_delta_log"
        if not (kind and path.is_file() and "walks" not in path.parts):
            continue
        before = path.read_bytes()
        path.write_bytes(before[: len(before) // 2])
        assert bench.do("backup") == REFUSED, path
        assert not bench.home.with_name("backup").exists()
        if path.name not in {"imports.db", "erased.db"}:
            path.unlink()
            assert bench.do("backup") == REFUSED, path
        path.write_bytes(before)
    assert bench.do("backup") == 0


def test_nothing_is_written_over(saved: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "mine").write_text("x")
    with pytest.raises(CallerError, match="nothing is ever written over"):
        restore(saved, home, "default")
    assert [path.name for path in home.iterdir()] == ["mine"]
    (home / "mine").unlink()
    restore(saved, home, "default")
    assert (home / "workspaces/default/workspace.json").exists()


def test_two_cannot_fill_one_place(tmp_path: Path) -> None:
    with beside(tmp_path / "one") as folder:
        (folder / "x").write_text("x")
        with pytest.raises(LockedError), beside(tmp_path / "one"):
            pass
    assert (tmp_path / "one" / "x").read_text() == "x"
