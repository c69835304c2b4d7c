"""Work on a workspace that takes long, done by a process of its own: begun, watched, stopped.

What is to be done, how far it has come and how it ended are files of a folder, so that any process can tell,
and who asks again later is told the same. The process holds the lock of its folder as long as it lives.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Final, Literal

import msgspec

from trodden.collect.importers.report import FileReport, ImportOptions
from trodden.model.errors import UnknownNameError
from trodden.store.folder import Workspace
from trodden.store.harden import make_folder, write_file

TASK: Final = "task.json"
STATE: Final = "state.json"
_LOCK: Final = "lock"
_STOPPED: Final = "stopped"
"""Of work that was asked to stop: it may have ended before it could say so."""
_PATIENCE_S: Final = 10.0
"""How long a process that is done may take to end."""

Kind = Literal["count", "import", "undo", "walks"]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done, for whom.

    *count*: a dry run of the file. *import*: bring its events in and remove it; then, with ``draws_map``,
    draft a first map. *undo*: take import ``import_id`` back. *walks*: bring the walks to rules and zone.
    ``back`` says where it was asked for.
    """

    kind: Kind
    home: str
    workspace: str
    by: str
    upload: str = ""
    name: str = ""
    options: ImportOptions = ImportOptions()
    draws_map: bool = False
    import_id: int = 0
    back: Literal["data", "rules", "workspace"] = "data"


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How far it has come: ``rows`` and ``read`` of ``size`` bytes; at the end what came of it.

    ``queued`` until nobody else writes the workspace. ``report`` is of a count or an import, ``map`` the key
    of the draft that was made, ``events`` how many an undo removed.
    """

    phase: Literal["queued", "begun", "done", "failed", "stopped"] = "queued"
    rows: int = 0
    read: int = 0
    size: int = 0
    rate: float = 0.0
    seconds_left: float | None = None
    code: str = ""
    message: str = ""
    hint: str = ""
    report: FileReport | None = None
    map: str = ""
    events: int = 0

    @property
    def is_over(self) -> bool:
        """Say whether nothing more happens."""
        return self.phase in {"done", "failed", "stopped"}


_LOST: Final = State(
    phase="failed",
    code="ended",
    message="The work ended without a word: the server was stopped, or the machine needed its memory.",
    hint="Do it again: nothing is stored twice. The server's output may say more.",
)

_processes: dict[str, subprocess.Popen[bytes]] = {}


def start(workspace: Workspace, task: Task) -> str:
    """Begin work in a process that ends with this one; return the key under which it is watched."""
    key = str(uuid.uuid4())
    folder = folder_of(workspace, key)
    make_folder(folder)
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # Before anybody can see the work, so that nobody takes it for dead.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        write_file(folder / STATE, msgspec.json.encode(State()))
        write_file(folder / TASK, msgspec.json.encode(task))
        command = [sys.executable, "-P", "-m", "trodden.collect.jobs_child", str(folder)]
        _processes[key] = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[descriptor])
    finally:
        os.close(descriptor)
    return key


def task_of(workspace: Workspace, key: str) -> Task:
    """Return what was to be done.

    Raises
    ------
    UnknownNameError
        No work goes by this key, or it was over a day ago.
    """
    try:
        return msgspec.json.decode((folder_of(workspace, key) / TASK).read_bytes(), type=Task)
    except FileNotFoundError as error:
        raise UnknownNameError(
            "Nothing is known of this work any more.", hint="What was imported is listed under Sources."
        ) from error


def state_of(workspace: Workspace, key: str) -> State:
    """Return how far it has come; what died without a word has failed.

    Raises
    ------
    UnknownNameError
        As `task_of`.
    """
    task_of(workspace, key)
    folder = folder_of(workspace, key)
    is_alive = _is_alive(folder, key)
    found = msgspec.json.decode((folder / STATE).read_bytes(), type=State)
    if found.is_over:
        _wait_for(key)
    if found.is_over or is_alive:
        return found
    return State(phase="stopped") if (folder / _STOPPED).exists() else _LOST


def stop(workspace: Workspace, key: str) -> None:
    """Ask work of this process to stop; what is stored by then stays."""
    process = _processes.get(key)
    if process is not None and process.poll() is None:
        (folder_of(workspace, key) / _STOPPED).touch(mode=0o600)
        process.terminate()


def is_busy(workspace: Workspace) -> str:
    """Return the key of work under way on a workspace that changes it; empty where there is none."""
    for folder in workspace.jobs.glob("*"):
        if (folder / TASK).exists() and _is_alive(folder, folder.name):
            task = task_of(workspace, folder.name)
            if task.kind != "count" and not state_of(workspace, folder.name).is_over:
                return folder.name
    return ""


def folder_of(workspace: Workspace, key: str) -> Path:
    """Return the folder of some work; only what we named ourselves is one."""
    return workspace.jobs / str(uuid.UUID(key))


def _is_alive(folder: Path, key: str) -> bool:
    process = _processes.get(key)
    if process is not None:
        if process.poll() is None:
            return True
        _let_go(key, process)
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        # Shared, so that two who look at once do not take each other for the work.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _wait_for(key: str) -> None:
    """Wait for a process that has said its last word, and is about to end."""
    process = _processes.get(key)
    if process is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE_S)
            _let_go(key, process)


def _let_go(key: str, process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    _processes.pop(key, None)
