"""Settings: a file that is none says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from trodden.model.errors import CallerError
from trodden.settings import load_settings


@pytest.mark.parametrize(
    "text", [b"threads = ", b"threads = '\xff'", b"threads = " + b"9" * 5_000, b"a = " + b"[" * 5_000]
)
def test_a_file_of_settings_that_cannot_be_read_is_named(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "trodden.toml").write_bytes(text)
    with pytest.raises(CallerError, match=r"trodden\.toml is not TOML"):
        load_settings(tmp_path, {})
