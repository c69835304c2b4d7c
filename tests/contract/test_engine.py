"""What an interrupt leaves of a question: the buckets in hand end, no other is begun."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from trodden.engines.threads import ThreadEngine

THREADS = 2


class Pieces(Sequence[int]):
    """Numbered buckets; Ctrl-C arrives while one of them is handed out, where a place is given."""

    def __init__(self, number: int, interrupted_at: int | None = None) -> None:
        self.number = number
        self.interrupted_at = interrupted_at

    def __len__(self) -> int:
        return self.number

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 - of slices nobody asks
        if place == self.interrupted_at:
            raise KeyboardInterrupt
        if place >= self.number:
            raise IndexError(place)
        return place


class Held:
    """Counts the buckets it is given, and keeps each until it is let on."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.gate = Event()

    def map(self, plan: object, bucket: int) -> int:  # noqa: ARG002 - as every analysis has it
        self.begun.append(bucket)
        assert self.gate.wait(60)
        return 1

    def merge(self, a: int, b: int) -> int:
        return a + b


def run(held: Any, pieces: Pieces) -> Any:  # noqa: ANN401 - stands for any analysis
    snapshot: Any = SimpleNamespace(buckets=lambda: pieces)
    return ThreadEngine(THREADS).run(held, None, snapshot)


def test_an_interrupt_while_buckets_are_handed_out_withdraws_those_not_begun() -> None:
    held, after = Held(), Held()
    with pytest.raises(KeyboardInterrupt):
        run(held, Pieces(40, interrupted_at=30))
    held.gate.set()
    after.gate.set()
    assert run(after, Pieces(8)) == 8  # the threads take what is left in turn: nothing of before comes later
    assert len(held.begun) <= THREADS
