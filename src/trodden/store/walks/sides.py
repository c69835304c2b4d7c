"""What only timelines and ties read: the rest of each event, found by its place among the side rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from trodden.store._arrow import Table


class Sides(Protocol):
    """All side rows of a snapshot, in the event schema."""

    def table(self, rows: NDArray[np.int64], columns: list[str] | None = None) -> Table:
        """Return the side rows at these places, in the order asked."""
        ...


@dataclass(frozen=True, slots=True)
class BucketSide:
    """The side of one bucket: ``rows()[i]`` is the side row of the bucket's row ``i``."""

    sides: Sides
    rows: Callable[[], NDArray[np.int64]] = field(repr=False)

    def take(self, column: str, rows: NDArray[np.int64]) -> list[Any]:
        """Return the values of a column of the event schema at these rows of the bucket."""
        return self.sides.table(self.rows()[rows], [column]).column(0).to_pylist()


@dataclass(frozen=True, slots=True)
class MemorySides:
    """Side rows that are the very table the walks were built from."""

    events: Table = field(repr=False)

    def table(self, rows: NDArray[np.int64], columns: list[str] | None = None) -> Table:
        """Return the events at these places, in the order asked."""
        return self.events.select(columns or self.events.column_names).take(rows)
