"""The doctor: a sound workspace is sound, and each thing that can be amiss is found, named and mended."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.events import events, load_events
from trodden.store import delta, doctor_machine
from trodden.store.doctor import CHECKS, check_workspace
from trodden.store.erased import ErasedIds
from trodden.store.events import EventStore
from trodden.store.findings import Finding
from trodden.store.folder import Workspace
from trodden.store.imports import ImportLedger


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path)
    load_events(workspace, "web.csv", [events(range(100))], file_hash="abc")
    return workspace


def found(workspace: Workspace, name: str) -> Finding:
    return next(one for one in check_workspace(workspace) if one.name == name)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    path.write_bytes(data)


def test_a_sound_workspace_is_sound(workspace: Workspace) -> None:
    findings = check_workspace(workspace)
    assert [one for one in findings if one.state != "ok"] == []
    assert [one.name for one in findings] == [name for name, _ in CHECKS]
    assert len(findings) >= 12


def test_an_empty_workspace_is_sound(tmp_path: Path) -> None:
    assert [one for one in check_workspace(Workspace.create(tmp_path)) if one.state != "ok"] == []


def test_looking_changes_nothing(workspace: Workspace) -> None:
    def state() -> dict[Path, int]:
        kept = (workspace.events, workspace.walks, workspace.quarantine)
        return {path: path.stat().st_mtime_ns for folder in kept for path in folder.rglob("*")}

    before = state()
    check_workspace(workspace)
    assert state() == before


def no_folder(workspace: Workspace) -> None:
    workspace.rejects.rmdir()


def open_to_all(workspace: Workspace) -> None:
    workspace.root.chmod(0o755)


def broken_ledger(workspace: Workspace) -> None:
    workspace.imports_db.write_bytes(b"no database" * 1000)


def torn_tail(workspace: Workspace) -> None:
    delta.entry_path(workspace.events, 2).write_bytes(b"{")


def changed_entry(workspace: Workspace) -> None:
    flip(delta.entry_path(workspace.events, 1))


def forgotten_version(workspace: Workspace) -> None:
    for path in workspace.root.glob("loader.db*"):
        path.unlink()


def damaged_events(workspace: Workspace) -> None:
    flip(EventStore(workspace).files()[0])


def missing_events(workspace: Workspace) -> None:
    EventStore(workspace).files()[0].unlink()


def stray_file(workspace: Workspace) -> None:
    store = EventStore(workspace)
    with store.writing():
        store.write_file(202601, events([999]))


def many_small_files(workspace: Workspace) -> None:
    store = EventStore(workspace)
    for number in range(100, 116):
        store.append(events([number]))


def damaged_walks(workspace: Workspace) -> None:
    flip(max(workspace.walks.glob("*.arrow"), key=lambda path: path.stat().st_size))


def old_walks(workspace: Workspace) -> None:
    EventStore(workspace).append(events([500]))


def broken_rules(workspace: Workspace) -> None:
    workspace.touchpoints_file.write_text("rules: [\n")


def broken_map(workspace: Workspace) -> None:
    (workspace.maps / "order.yaml").write_text("name: [\n")


def interrupted_import(workspace: Workspace) -> None:
    ImportLedger(workspace.imports_db).begin("calls.csv", "def")


def interrupted_erasure(workspace: Workspace) -> None:
    ErasedIds(workspace.erased_db).note("C1")


def set_aside(workspace: Workspace) -> None:
    (workspace.quarantine / "tail.json").write_text("{")


AMISS = [
    (no_folder, "layout", "wrong", "rejects"),
    (open_to_all, "permissions", "warning", "chmod 700"),
    (broken_ledger, "databases", "wrong", "imports.db"),
    (torn_tail, "recovery", "warning", "acknowledged is safe"),
    (changed_entry, "table log", "wrong", "00000000000000000001.json"),
    (forgotten_version, "table log", "warning", "loader.db"),
    (damaged_events, "event files", "wrong", r"1 of 1 files.*100 events"),
    (missing_events, "event files", "wrong", "month=202601"),
    (stray_file, "stray files", "warning", "1 files"),
    (many_small_files, "compaction", "warning", "trodden compact"),
    (damaged_walks, "walks", "wrong", r"\.arrow"),
    (old_walks, "walks up to date", "warning", "trodden rebuild"),
    (broken_rules, "touchpoint rules", "wrong", r"touchpoints\.yaml:\d"),
    (broken_map, "maps", "wrong", r"order\.yaml"),
    (interrupted_import, "imports", "warning", r"calls\.csv"),
    (interrupted_erasure, "erasures", "wrong", "trodden erase"),
    (set_aside, "quarantine", "warning", r"tail\.json"),
]


@pytest.mark.parametrize(
    ("break_it", "name", "state", "words"), AMISS, ids=lambda one: getattr(one, "__name__", "")
)
def test_what_is_amiss_is_found_and_comes_with_its_fix(
    workspace: Workspace, break_it: Callable[[Workspace], None], name: str, state: str, words: str
) -> None:
    break_it(workspace)
    finding = found(workspace, name)
    assert finding.state == state, finding
    assert re.search(words, f"{finding.message} {finding.fix}"), finding
    assert finding.fix


@pytest.mark.parametrize(("free", "state"), [(60, "ok"), (19, "warning"), (10, "wrong")])
def test_the_reserve_of_the_disk(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    usage = SimpleNamespace(total=100, used=100 - free, free=free)
    monkeypatch.setattr(doctor_machine.shutil, "disk_usage", lambda _: usage)
    assert found(workspace, "disk").state == state


@pytest.mark.parametrize(("kind", "state"), [("ext4", "ok"), ("tmpfs", "warning"), ("nfs4", "warning")])
def test_a_disk_that_may_forget(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, kind: str, state: str
) -> None:
    monkeypatch.setattr(doctor_machine, "_kind_of", lambda _: kind)
    assert found(workspace, "file system").state == state


def test_the_deepest_mount_point_counts(tmp_path: Path) -> None:
    assert doctor_machine._kind_of(Path("/proc/self")) == "proc"
    assert doctor_machine._kind_of(tmp_path)


@pytest.mark.parametrize(("now", "state"), [(1_700_000_000.0, "wrong"), (1_740_000_000.0, "warning")])
def test_a_clock_that_goes_back(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, now: float, state: str
) -> None:
    monkeypatch.setattr(doctor_machine.time, "time", lambda: now)
    assert found(workspace, "clock").state == state


def test_a_writer_at_work_is_no_fault(workspace: Workspace) -> None:
    import threading

    seen: list[Finding] = []
    with workspace.lock():
        thread = threading.Thread(target=lambda: seen.append(found(workspace, "lock")))
        thread.start()
        thread.join()
    assert seen[0].state == "ok"
    assert "writing" in seen[0].message
