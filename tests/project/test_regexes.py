"""Our own regular expressions on the texts that are worst for them: each must come to an end soon."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.regexes import hold_all
from tests.support.scripts import ROOT

LIMIT_S = 60
"""Processor time for all of them together; all need a few seconds, one that is not linear needs hours."""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_S, LIMIT_S)),
    )


def test_every_expression_of_the_source_ends_on_its_worst_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRODDEN_HOME", str(tmp_path))
    done = run(f"from tests.support.regexes import {hold_all.__name__} as hold; print(hold())")
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert int(done.stdout.split()[-1]) > 40


@pytest.mark.parametrize(
    ("expression", "how"),
    [
        (r'\s*\((?:"(?:[^"]|"")*"|[^"()])*\)', "match"),
        (r"[^\s@<>]+@[^\s@<>]+\.\w+", "search"),
    ],
)
def test_an_expression_that_does_not_end_is_found(expression: str, how: str) -> None:
    code = f"""
import re, resource
resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
from tests.support.regexes import hold
hold(re.compile({expression!r}), {how!r})"""
    assert run(code).returncode < 0


def test_no_sentence_that_is_said_again_in_another_language_takes_long_or_goes_deep() -> None:
    """Errors repeat what somebody typed: each value of a sentence was sought at every place of it."""
    code = """
from trodden.model.words import say, speaking
with speaking("de"):
    for text in ("; bytes with crc ", "1 ", "1, ", " to ", "; ", ", "):
        for times in (30, 200, 4_000):
            assert say(text * times + "!")"""
    assert run(code).returncode == 0
