"""What commands write into files, and what they write where a program reads along."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from trodden.cli import main
from trodden.cli.shared import write_file

TICKETS = """customer,touchpoint,time
NA,assign,2026-01-05 10:00:00
NA,close,2026-01-05 12:00:00
0012,assign,2026-01-06 09:00:00
0012,close,2026-01-07 09:00:00
"""


def test_undo_as_json_asks_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home, log = ["--home", str(tmp_path / "home")], tmp_path / "t.csv"
    log.write_text(TICKETS)
    assert main([*home, "import", str(log), "--quiet"]) == 0
    capfd.readouterr()
    assert main([*home, "imports", "undo", "1", "--json"]) == 2
    refused = capfd.readouterr()
    assert refused.out == ""
    assert "--yes" in refused.err
    for more, removed in (["--dry-run"], 0), (["--yes"], 4):
        assert main([*home, "imports", "undo", "1", "--json", *more]) == 0
        assert json.loads(capfd.readouterr().out)["events"] == 4
        assert main([*home, "imports", "--json"]) == 0
        assert json.loads(capfd.readouterr().out)[0]["removed"] == removed


def test_a_file_that_cannot_be_written_whole_leaves_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "answer.csv"
    path.write_text("before")
    write = (
        "import resource, sys; from pathlib import Path; from trodden.cli.shared import write_file;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); write_file(Path(sys.argv[1]), 'x' * 100)"
    )
    done = subprocess.run(
        [sys.executable, "-c", write, str(path)], capture_output=True, text=True, check=False
    )
    assert "File too large" in done.stderr
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_written_anew_keeps_its_place_and_its_rights(tmp_path: Path) -> None:
    path, link = tmp_path / "answer.csv", tmp_path / "link.csv"
    path.write_text("before")
    path.chmod(0o640)
    link.symlink_to(path)
    write_file(link, "after")
    assert (path.read_text(), path.stat().st_mode & 0o777, link.is_symlink()) == ("after", 0o640, True)
    write_file(Path("/dev/null"), "nothing")
    assert Path("/dev/null").is_char_device()
