"""One immutable state of the walks, from memory or from mapped files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.store.walks.customers import bucket_of, customer_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.model.walks import Bucket, Dictionaries
    from trodden.store.walks.segment import Segment
    from trodden.store.walks.sides import Sides

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def moment(microseconds: int) -> datetime:
    """Return the aware UTC time so many microseconds after the epoch."""
    return EPOCH + timedelta(microseconds=microseconds)


@dataclass(frozen=True)
class WalkSnapshot:
    """A `model.walks.Snapshot` over segments; a customer is live in exactly one of them.

    An empty workspace has no segments and ``as_of`` is the epoch.
    """

    name: str
    as_of: datetime
    dictionaries: Dictionaries
    segments: Sequence[Segment]
    sides: Sides
    time_zone: str = "UTC"

    @cached_property
    def _pieces(self) -> list[Bucket]:
        pieces = [piece for segment in self.segments for piece in segment.pieces(self.sides)]
        return sorted(pieces, key=lambda piece: piece.number)

    def buckets(self) -> Sequence[Bucket]:
        """Return every piece of every bucket, by bucket and then by age of the segment."""
        return self._pieces

    def customer(self, key: str) -> Bucket | None:
        """Return the one-customer bucket of ``key``, or None where nobody goes by that name."""
        for segment in self.segments:
            at = segment.find(key)
            if at >= 0:
                return segment.bucket(bucket_of(customer_hash(key)), np.array([at]), self.sides)
        return None

    def beginning(self, text: str, most: int) -> tuple[str, ...]:
        """Return the keys of customers that begin with a text: the first ``most`` in the order of letters.

        The key columns are searched as they lie in the files; only what fits becomes text here.
        """
        found = [key for segment in self.segments for key in segment.beginning(text, most)]
        return tuple(sorted(found)[:most])
