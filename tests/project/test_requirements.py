import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support import requirements

ROOT = Path(__file__).resolve().parents[2]

SUITE = """
import pytest

@pytest.mark.requires("chromium")
def test_missing(): raise AssertionError

@pytest.mark.requires("linux")
def test_present(): pass

def test_skipped_though_present(): pytest.skip("linux would be needed")

@pytest.mark.skip(reason="later")
def test_skipped_without_a_name(): pass

@pytest.mark.xfail(strict=True)
def test_expected_failure(): raise AssertionError
"""


def run_suite(folder: Path, source: str) -> dict[str, tuple[str, str]]:
    """Run the source as a suite on a machine without programs; return outcome and words by test."""
    suite, report = folder / "test_suite.py", folder / "report.xml"
    suite.write_text(source)
    plugins = ["-p", "tests.support.requirements", "-p", "no:cacheprovider"]
    options = ["-c", "/dev/null", "--rootdir", str(folder), "--junit-xml", str(report), str(suite)]
    subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *options],
        cwd=ROOT,
        env={**os.environ, "PATH": "/nonexistent"},
        capture_output=True,
        check=False,
    )
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 - written by pytest just now
    return {case.get("name", ""): outcome(case) for case in cases}


def outcome(case: ET.Element) -> tuple[str, str]:
    """Return what became of a test, and the words that explain it."""
    for child in case:
        return child.tag, f"{child.get('message')} {child.text}"
    return "passed", ""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    return run_suite(tmp_path_factory.mktemp("suite"), SUITE)


def test_a_test_whose_requirement_is_missing_is_skipped_with_the_reason(
    outcomes: dict[str, tuple[str, str]],
) -> None:
    tag, words = outcomes["test_missing"]
    assert tag == "skipped"
    assert "needs chromium: no program chromium" in words


def test_a_test_whose_requirement_is_present_runs(outcomes: dict[str, tuple[str, str]]) -> None:
    assert outcomes["test_present"] == ("passed", "")


def test_a_skip_though_the_requirement_is_present_fails(outcomes: dict[str, tuple[str, str]]) -> None:
    tag, words = outcomes["test_skipped_though_present"]
    assert tag == "failure"
    assert "skipped though linux is present" in words


def test_a_skip_that_names_no_requirement_fails(outcomes: dict[str, tuple[str, str]]) -> None:
    tag, words = outcomes["test_skipped_without_a_name"]
    assert tag == "error"
    assert "skipped without naming a requirement: Skipped: later" in words


def test_an_expected_failure_is_not_taken_for_a_skip(outcomes: dict[str, tuple[str, str]]) -> None:
    assert outcomes["test_expected_failure"][0] == "skipped"


def test_a_module_that_skips_itself_is_held_to_the_same_rule(tmp_path: Path) -> None:
    found = run_suite(tmp_path, "import pytest\npytest.importorskip('no_such_package')\n")
    ((tag, words),) = found.values()
    assert tag == "error"
    assert "skipped without naming a requirement" in words


def test_an_unknown_requirement_is_an_error() -> None:
    with pytest.raises(pytest.UsageError, match="unknown requirement 'teapot'"):
        requirements.lacking("teapot")
