"""A stranger's first minutes: clone, `make run`, look; and again tomorrow, without a network."""

import os
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.scripts import ROOT

# The first run compiles every kernel, on whatever else the machine is doing.
pytestmark = [pytest.mark.slow, pytest.mark.requires("package_index"), pytest.mark.timeout(1200)]

OFFLINE = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clone what is committed."""
    folder = tmp_path_factory.mktemp("clone") / "trodden"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    return folder


@contextmanager
def running(clone: Path, **variables: str) -> Iterator[tuple[str, list[str]]]:
    """Run `make run` until it prints its address; give that and the lines before it; then press Ctrl-C."""
    environment = {**os.environ, **variables, "NO_PROXY": "localhost,127.0.0.1"}
    process = subprocess.Popen(
        ["make", "run"],
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []
    try:
        yield address(process, lines), lines
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def address(process: subprocess.Popen[str], lines: list[str]) -> str:
    """Read what the process prints up to its address."""
    for line in process.stdout or ():
        found = re.search(r"http://localhost:\d+", line)
        if found:
            return found.group()
        lines.append(line)
    pytest.fail("no address was printed:\n" + "".join(lines))


def page(url: str) -> str:
    """Return the page at an address of this machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=60) as answer:
        return answer.read().decode()


def test_one_command_shows_the_sample_and_again_without_a_network(clone: Path) -> None:
    with running(clone) as (url, lines):
        home, first = page(url), page(f"{url}/journeys/")
    assert "Setting up .venv" in "".join(lines)
    assert "What to know now" in home
    assert "Getting connected" in first

    with running(clone, **OFFLINE) as (url, lines):
        again = page(f"{url}/journeys/")
    said = "".join(lines)
    assert "Setting up" not in said
    assert "Installing" not in said
    assert "Building" not in said
    assert "Getting connected" in again
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True
    )
    assert status.stdout == ""
