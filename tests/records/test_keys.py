"""The key that signs: kept once, its owner's alone, or given."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from trodden.model.errors import CallerError, StoreError
from trodden.web.keys import find_key, keep_key, key_path


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    assert find_key(tmp_path, {}) == ""
    key = keep_key(tmp_path, {})
    assert len(key) >= 43
    assert keep_key(tmp_path, {}) == find_key(tmp_path, {}) == key
    assert stat.S_IMODE(key_path(tmp_path).stat().st_mode) == 0o600
    assert stat.S_IMODE(key_path(tmp_path).parent.stat().st_mode) == 0o700


def test_40_two_homes_have_two_keys(tmp_path: Path) -> None:
    assert keep_key(tmp_path / "a", {}) != keep_key(tmp_path / "b", {})


def test_a_key_given_wins_and_nothing_is_kept(tmp_path: Path) -> None:
    named = tmp_path / "named"
    named.write_text("n" * 43 + "\n")
    named.chmod(0o600)
    assert keep_key(tmp_path, {"TRODDEN_SECRET_KEY": "k" * 43}) == "k" * 43
    assert keep_key(tmp_path, {"TRODDEN_SECRET_KEY_FILE": str(named)}) == "n" * 43
    assert not key_path(tmp_path).exists()


def test_a_key_that_is_short_readable_by_others_or_missing_is_refused(tmp_path: Path) -> None:
    keep_key(tmp_path, {})
    key_path(tmp_path).chmod(0o640)
    with pytest.raises(StoreError, match="Others may read"):
        find_key(tmp_path, {})
    with pytest.raises(CallerError, match="has 3 characters, not 43"):
        find_key(tmp_path, {"TRODDEN_SECRET_KEY": "abc"})
    with pytest.raises(CallerError, match="cannot be read"):
        find_key(tmp_path, {"TRODDEN_SECRET_KEY_FILE": str(tmp_path / "none")})
