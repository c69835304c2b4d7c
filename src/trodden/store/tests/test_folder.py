"""A workspace's folder and the right to write it."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from trodden.model.errors import CallerError, LockedError, NotAWorkspaceError
from trodden.store.folder import FOLDERS, Workspace

HOLD = """
import sys
from trodden.store.folder import Workspace
with Workspace.open(sys.argv[1]).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_workspace_is_made_once_and_opened_ever_after(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path, time_zone="Europe/Berlin")
    assert Workspace.create(tmp_path) == Workspace.open(tmp_path) == made
    assert made.mark.time_zone == "Europe/Berlin"
    assert all((made.root / name).is_dir() for name in FOLDERS)


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    root = Workspace.create(tmp_path).root
    assert root.stat().st_mode & 0o077 == 0
    assert (root / "workspace.json").stat().st_mode & 0o077 == 0


def test_a_folder_without_a_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAWorkspaceError, match="no workspace"):
        Workspace.open(tmp_path)


def test_a_later_layout_is_refused(tmp_path: Path) -> None:
    mark = Workspace.create(tmp_path).root / "workspace.json"
    mark.write_text(mark.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(NotAWorkspaceError, match="layout 2"):
        Workspace.open(tmp_path)


def test_a_damaged_mark_is_refused(tmp_path: Path) -> None:
    (Workspace.create(tmp_path).root / "workspace.json").write_text("{")
    with pytest.raises(NotAWorkspaceError):
        Workspace.open(tmp_path)


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "-a", "x" * 65])
def test_a_name_that_is_no_plain_word_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CallerError):
        Workspace.create(tmp_path, name)


def test_the_holder_may_take_the_lock_again(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    with workspace.lock(), Workspace.open(tmp_path).lock():
        pass
    with workspace.lock():
        pass


def test_another_thread_is_refused(tmp_path: Path) -> None:
    workspace, refused = Workspace.create(tmp_path), []

    def take() -> None:
        try:
            with workspace.lock():
                pass
        except LockedError as error:
            refused.append(error)

    with workspace.lock():
        thread = threading.Thread(target=take)
        thread.start()
        thread.join()
    assert len(refused) == 1


def test_another_process_is_refused_until_the_holder_dies(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=f"process {holder.pid}"), workspace.lock():
            pass
        holder.kill()
        holder.wait()
    with workspace.lock():
        pass


def test_what_others_changed_meanwhile_stays(tmp_path: Path) -> None:
    opened = Workspace.create(tmp_path, "shop")
    Workspace.open(tmp_path, "shop").keeping(12)
    assert opened.changed(time_zone="Europe/Berlin").mark.keep_months == 12
    assert opened.titled("Shop").mark.time_zone == "Europe/Berlin"
    assert Workspace.open(tmp_path, "shop").mark.keep_months == 12
