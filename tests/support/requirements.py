"""What tests may require of the machine, and the rule that no test is skipped in silence.

A test says ``@pytest.mark.requires("chromium")``. Where a probe finds that it is missing, the test is skipped
and the reason printed. A skip that names no requirement, or only ones that are present, is a failure: a suite
cannot turn green by skipping what it could have run.
"""

import ctypes
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.support.scripts import ROOT, load_script

SHARED = ROOT.parent / "shared"

Probe = Callable[[], str | None]
"""Returns None where the requirement is met, otherwise what is missing."""


def lacking(name: str) -> str | None:
    """Return what is missing for the requirement ``name``; None where it is met."""
    if name not in PROBES:
        message = f"unknown requirement {name!r}; known are {', '.join(sorted(PROBES))}"
        raise pytest.UsageError(message)
    return _probe(name)


@functools.cache
def _probe(name: str) -> str | None:
    return PROBES[name]()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of research data beside the checkout; skip where it is absent."""
    missing = lacking("shared")
    if missing:
        pytest.skip(f"needs shared: {missing}")
    return SHARED


# The rule


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose requirement is missing, before any of its fixtures is made."""
    for marker in item.iter_markers("requires"):
        for name in marker.args:
            missing = lacking(name)
            if missing:
                pytest.skip(f"needs {name}: {missing}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip without a missing requirement into a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _hold(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Hold modules that skip themselves to the same rule."""
    report = yield
    if report.skipped:
        _hold(report)
    return report


def _hold(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    named = [name for name in PROBES if re.search(rf"\b{name}\b", reason)]
    if any(lacking(name) for name in named):
        return
    what = f"though {', '.join(named)} is present" if named else "without naming a requirement"
    report.outcome = "failed"
    report.longrepr = f"skipped {what}: {reason}"


# The probes


def _program(name: str, *arguments: str) -> str | None:
    path = shutil.which(name)
    if not path:
        return f"no program {name}"
    try:
        done = subprocess.run([path, *arguments], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{name} does not run: {error}"
    return (
        None
        if done.returncode == 0
        else f"{name} does not run: {done.stderr[-200:].decode(errors='replace')}"
    )


def _root() -> str | None:
    return None if os.geteuid() == 0 else "not running as root"


def _loop_mount() -> str | None:
    if _root() or not shutil.which("mkfs.ext4"):
        return _root() or "no program mkfs.ext4"
    with tempfile.TemporaryDirectory() as folder:
        image, point = Path(folder, "image"), Path(folder, "point")
        point.mkdir()
        with image.open("wb") as file:
            file.truncate(4 << 20)
        steps = (["mkfs.ext4", "-q", image], ["mount", "-o", "loop", image, point], ["umount", point])
        for step in steps:
            done = subprocess.run(step, capture_output=True, text=True, check=False)
            if done.returncode:
                return f"{step[0]} failed: {done.stderr.strip()[-200:]}"
    return None


def _landlock() -> str | None:
    if sys.platform != "linux":
        return f"this is {sys.platform}"
    create_ruleset, version_flag = 444, 1
    version = ctypes.CDLL(None, use_errno=True).syscall(create_ruleset, None, 0, version_flag)
    return None if version > 0 else "the kernel has no Landlock"


def _package_index() -> str | None:
    bootstrap = load_script("bootstrap")
    environment = bootstrap.uv_environment(os.environ)
    try:
        bootstrap.fetch(f"{bootstrap.indexes(environment)[-1]}/uv/", environment)
    except OSError as error:
        return f"no package index can be reached: {error}"
    return None


def _postgresql() -> str | None:
    return _program("initdb", "--version") or _program("pg_ctl", "--version")


PROBES: dict[str, Probe] = {
    "chromium": lambda: _program("chromium", "--version"),
    "landlock": _landlock,
    "linux": lambda: None if sys.platform == "linux" else f"this is {sys.platform}",
    "loop_mount": _loop_mount,
    "package_index": _package_index,
    "postgresql": _postgresql,
    "root": _root,
    "shared": lambda: None if SHARED.is_dir() else "no folder `shared` beside the checkout",
    "strace": lambda: _program("strace", "-o", "/dev/null", "true"),
}
