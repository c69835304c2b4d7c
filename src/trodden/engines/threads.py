"""One machine: a pool of threads, one bucket at a time each."""

from __future__ import annotations

import os
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache
from typing import TYPE_CHECKING, Any

from trodden.model.errors import CancelledError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.model.walks import Bucket, Snapshot
    from trodden.registry import Mergeable


class Cancel:
    """A wish to stop, looked at between buckets."""

    def __init__(self) -> None:
        self._asked = False

    def ask(self) -> None:
        """Wish it; the run raises CancelledError before its next bucket."""
        self._asked = True

    def check(self) -> None:
        """Raise CancelledError if it was wished."""
        if self._asked:
            raise CancelledError("The question was cancelled before every bucket was read.")


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="trodden-kernel")


class ThreadEngine:
    """Run kernels on ``threads`` threads (default: the cores of this machine).

    States are merged as they arrive, in any order: that is what makes ``merge`` commutative by contract.
    """

    def __init__(self, threads: int | None = None, cancel: Cancel | None = None) -> None:
        self.threads = threads or os.cpu_count() or 1
        self.cancel = cancel or Cancel()

    def run(self, analysis: Mergeable[Any, Any, Any, Any], plan: object, snapshot: Snapshot) -> Any:  # noqa: ANN401 - the state's type is the analysis's own
        """Return the merged state, or None where the snapshot holds no bucket."""
        pieces = snapshot.buckets()
        if self.threads == 1 or len(pieces) < 2:  # noqa: PLR2004 - nothing to share out
            return self._merge(analysis, (self._map(analysis, plan, piece) for piece in pieces))
        return self._merge(analysis, self._shared_out(analysis, plan, pieces))

    def _map(self, analysis: Mergeable[Any, Any, Any, Any], plan: object, bucket: Bucket) -> Any:  # noqa: ANN401 - as above
        self.cancel.check()
        return analysis.map(plan, bucket)

    def _shared_out(
        self, analysis: Mergeable[Any, Any, Any, Any], plan: object, pieces: Iterable[Bucket]
    ) -> Iterable[Any]:
        pool = _pool(self.threads)
        pending: set[Future[Any]] = {pool.submit(self._map, analysis, plan, piece) for piece in pieces}
        try:
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            for future in pending:
                future.cancel()

    @staticmethod
    def _merge(analysis: Mergeable[Any, Any, Any, Any], states: Iterable[Any]) -> Any:  # noqa: ANN401 - as above
        merged = None
        for state in states:
            merged = state if merged is None else analysis.merge(merged, state)
        return merged
