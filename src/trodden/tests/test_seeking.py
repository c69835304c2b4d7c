"""Findings are looked for when somebody wishes it, and once for each state of data and maps."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.support.lawn import fill_lawn
from trodden.insights.findings.kept import kept
from trodden.insights.findings.searching import (
    failure,
    is_wished,
    progress,
    take_wish,
    tell_progress,
    wish,
)
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


def failing(seeker: Seeker) -> int:
    """Let a worker look until the search it begins has ended; return how."""
    seeker.look()
    if seeker._child is None:
        return 0
    return seeker._child.wait(PATIENCE_S)


@pytest.fixture
def broken(tmp_path: Path) -> Workspace:
    """Make a workspace in which no search gets far: its walks cannot be read."""
    found = Workspace.create(tmp_path)
    (found.walks / "CURRENT").write_text("manifest-999999.json")
    return found


def test_a_search_that_failed_is_not_made_again_at_once_and_is_told_of(
    broken: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeker = Seeker(broken.home, broken.name)
    wish(broken)
    assert failing(seeker) != 0
    assert failing(seeker) == 0
    told = failure(broken)
    assert told is not None
    assert told.times == 1
    assert told.next_at > time.time()
    assert not is_wished(broken)
    wish(broken)
    assert failing(seeker) != 0
    monkeypatch.setattr("trodden.seeking.FAILED_S", 0.0)
    for _ in range(2):  # the state is as it was: it is sought again all the same
        assert failing(seeker) != 0
    told = failure(broken)
    assert told is not None
    assert told.times == 3
    seeker.stop()


def test_a_search_that_is_ended_leaves_no_word_that_it_goes_on(broken: Workspace) -> None:
    seeker = Seeker(broken.home, broken.name)
    seeker.look()
    assert seeker._child is not None
    tell_progress(broken, 1, 2)
    seeker.stop()
    assert progress(broken) is None


def test_what_is_wished_for_while_a_search_goes_on_is_sought_after_it(broken: Workspace) -> None:
    begun = time.time()
    wish(broken)
    os.utime(broken.cache / "findings.wish", (begun + 5, begun + 5))
    tell_progress(broken, 1, 2)
    assert is_wished(broken)
    assert not take_wish(broken, before=begun)
    assert take_wish(broken)
    assert not take_wish(broken)
