"""The style sheets: what stands at a side stands at the start or the end of reading, not left or right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).resolve().parents[2] / "ui" / "styles"
PHYSICAL = re.compile(
    r"(?:margin|padding|border)-(?:left|right)\b|^\s*(?:left|right):|text-align:\s*(?:left|right)"
    r"|border-(?:top|bottom)-(?:left|right)-radius|\b(?:float|clear):\s*(?:left|right)"
    r"|^\s*(?:margin|padding|inset):(?!.*calc)\s*(?P<top>\S+)\s+(?P<right>\S+)\s+\S+\s+(?!(?P=right);)\S+;",
    re.MULTILINE,
)


@pytest.mark.parametrize("sheet", sorted(STYLES.rglob("*.css")), ids=lambda sheet: sheet.name)
def test_no_side_is_named_by_left_or_right(sheet: Path) -> None:
    lines = sheet.read_text().splitlines()
    assert [line for line in lines if PHYSICAL.search(line)] == []


@pytest.mark.parametrize("line", ["  margin-left: 4px;", "  right: 0;", "  padding: 0 4px 0 0;"])
def test_a_side_named_by_left_or_right_is_found(line: str) -> None:
    assert PHYSICAL.search(line)
