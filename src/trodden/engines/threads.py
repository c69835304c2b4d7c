"""One machine: a pool of threads, one bucket at a time each."""

from __future__ import annotations

import os
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

from trodden.model.errors import CancelledError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from trodden.model.walks import Bucket, Snapshot
    from trodden.registry import Mergeable


class Cancel:
    """A wish to stop, looked at between buckets, and how many of them were read so far.

    Attributes
    ----------
    pieces
        Pieces of buckets to be read by the passes begun so far.
    pieces_read
        How many of them were read: at most ``pieces``.
    """

    def __init__(self) -> None:
        self._asked = False
        self.pieces = 0
        self.pieces_read = 0

    @property
    def is_asked(self) -> bool:
        """Say whether it was wished."""
        return self._asked

    def ask(self) -> None:
        """Wish it; the run raises CancelledError before its next bucket."""
        self._asked = True

    def check(self) -> None:
        """Raise CancelledError if it was wished."""
        if self.is_asked:
            raise CancelledError("The question was cancelled before every bucket was read.")


_around: ContextVar[Cancel | None] = ContextVar("cancel", default=None)


@contextmanager
def cancelled_by(cancel: Cancel) -> Generator[None]:
    """Let ``cancel`` stop every question asked in this block that brings no wish of its own."""
    token = _around.set(cancel)
    try:
        yield
    finally:
        _around.reset(token)


def wish_around() -> Cancel:
    """Return the wish that stops what is asked here; one nobody knows of where there is none."""
    return _around.get() or Cancel()


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="trodden-kernel")


class ThreadEngine:
    """Run kernels on ``threads`` threads (default: the cores of this machine).

    States are merged as they arrive, in any order: that is what makes ``merge`` commutative by contract.
    Whatever ends a run before its time, Ctrl-C too, ends it for every thread: no bucket is begun after it.
    """

    def __init__(self, threads: int | None = None, cancel: Cancel | None = None) -> None:
        self.threads = threads or os.cpu_count() or 1
        self.cancel = cancel or wish_around()

    def run(self, analysis: Mergeable[Any, Any, Any, Any], plan: object, snapshot: Snapshot) -> Any:  # noqa: ANN401 - the state's type is the analysis's own
        """Return the merged state, or None where the snapshot holds no bucket."""
        pieces = snapshot.buckets()
        self.cancel.pieces += len(pieces)
        with closing(self._states(analysis, plan, pieces)) as states:
            return self._merge(analysis, states)

    def _states(
        self, analysis: Mergeable[Any, Any, Any, Any], plan: object, pieces: Sequence[Bucket]
    ) -> Generator[Any]:
        if self.threads == 1 or len(pieces) < 2:  # noqa: PLR2004 - nothing to share out
            for piece in pieces:
                yield self._map(analysis, plan, piece)
        else:
            yield from self._shared_out(analysis, plan, pieces)

    def _map(self, analysis: Mergeable[Any, Any, Any, Any], plan: object, bucket: Bucket) -> Any:  # noqa: ANN401 - as above
        self.cancel.check()
        return analysis.map(plan, bucket)

    def _shared_out(
        self, analysis: Mergeable[Any, Any, Any, Any], plan: object, pieces: Sequence[Bucket]
    ) -> Generator[Any]:
        pool = _pool(self.threads)
        pending: set[Future[Any]] = set()
        try:
            for piece in pieces:
                pending.add(pool.submit(self._map, analysis, plan, piece))
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            for future in pending:
                future.cancel()

    def _merge(self, analysis: Mergeable[Any, Any, Any, Any], states: Iterable[Any]) -> Any:  # noqa: ANN401 - as above
        merged = None
        for state in states:
            merged = state if merged is None else analysis.merge(merged, state)
            self.cancel.pieces_read += 1
        return merged
