"""What answers are remembered under."""

from __future__ import annotations

import os
from pathlib import Path

from trodden.asking import cache_key, state_of


def test_code_that_changed_is_another_state(tmp_path: Path) -> None:
    code = tmp_path / "room" / "rates.py"
    code.parent.mkdir()
    code.write_text("share = 0.1")
    before = state_of(tmp_path)
    assert state_of(tmp_path) == before
    code.write_text("share = 0.2")
    os.utime(code, ns=(1, 1))
    changed = state_of(tmp_path)
    code.rename(code.with_name("ratios.py"))
    assert len({before, changed, state_of(tmp_path)}) == 3


def test_equal_plans_have_one_key_whatever_objects_they_share() -> None:
    one, other = (str(b"overview", "ascii") for _ in range(2))
    shared, apart = [one, one], [one, other]
    assert shared == apart
    assert cache_key("a", shared, "s") == cache_key("a", apart, "s")
    assert cache_key("a", shared, "s") != cache_key("a", [one], "s")
