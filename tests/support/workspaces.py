"""Workspaces on disk, made of tiny walks as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.events import load_events
from tests.support.walks import table_from_text
from trodden.store.folder import Workspace

if TYPE_CHECKING:
    from pathlib import Path


def workspace_from_text(home: Path, text: str, *, time_zone: str = "UTC") -> Workspace:
    """Make the default workspace of a home folder and load the events of a text into it."""
    workspace = Workspace.create(home, time_zone=time_zone)
    load_events(workspace, "text", [table_from_text(text)])
    return workspace
