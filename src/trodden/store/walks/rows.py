"""Events as numbers: what is left of an event once names have become codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Rows:
    """Some events, one row each, in any order; codes are those of the build they belong to.

    All arrays are (rows,) except ``event_id``, (rows, 2): the sixteen bytes as two big-endian numbers,
    and ``properties``, (rows, promoted): 0 is null. ``occurred_at`` is microseconds, UTC. ``row`` is the
    event's place among the side rows.
    """

    customer: NDArray[np.int64]
    occurred_at: NDArray[np.int64]
    seq: NDArray[np.int64]
    event_id: NDArray[np.uint64]
    source: NDArray[np.int32]
    touchpoint: NDArray[np.int32]
    channel_outcome: NDArray[np.uint8]
    row: NDArray[np.int64]
    properties: NDArray[np.uint16]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.customer)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Rows:
        """Return the rows asked for, in the order asked."""
        return Rows(*(getattr(self, name)[rows] for name in self.__slots__))


def joined(parts: Sequence[Rows]) -> Rows:
    """Put rows after one another; at least one part is needed. A property a part lacks is null there."""
    width = max(part.properties.shape[1] for part in parts)
    columns = [name for name in Rows.__slots__ if name != "properties"]
    found: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in columns
    }
    return Rows(**found, properties=np.concatenate([_widened(part.properties, width) for part in parts]))


def _widened(codes: NDArray[np.uint16], width: int) -> NDArray[np.uint16]:
    return np.pad(codes, ((0, 0), (0, width - codes.shape[1])))
