"""The worker looks often and works only where something has changed."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

import trodden
from trodden.cli import main
from trodden.store.folder import Workspace
from trodden.worker import BUSY, WISHES_S, Watched, run

LOG = "customer,touchpoint,time\nann,search,2026-05-01 10:00\nann,buy,2026-05-01 10:05\n"
MORE = "customer,touchpoint,time\nbob,search,2026-05-02 10:00\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    found = tmp_path / "home"
    bring(found, LOG)
    return found


def bring(home: Path, log: str) -> None:
    file = home.parent / f"{len(log)}.csv"
    file.write_text(log)
    assert main(["--home", str(home), "import", str(file), "--quiet"]) == 0


def settled(home: Path) -> Watched:
    """Let a worker look until there is nothing more to do."""
    watched = Watched(home, "default")
    looks = [watched.look(threading.Event()) for _ in range(5)]
    assert looks[0]
    assert not looks[-1]
    return watched


def test_what_has_not_changed_is_left_alone(home: Path) -> None:
    watched = settled(home)
    assert not watched.look(threading.Event())


def test_what_came_in_is_tidied(home: Path) -> None:
    watched = settled(home)
    bring(home, MORE)
    assert watched.look(threading.Event())
    assert trodden.open(home).ask("overview").about.customers == 2


def test_a_question_is_no_change(home: Path) -> None:
    watched = settled(home)
    trodden.open(home).ask("overview")
    assert not watched.look(threading.Event())


def test_files_on_their_way_in_and_notes_of_work_are_no_change(home: Path) -> None:
    watched = settled(home)
    for name in ("jobs", "uploads"):
        folder = home / "workspaces/default" / name / "one"
        folder.mkdir(parents=True)
        (folder / "state.json").write_text("{}")
    assert not watched.look(threading.Event())


def test_a_busy_workspace_is_looked_at_again(home: Path) -> None:
    watched = settled(home)
    bring(home, MORE)
    with Workspace.open(home).lock():
        assert watched.look(threading.Event())
        assert watched.look(threading.Event())
    assert watched.look(threading.Event())


def test_a_worker_that_is_to_stop_does_not_wait_for_its_child(home: Path) -> None:
    stop = threading.Event()
    stop.set()
    assert Watched(home, "default").look(stop)
    settled(home)


def test_a_child_ends_with_the_process_that_started_it(home: Path) -> None:
    command = [sys.executable, "-P", "-m", "trodden.worker", str(home), "default"]
    with Workspace.open(home).lock(), subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(60) in {BUSY, -15}


def test_between_two_changes_the_worker_holds_no_library_of_the_store() -> None:
    command = "import sys, trodden.web.worker; print(*{'numpy', 'pyarrow', 'django'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


class Rounds(threading.Event):
    """Asked to stop after some looks at what is wished for."""

    left = 3

    def wait(self, timeout: float | None = None) -> bool:
        self.left -= timeout == WISHES_S
        if not self.left:
            self.set()
        return super().wait(0 if timeout == WISHES_S else timeout)


def test_what_goes_wrong_in_a_workspace_is_said_once_and_ends_no_worker(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (home / "trodden.toml").write_text("no_setting = 1")
    stop = Rounds()
    run(home, stop)
    assert stop.left == 0
    assert [one.message for one in caplog.records] == ["findings.unsought name=default"]
