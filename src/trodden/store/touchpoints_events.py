"""Events as far as touchpoint rules look at them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

from trodden.store import files
from trodden.store._arrow import pa
from trodden.store.events import EventStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trodden.store._arrow import Table
    from trodden.store.folder import Workspace

COLUMNS: Final = ("channel", "kind", "name", "url", "properties")
"""What rules look at."""


def events_for_rules(workspace: Workspace, most: int | None = None) -> Iterator[Table]:
    """Yield the events of a workspace, the newest months first; whole files until ``most`` are reached."""
    with closing(EventStore(workspace)) as store:
        found: list[Path] = []
        rows = 0
        for file in reversed(store.live()):
            if most is None or rows < most:
                found.append(workspace.events / file.path)
                rows += file.rows
        store.verify(found)
    if found:
        for batch in files.dataset(found).to_batches(columns=list(COLUMNS)):
            yield pa.Table.from_batches([batch])
