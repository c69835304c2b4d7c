"""Rows set aside by bucket while events are read, so that each part can be sorted by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trodden.model.walks import BUCKETS
from trodden.store.walks.rows import Rows, joined

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

HELD_BYTES: Final = 512 * 1024 * 1024
"""Bytes of rows held in memory; beyond it they are set aside on disk."""


class Partitions:
    """Rows by part of the buckets, in the order added.

    Parameters
    ----------
    parts
        How many parts, a power of two up to the number of buckets; each is as many whole buckets.
    spill
        Folder for what memory does not hold; the files there are gone after `close`.
    """

    def __init__(self, parts: int, spill: Path) -> None:
        self.parts = parts
        self._share = BUCKETS // parts
        self._rows: list[list[Rows]] = [[] for _ in range(parts)]
        self._spill = spill
        self._held = 0
        self._files: list[BinaryIO] = []
        self._spilled: list[list[tuple[int, int]]] = [[] for _ in range(parts)]

    def buckets(self, part: int) -> tuple[int, int]:
        """Return the first bucket of a part, and the one after its last."""
        return part * self._share, (part + 1) * self._share

    def add(self, rows: Rows, buckets: NDArray[np.uint8]) -> None:
        """Set rows aside; ``buckets``: (rows,) the bucket of each."""
        parts = buckets // self._share
        order = np.argsort(parts, kind="stable")
        edges = np.concatenate(([0], np.cumsum(np.bincount(parts, minlength=self.parts))))
        ordered = rows.take(order) if self.parts > 1 else rows
        for part in np.flatnonzero(np.diff(edges)):
            self._rows[part].append(ordered.take(slice(int(edges[part]), int(edges[part + 1]))))
        self._held += rows.nbytes
        if self._held > HELD_BYTES:
            self._write_out()

    def take(self, part: int) -> Rows | None:
        """Return the rows of a part, in the order added, and let go of them; None where there are none."""
        found = [*self._read_back(part), *self._rows[part]]
        self._rows[part] = []
        return joined(found) if found else None

    def close(self) -> None:
        """Remove what was set aside on disk."""
        for part, file in enumerate(self._files):
            file.close()
            self._path(part).unlink(missing_ok=True)
        self._files = []

    def _path(self, part: int) -> Path:
        return self._spill / f"part-{part}.tmp"

    def _write_out(self) -> None:
        if not self._files:
            self._files = [self._path(part).open("w+b") for part in range(self.parts)]
        for part, held in enumerate(self._rows):
            for rows in held:
                self._spilled[part].append((len(rows), len(rows.properties)))
                for column in (*_KINDS, "properties"):
                    np.ascontiguousarray(getattr(rows, column)).tofile(self._files[part])
        self._rows = [[] for _ in range(self.parts)]
        self._held = 0

    def _read_back(self, part: int) -> Iterator[Rows]:
        if not self._files:
            return
        file = self._files[part]
        file.seek(0)
        for rows, width in self._spilled[part]:
            found: dict[str, Any] = {name: np.fromfile(file, kind, rows) for name, kind in _KINDS.items()}
            properties = np.fromfile(file, np.uint16, rows * width).reshape(width, rows)
            yield Rows(**found, properties=properties)


_KINDS: Final[dict[str, Any]] = {
    "customer": np.int64,
    "occurred_at": np.int64,
    "seq": np.int64,
    "high": np.uint64,
    "low": np.uint64,
    "source": np.int32,
    "touchpoint": np.int32,
    "channel_outcome": np.uint8,
    "row": np.int64,
}
"""Columns of `Rows` in the order they are set aside on disk; ``properties`` follow."""
