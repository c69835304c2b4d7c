"""How a mergeable analysis is run: over buckets, by threads here or a cluster elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from trodden.model.walks import Snapshot
    from trodden.registry import Mergeable


class Engine(Protocol):
    """Runs ``map`` over every bucket of a snapshot and merges what comes back."""

    def run(self, analysis: Mergeable[Any, Any, Any, Any], plan: object, snapshot: Snapshot) -> Any:  # noqa: ANN401 - the state's type is the analysis's own
        """Return the merged state, or None where there was no bucket."""
        ...
