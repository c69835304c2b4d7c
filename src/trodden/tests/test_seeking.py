"""Findings are looked for when somebody wishes it, and once for each state of data and maps."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lawn import fill_lawn
from trodden.insights.findings.kept import kept
from trodden.insights.findings.searching import is_wished, wish
from trodden.seeking import Seeker
from trodden.store.folder import Workspace

PATIENCE_S = 240
"""A search steps back behind everything else the machine does."""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = fill_lawn(tmp_path)
    (found.cache / "findings.json").unlink()
    return found


def sought(seeker: Seeker) -> bool:
    """Let a worker look, and wait for the search it begins, if any."""
    seeker.look()
    if seeker._child is None:
        return False
    assert seeker._child.wait(PATIENCE_S) == 0
    return True


def test_a_workspace_is_searched_once_for_each_state(workspace: Workspace) -> None:
    seeker = Seeker(workspace.home, workspace.name)
    try:
        assert sought(seeker)
        assert kept(workspace) is not None
        assert not sought(seeker)
        wish(workspace)
        assert sought(seeker)
        assert not is_wished(workspace)
    finally:
        seeker.stop()


def test_nothing_is_sought_where_that_was_turned_off_or_nothing_is_there(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRODDEN_SEEK_FINDINGS", "false")
    for home in (workspace.home, tmp_path / "nowhere"):
        seeker = Seeker(home, "default")
        assert not sought(seeker)
