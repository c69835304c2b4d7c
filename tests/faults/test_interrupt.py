"""Somebody presses Ctrl-C: what was stored stays, and the same command goes on with the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.harness import wait_until_stopped
from trodden.store.doctor import check_workspace
from trodden.store.events import EventStore
from trodden.store.folder import Workspace

ROWS = 500


@pytest.mark.parametrize("point", ["imports.after_begin", "events.after_file", "imports.after_acknowledge"])
def test_an_import_that_is_stopped_says_so_and_can_be_run_again(tmp_path: Path, point: str) -> None:
    path, home = tmp_path / "log.csv", tmp_path / "home"
    rows = (f"c{row % 50},step {row % 3},2024-01-{1 + row % 28:02} 10:{row % 60:02}" for row in range(ROWS))
    path.write_text("customer,event,time\n" + "\n".join(rows))
    command = [sys.executable, "-m", "trodden", "--home", str(home), "import", str(path)]
    process = subprocess.Popen(
        command,
        env={**os.environ, "TRODDEN_FAULTS": f"stop={point}:1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert wait_until_stopped(process.pid)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 130
    assert told.splitlines()[0].startswith(
        "What was stored so far stays, each event once. Run the same command"
    )
    assert "Traceback" not in told
    assert [one for one in check_workspace(Workspace.open(home)) if one.state == "wrong"] == []
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert EventStore(Workspace.open(home)).count() == ROWS
