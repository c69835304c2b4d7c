"""The README's five minutes: each command and each line of Python, on a file such as its reader has."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from trodden.cli import main

README = Path(__file__).resolve().parents[2] / "README.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
COMMAND = ".venv/bin/trodden "


def tickets(cases: int) -> str:
    """Write cases that are opened, worked on and closed, some of them in another way."""
    rows = ["CaseID,ActivityID,CompleteTimestamp"]
    for case in range(cases):
        activities = ("open", "work", "close") if case % 5 else ("open", "close")
        rows += [
            f"{case},{activity},2026-01-{1 + case % 28:02} {9 + hour:02}:00:00"
            for hour, activity in enumerate(activities)
        ]
    return "\n".join(rows)


def blocks(kind: str) -> list[str]:
    return [text for found, text in BLOCK.findall(README.read_text()) if found == kind]


def commands() -> list[list[str]]:
    lines = [line for text in blocks("console") for line in text.splitlines()]
    return [shlex.split(line.removeprefix(COMMAND)) for line in lines if line.startswith(COMMAND)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand where the reader's file is, in no home folder but one made here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRODDEN_HOME", raising=False)
    (tmp_path / "tickets.csv").write_text(tickets(40))
    return tmp_path


def test_every_command_of_the_tour_works(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    tour = commands()
    assert [command[0] for command in tour][-1] == "serve"
    for command in tour[:-1]:
        assert main(command) == 0, (command, capfd.readouterr().err)
    assert (here / "support.yaml").exists()


@pytest.mark.usefixtures("here")
def test_the_python_works() -> None:
    assert main(["import", "tickets.csv", "--quiet"]) == 0
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, str(README), "exec"), names)  # noqa: S102 - the page's own code
    answer = names["answer"]
    assert len(answer.transitions) == 5  # type: ignore[attr-defined]
