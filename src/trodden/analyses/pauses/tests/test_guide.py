"""The guide to pauses says what it shows: every block of it runs."""

from __future__ import annotations

import doctest
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[5] / "docs" / "guide" / "pauses.md"


def test_the_guide_runs_as_it_stands() -> None:
    found = doctest.testfile(str(GUIDE), module_relative=False, encoding="utf-8")
    assert found.attempted > 10
    assert found.failed == 0
