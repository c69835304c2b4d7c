"""Events as numbers: what is left of an event once names have become codes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Rows:
    """Some events, one row each, in any order; codes are those of the build they belong to.

    All arrays are (rows,) except ``properties``, (columns, rows): 0 is null. ``high`` and ``low`` are the
    two halves of the event id as big-endian numbers. ``occurred_at`` is microseconds, UTC. ``row`` is the
    event's place among the side rows.
    """

    customer: NDArray[np.int64]
    occurred_at: NDArray[np.int64]
    seq: NDArray[np.int64]
    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    source: NDArray[np.int32]
    touchpoint: NDArray[np.int32]
    channel_outcome: NDArray[np.uint8]
    row: NDArray[np.int64]
    properties: NDArray[np.uint16]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.customer)

    @property
    def nbytes(self) -> int:
        """Return the bytes all columns take."""
        return sum(getattr(self, one.name).nbytes for one in fields(self))

    def take(self, rows: NDArray[np.int64] | slice) -> Rows:
        """Return the rows asked for, in the order asked."""
        if isinstance(rows, slice):
            return Rows(*(getattr(self, one.name)[..., rows] for one in fields(self)))
        return Rows(*(getattr(self, one.name).take(rows, axis=-1) for one in fields(self)))


def joined(parts: Sequence[Rows]) -> Rows:
    """Put rows after one another; at least one part is needed. A property a part lacks is null there."""
    if len(parts) == 1:
        return parts[0]
    width = max(len(part.properties) for part in parts)
    names = [one.name for one in fields(Rows) if one.name != "properties"]
    found: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    properties = np.concatenate([_widened(part.properties, width) for part in parts], axis=1)
    return Rows(**found, properties=properties)


def _widened(codes: NDArray[np.uint16], width: int) -> NDArray[np.uint16]:
    return codes if len(codes) == width else np.pad(codes, ((0, width - len(codes)), (0, 0)))
