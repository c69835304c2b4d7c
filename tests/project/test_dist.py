"""The wheel as a stranger meets it: built, installed alone in an empty environment, and used."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.scripts import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.requires("package_index")]

EVENTS = "customer,event,time\n" + "".join(
    f"{customer},{event},2026-03-{day:02}T09:{minute:02}:00Z\n"
    for day, customer in enumerate(("ann", "bob", "eve"), start=1)
    for minute, event in enumerate(("search", "compare", "buy")[: day + 1])
)
UV = Path(sys.executable).parent / "uv"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "tools/dist.py", str(folder)], cwd=ROOT, check=True)
    (built,) = folder.glob("trodden-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """Install the wheel in an environment of its own; give the folder of its programs."""
    folder = wheel.parent / "environment"
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    python = folder / "bin" / "python"
    pins = wheel.parent / "pins.txt"
    export = [
        "export",
        "--frozen",
        "--quiet",
        "--no-emit-project",
        "--no-default-groups",
        "--output-file",
        pins,
    ]
    subprocess.run([UV, *export], cwd=ROOT, check=True)
    options = ["--quiet", "--python", python, "--constraints", pins]
    subprocess.run([UV, "pip", "install", *options, wheel], check=True)
    return folder / "bin"


def run(installed: Path, folder: Path, *arguments: str) -> str:
    """Run the installed command in an empty folder; return what it printed."""
    variables = {"PATH": os.defpath, "HOME": str(folder)}
    done = subprocess.run(
        [installed / "trodden", *arguments],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_page_assets_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "trodden/web/static/built/main.js" in names
    assert "trodden/py.typed" in names
    assert [name for name in names if "tests" in name.split("/")] == []
    assert {name.split("/")[0] for name in names if not name.startswith("trodden-")} == {"trodden"}


def test_the_same_commit_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "tools/dist.py", str(tmp_path)], cwd=ROOT, check=True)
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_installed_command_says_its_version(installed: Path, tmp_path: Path) -> None:
    assert "0.1.0" in run(installed, tmp_path, "--version")


def test_a_file_is_imported_and_a_question_answered(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(EVENTS)
    run(installed, tmp_path, "import", "events.csv")
    answer = run(installed, tmp_path, "ask", "funnel", "--steps", "search,compare,buy", "--json")
    assert [step["units"] for step in json.loads(answer)["steps"]] == [3, 3, 2]
