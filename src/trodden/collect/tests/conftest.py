"""Fixtures of the importers' tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from trodden.store.folder import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Give an empty workspace."""
    return Workspace.create(tmp_path / "home")
