"""Long work in a process of its own: a file is counted, brought in, taken back; nothing is left behind."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import threading
import time
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from trodden.collect import jobs
from trodden.collect.importers import ImportOptions, Mapping, import_files
from trodden.collect.jobs import State, Task
from trodden.collect.jobs_child import Work
from trodden.collect.uploads import (
    Upload,
    clean_name,
    content_of,
    drop_old,
    find_upload,
    incoming_of,
    keep_upload,
)
from trodden.model.errors import UnknownNameError
from trodden.store.erasure import erase_customer
from trodden.store.folder import Workspace
from trodden.store.harden import make_folder, write_file
from trodden.store.imports import imports_in

STEPS = ("search", "compare", "order")
ROWS = "customer,event,time,amount\n" + "".join(
    f"C{number % 40:03},{STEPS[number % 3]},2026-01-{1 + number % 28:02} 10:00,{number}\n"
    for number in range(300)
)
SETTLED = ImportOptions(mapping=Mapping(timezone="Europe/Berlin"), source="orders.csv", called="orders.csv")
PATIENCE_S = 60


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "home")


def brought(workspace: Workspace, text: str = ROWS) -> Upload:
    arrived = workspace.root / "arrived"
    arrived.write_text(text)
    upload = keep_upload(workspace, arrived, "../..\\orders.csv", "ada@example.org")
    arrived.unlink()
    return upload


def task(workspace: Workspace, kind: str, upload: Upload | None = None, **more: object) -> Task:
    fields = {"options": SETTLED, "upload": upload.key if upload else "", **more}
    return Task(kind=kind, home=str(workspace.home), workspace=workspace.name, by="ada@example.org", **fields)


def done(workspace: Workspace, wanted: Task) -> State:
    """Do the work, and return what came of it."""
    return waited(workspace, jobs.start(workspace, wanted))


def waited(workspace: Workspace, key: str) -> State:
    """Wait until work is over."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        state = jobs.state_of(workspace, key)
        if state.is_over:
            return state
        time.sleep(0.02)
    pytest.fail("the work never ended")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\x", "a\r\nb: c", "", ".", "x" * 5000, "\0", "ü .csv"]
)
def test_36_what_a_file_is_called_is_no_path_and_no_line(workspace: Workspace, name: str) -> None:
    said = clean_name(name)
    assert "/" not in said
    assert "\\" not in said
    assert said.isprintable()
    assert 0 < len(said) <= 200
    upload = keep_upload(workspace, workspace.root / "workspace.json", name, "ada")
    assert content_of(workspace, upload).parent.parent == workspace.uploads
    assert content_of(workspace, upload).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("key", ["..", "../../lock", "x", "00000000-0000-4000-8000-000000000000"])
def test_36_only_what_we_named_ourselves_is_an_upload(workspace: Workspace, key: str) -> None:
    with pytest.raises((UnknownNameError, ValueError)):
        find_upload(workspace, key)


def test_a_file_is_counted_brought_in_and_taken_back(workspace: Workspace) -> None:
    upload = brought(workspace)
    counted = done(workspace, task(workspace, "count", upload))
    assert counted.report is not None
    assert (counted.report.rows, counted.report.kept, counted.report.duplicates) == (300, 300, 0)
    assert imports_in(workspace.imports_db) == []

    came = done(workspace, task(workspace, "import", upload, draws_map=True))
    assert came.report is not None
    assert (came.phase, came.report.stored, came.map) == ("done", 300, "First draft@1")
    (record,) = imports_in(workspace.imports_db)
    assert (record.source, record.path, record.brought_by) == ("orders.csv", "orders.csv", "ada@example.org")
    assert Workspace.open(workspace.home).mark.time_zone == "Europe/Berlin"
    with pytest.raises(UnknownNameError):
        find_upload(workspace, upload.key)

    grown = brought(workspace, f"{ROWS}C001,order,2026-02-01 10:00,7\n")
    options = replace(SETTLED, dry_run=True)
    again = import_files(workspace, [content_of(workspace, grown)], options).files[0]
    assert (again.kept, again.duplicates) == (301, 300)

    undone = done(workspace, task(workspace, "undo", import_id=record.id))
    assert (undone.phase, undone.events) == ("done", 300)


