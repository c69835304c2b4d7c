"""Homes in every state a page can meet: nothing, no event yet, the sample, too few to say, damaged."""

from __future__ import annotations

from pathlib import Path

from tests.support.firm import fill_home
from tests.support.lawn import fill_lawn
from trodden.store.folder import Workspace

FEW = 4


def make_home(root: Path, state: str, customers: int) -> Path:
    """Make the home of a state below ``root``; ``customers`` are those of the sample."""
    home = root / state
    home.mkdir(exist_ok=True)
    if state == "sample":
        fill_home(home, customers)
    elif state == "few":
        fill_home(home, FEW)
    elif state == "lawn":
        fill_lawn(home)
    elif state == "bare":
        Workspace.create(home)
    elif state == "damaged":
        workspace = fill_home(home, 20)
        (workspace.walks / "CURRENT").write_text("manifest-999999.json")
    return home
