"""Walks on disk made straight from tables, without an events table: for tests of what refreshes do."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.support.rows import events_table
from trodden.model.event import Event
from trodden.model.touchpoints import TouchpointRules
from trodden.store.walks.files import Folder
from trodden.store.walks.manifest import read_current
from trodden.store.walks.refresh import NeedsHistoryError, Task, run
from trodden.store.walks.snapshot import WalkSnapshot
from trodden.store.walks.state import State, empty_state, newest_state

MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder that forgets: flushing costs nothing there


@contextmanager
def quick_folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards, in memory where the machine has such a place."""
    place = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


class WalkBench:
    """Walks in a folder, and the files of events they were made from."""

    def __init__(self, root: Path, rules: TouchpointRules | None = None, time_zone: str = "UTC") -> None:
        self.rules = rules or TouchpointRules()
        self.time_zone = time_zone
        self.folder = Folder(root / "walks")
        self.folder.path.mkdir()
        self._root = root
        self._paths: list[Path] = []
        self.rebuilds = 0

    def add(self, events: Iterable[Event] | pa.Table) -> None:
        """Bring walks up to date with some more events."""
        table = events if isinstance(events, pa.Table) else events_table(events)
        path = self._root / f"{len(self._paths)}.parquet"
        pq.write_table(table, path)
        self._paths.append(path)
        try:
            self._run(self.state(), [path])
        except NeedsHistoryError:
            self.rebuild()

    def rebuild(self) -> None:
        """Build walks anew from all events."""
        self.rebuilds += 1
        self._run(empty_state("", self.time_zone), self._paths)

    def compact(self) -> None:
        """Write every walk into one segment."""
        self._run(self.state(), [], everything=True)

    def state(self) -> State:
        """Open the newest state."""
        return newest_state(Folder(self.folder.path)) or empty_state("", self.time_zone)

    def open(self) -> WalkSnapshot:
        """Open the walks, every file checked anew."""
        return self.state().snapshot()

    def _run(self, state: State, paths: list[Path], *, everything: bool = False) -> None:
        named = read_current(self.folder)
        last = named.manifest if named else None
        number = last.snapshot + 1 if last else 1
        run(
            Task(
                self.folder,
                state,
                last,
                number,
                self.rules,
                "",
                self.time_zone,
                paths,
                number,
                everything=everything,
            )
        )