def test_a_dry_run_tells_of_a_log_another_source_has_brought(workspace: Workspace, tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(ROWS)
    second.write_text(ROWS.replace("amount", "sum"))
    import_files(workspace, [first])
    counted = import_files(workspace, [second], ImportOptions(dry_run=True)).files[0]
    assert any("would count twice" in note for note in counted.notes)


def test_what_a_dry_run_rejects_is_written_where_it_is_told(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(f"{ROWS}C001,order,soon,7\n")
    options = ImportOptions(dry_run=True, rejects_folder=str(tmp_path / "rejects"))
    report = import_files(workspace, [path], options).files[0]
    assert b'"reason":"bad-time"' in Path(report.rejects_file).read_bytes()
    assert list(workspace.rejects.iterdir()) == []


def test_work_that_cannot_be_done_says_why(workspace: Workspace) -> None:
    failed = done(workspace, task(workspace, "undo", import_id=7))
    assert (failed.phase, failed.code) == ("failed", "unknown-name")


def test_work_whose_process_is_killed_has_failed_and_is_told_so(workspace: Workspace) -> None:
    with workspace.lock():
        key = jobs.start(workspace, task(workspace, "walks"))
        assert jobs.is_busy(workspace) == key
        os.kill(jobs._processes[key].pid, signal.SIGKILL)
        jobs._processes[key].wait(PATIENCE_S)
        state = jobs.state_of(workspace, key)
    assert (state.phase, state.code) == ("failed", "ended")
    assert jobs.is_busy(workspace) == ""


def test_an_import_that_is_stopped_brings_nothing_in_and_keeps_the_file(workspace: Workspace) -> None:
    upload = brought(workspace)
    with workspace.lock():
        key = jobs.start(workspace, task(workspace, "import", upload))
        jobs.stop(workspace, key)
    assert waited(workspace, key).phase == "stopped"
    assert imports_in(workspace.imports_db) == []
    assert find_upload(workspace, upload.key) == upload


def test_work_that_waits_for_its_turn_can_be_stopped(workspace: Workspace) -> None:
    with workspace.lock():
        key = jobs.start(workspace, task(workspace, "import", brought(workspace)))
        jobs.stop(workspace, key)
        assert waited(workspace, key).phase == "stopped"
    assert imports_in(workspace.imports_db) == []


def test_who_looks_at_ended_work_at_once_does_not_take_the_other_for_it(workspace: Workspace) -> None:
    key = jobs.start(workspace, task(workspace, "undo", import_id=7))
    waited(workspace, key)
    folder = jobs.folder_of(workspace, key)
    descriptor = os.open(folder / "lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    (folder / "state.json").write_bytes(b"{}")
    assert jobs.is_busy(workspace) == ""
    os.close(descriptor)


def test_an_import_ends_well_where_no_first_map_can_be_drafted(workspace: Workspace) -> None:
    (workspace.maps / "first-draft@1.yaml").write_text("name: [")
    came = done(workspace, task(workspace, "import", brought(workspace), draws_map=True))
    assert (came.phase, came.map) == ("done", "")
    assert len(imports_in(workspace.imports_db)) == 1


def test_an_erasure_empties_what_was_brought_so_that_its_proof_holds(workspace: Workspace) -> None:
    upload = brought(workspace, ROWS.replace("C001", "anna.schmidt@example.org"))
    import_files(workspace, [content_of(workspace, upload)])
    assert erase_customer(workspace, "anna.schmidt@example.org").traces == ()
    assert not content_of(workspace, upload).exists()


def test_work_under_way_writes_nothing_any_more_when_somebody_was_erased(workspace: Workspace) -> None:
    upload = brought(workspace, ROWS.replace("2026-01-03 10:00", "anna.schmidt@example.org at noon"))
    begun = task(workspace, "count", upload)
    folder = jobs.folder_of(workspace, "8a4a5d0e-0a0a-4c0e-8a4a-5d0e0a0a4c0e")
    make_folder(folder)
    write_file(folder / jobs.TASK, msgspec.json.encode(begun))
    work = Work(folder, threading.Event())
    erase_customer(workspace, "anna.schmidt@example.org")
    with pytest.raises(FileNotFoundError):
        work.note(State(phase="begun"))
    with pytest.raises(FileNotFoundError):
        list(
            import_files(
                workspace,
                [rejected(workspace)],
                replace(SETTLED, dry_run=True, rejects_folder=str(folder / "rejects")),
            ).files
        )
    assert not folder.exists()
    assert jobs.is_busy(workspace) == ""


def rejected(workspace: Workspace) -> Path:
    path = workspace.home / "orders.csv"
    path.write_text(ROWS.replace("2026-01-03 10:00", "noon"))
    return path


def test_a_child_whose_notes_an_erasure_took_away_ends_quietly(workspace: Workspace) -> None:
    with (workspace.root / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        key = jobs.start(workspace, task(workspace, "import", brought(workspace)))
        shutil.rmtree(jobs.folder_of(workspace, key))
    process = jobs._processes[key]
    assert process.wait(PATIENCE_S) == 0
    jobs._let_go(key, process)
    assert imports_in(workspace.imports_db) == []


def test_old_uploads_and_notes_are_removed_and_young_ones_stay(workspace: Workspace) -> None:
    upload = brought(workspace)
    half = incoming_of(workspace.home) / "half"
    half.parent.mkdir()
    half.write_text("a,b")
    assert drop_old(workspace) == 0
    assert drop_old(workspace, time.time() + 90_000) == 2
    assert not half.exists()
    with pytest.raises(UnknownNameError):
        find_upload(workspace, upload.key)
