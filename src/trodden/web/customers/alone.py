"""One customer's walk as a snapshot of its own: a question about them reads nothing of anybody else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from trodden.analyses.timeline.answer import TimelineAnswer, TimelineQuestion
from trodden.asking import Asker
from trodden.engines.threads import ThreadEngine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trodden.api import StoredWalks
    from trodden.model.walks import Bucket, Snapshot
    from trodden.store.walks import TimelineRow


@dataclass(frozen=True, slots=True)
class Read:
    """The side of a walk whose events were read already, by row."""

    rows: Mapping[int, TimelineRow]

    def take(self, column: str, rows: NDArray[np.int64]) -> list[Any]:
        """Return the values of a column at these rows."""
        found = [self.rows[row] for row in rows.tolist()]
        if column == "event_id":
            return [bytes.fromhex(row.event_id) for row in found]
        return [getattr(row.event, column) for row in found]


@dataclass(frozen=True, slots=True)
class Alone:
    """A snapshot of one customer."""

    name: str
    bucket: Bucket

    def buckets(self) -> Sequence[Bucket]:
        """Return the one bucket."""
        return (self.bucket,)


def timeline_of(
    found: StoredWalks, customer: str, bucket: Bucket, rows: Mapping[int, TimelineRow], limit: int
) -> TimelineAnswer:
    """Tell one customer's walk as ``timeline`` does; ``rows`` hold at least the latest ``limit`` events."""
    alone = Alone(found.snapshot.name, replace(bucket, side=Read(rows)))
    asker = Asker(cast("Snapshot", alone), found.catalog, engine=ThreadEngine(1))
    answer = asker.ask(TimelineQuestion(customer=customer, limit=limit))
    if not isinstance(answer, TimelineAnswer):  # the registry ties the two types together
        raise TypeError(type(answer).__name__)
    return answer
