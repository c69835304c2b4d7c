"""Whoever follows the page has an analysis: as a command, over HTTP, on a page, in the contract suite."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.browser.conftest import PATIENCE_S, serve_json, served

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "guide" / "your-own-analysis.md"
FILE = re.compile(r"```python\n# (src/\S+)\n(.*?)```", re.DOTALL)
LOG = """customer,touchpoint,time,channel
k,ask,2026-01-01 10:00,web
k,call,2026-01-01 10:05,phone
k,ask,2026-01-01 10:10,web
m,ask,2026-01-02 10:00,web
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a checkout in which somebody followed the page."""
    root = tmp_path_factory.mktemp("own") / "trodden"
    for part in ("src", "tests"):
        shutil.copytree(ROOT / part, root / part)
    for part in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / part, root)
    for name, text in FILE.findall(PAGE.read_text()):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "src/trodden/analyses/switches/tests/__init__.py").touch()
    (root / "log.csv").write_text(LOG)
    return root


@pytest.fixture
def run(checkout: Path, monkeypatch: pytest.MonkeyPatch):  # noqa: ANN201 - a function of texts
    """Return what runs a module of that checkout."""
    monkeypatch.setenv("PYTHONPATH", f"{checkout / 'src'}:{checkout}")

    def go(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=checkout, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return go


@pytest.mark.slow
def test_it_is_asked_by_command_over_http_and_on_a_page(run, checkout: Path) -> None:  # noqa: ANN001 - the fixture
    home = checkout / "home"
    run("trodden", "--home", str(home), "import", "log.csv", "--quiet")
    assert "switches" in run("trodden", "analyses")
    answer = json.loads(run("trodden", "--home", str(home), "ask", "switches", "--json"))
    assert (answer["switched"]["count"], answer["switched"]["of"]) == (1, 2)
    assert [(one["source"], one["target"]) for one in answer["switches"]] == [
        ("web", "phone"),
        ("phone", "web"),
    ]
    with served(home) as address:
        headers = {"Authorization": f"Bearer {serve_json(home)['token']}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"{address}/api/ask/switches", b"{}", headers)  # noqa: S310 - our own server
        with urllib.request.urlopen(asked, timeout=PATIENCE_S) as response:  # noqa: S310 - as above
            assert json.load(response)["switched"] == answer["switched"]
        with urllib.request.urlopen(f"{address}/explore/switches/", timeout=PATIENCE_S) as page:  # noqa: S310 - as above
            assert "1 of 2 customers changed the channel" in page.read().decode()


@pytest.mark.slow
def test_it_keeps_the_contract(run) -> None:  # noqa: ANN001 - the fixture
    said = run(
        "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "tests/contract", "-k", "switches"
    )
    assert int(re.findall(r"(\d+) passed", said)[0]) >= 14


@pytest.mark.slow
def test_it_is_written_as_the_rest_is(checkout: Path) -> None:
    command = [Path(sys.executable).parent / "ruff", "check", "src/trodden/analyses/switches"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
