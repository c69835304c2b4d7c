"""An analysis that waits at every bucket until it is let on, to see what happens meanwhile.

``python -m tests.support.waiting ARGUMENTS`` runs a command of ours in a process that knows it: it writes
``begun`` for each bucket begun, and reads from its standard input how many of them to let on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Semaphore, Thread

from trodden import registry
from trodden.analyses.overview import OverviewAnalysis, Plan, State
from trodden.analyses.overview.answer import Overview, OverviewQuestion
from trodden.analyses.overview.chart import overview_chart
from trodden.cli import main
from trodden.model.walks import Bucket

NAME = "waiting"
ALL = 10_000
PATIENCE_S = 60


class WaitingQuestion(OverviewQuestion, frozen=True):
    """What is asked; nothing of its own."""


@dataclass(frozen=True)
class Gate:
    """Where buckets wait: ``begun`` gets one entry for each, ``on`` lets one on for each release."""

    begun: SimpleQueue[None] = field(default_factory=SimpleQueue)
    on: Semaphore = field(default_factory=lambda: Semaphore(0))


@contextmanager
def waiting() -> Iterator[Gate]:
    """Register the analysis for as long as the block runs."""
    gate = Gate()

    class Waiting(OverviewAnalysis):
        """Show how much was recorded, bucket by bucket as it is let on."""

        def map(self, plan: Plan, bucket: Bucket) -> State:
            gate.begun.put(None)
            gate.on.acquire()
            return super().map(plan, bucket)

    register = registry.analysis(NAME, example=WaitingQuestion(), answer=Overview, chart=overview_chart)
    register(Waiting)
    try:
        yield gate
    finally:
        gate.on.release(ALL)
        registry._registrations.pop(NAME)


def _tell(gate: Gate) -> None:
    while True:
        gate.begun.get()
        os.write(1, b"begun\n")


def _listen(gate: Gate) -> None:
    for line in sys.stdin:
        gate.on.release(int(line))


if __name__ == "__main__":
    with waiting() as gate:
        for work in (_tell, _listen):
            Thread(target=work, args=(gate,), daemon=True).start()
        sys.exit(main())
